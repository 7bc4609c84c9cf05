import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const pemPattern =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;
/** How a certificate in the binary format DER begins. */
const derTag = 0x30;

const readProblems: Partial<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  EISDIR: 'is a folder',
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/**
 * Why Node.js, which only warns in its log, takes no certificate from a file, as the end of a sentence that
 * begins with the name of the file; undefined where it takes all.
 */
export function authorityFileProblem(file: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return readProblems[code] ?? `cannot be read (${code})`;
  }
  if (bytes.length === 0) return 'is empty';
  const text = bytes.toString('utf8');
  const certificates = text.match(pemPattern) ?? [];
  if (certificates.length > 0) {
    return certificates.every(isCertificate) ? undefined : 'holds a certificate that is damaged';
  }
  if (bytes[0] === derTag) {
    return 'is a certificate in the binary format (DER), and one in PEM ("Base64") is needed';
  }
  if (text.includes('PRIVATE KEY-----')) return 'holds a private key and no certificate';
  return 'holds no certificate in the format PEM, which begins with -----BEGIN CERTIFICATE-----';
}
