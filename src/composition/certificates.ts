import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DeedboxError } from '../errors/errors.ts';

/** The text of a file that a setting names. @throws DeedboxError `invalid_configuration` */
export function readSettingFile(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new DeedboxError('invalid_configuration', `${setting}: ${file} cannot be read.`, {
      hint: 'Check the path, and that the user that runs Deedbox may read it.',
      cause,
    });
  }
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The text of a PEM file with the certificates of authorities. Node ignores such a file where it is wrong, and
 * connections then fail much later.
 * @throws DeedboxError `invalid_configuration` where it cannot be read or holds no certificate
 */
export function readCertificates(setting: string, file: string): string {
  const text = readSettingFile(setting, file);
  const blocks = text.match(certificateBlock) ?? [];
  const wrong = (reason: string) =>
    new DeedboxError('invalid_configuration', `${setting}: ${file} ${reason}.`, {
      hint: 'It holds the certificate of the authority as PEM, between BEGIN CERTIFICATE and END CERTIFICATE. `openssl x509 -inform der -in FILE -out FILE.pem` makes that of a binary file.',
    });
  if (blocks.length === 0) throw wrong('holds no certificate in PEM');
  for (const [at, block] of blocks.entries()) {
    if (!isCertificate(block))
      throw wrong(`is damaged: its certificate number ${at + 1} cannot be read`);
  }
  return text;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
