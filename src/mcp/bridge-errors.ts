import { InsufficientScopeError, SdkHttpError } from '@modelcontextprotocol/client';
import { DeedboxError } from '../errors/errors.ts';
import { authorityFileProblem } from './authority-file.ts';
import type { SettingNames } from './bridge-settings.ts';

const isLocal = (url: string) =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** What the texts of a bridge are about. */
export interface BridgeTarget {
  url: string;
  /** Whether a key is sent. */
  hasKey: boolean;
  /** The file of certificates that Node.js was given. */
  authorityFile?: string | undefined;
  names: SettingNames;
}

/** Nothing answers at the address, or nothing that is Deedbox. */
export function unreachableError(
  { url, names }: Pick<BridgeTarget, 'url' | 'names'>,
  cause?: unknown,
): DeedboxError {
  return new DeedboxError('not_ready', `No Deedbox service answers at ${url}.`, {
    hint: isLocal(url)
      ? `Start it with \`deedbox start\`, or correct ${names.address}.`
      : `Check the network and the address of the service (${names.address}); if both are right, ask your Deedbox administrator whether it runs.`,
    retryable: true,
    cause,
  });
}

/** Error codes of Node for a certificate that it does not trust. */
const certificateErrorPattern =
  /^(CERT_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS_CERT_|INVALID_CA|INVALID_PURPOSE)/;

/** The code of a certificate error; undefined for any other error. */
function certificateErrorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && certificateErrorPattern.test(code)) return code;
  }
  return undefined;
}

/** What to do about a certificate that is not trusted. */
function certificateHint(code: string, { names, authorityFile }: BridgeTarget): string {
  if (code === 'CERT_HAS_EXPIRED')
    return 'It has expired: ask your Deedbox administrator to renew it.';
  if (code === 'CERT_NOT_YET_VALID') return 'It is not valid yet: check the date of this machine.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `It is for another name: check the address of the service (${names.address}).`;
  }
  if (authorityFile === undefined) {
    return `Where the organisation has a certificate authority of its own, set ${names.authority} to its certificate as a PEM file.`;
  }
  const problem = authorityFileProblem(authorityFile);
  if (problem !== undefined) {
    return `${authorityFile} in ${names.authority} ${problem}: choose the certificate of the authority as a PEM file. ${names.howToChange}`;
  }
  return `${authorityFile} in ${names.authority} is used, but its certificate is not that of the authority of the service: ask your Deedbox administrator for the right one.`;
}

function untrustedCertificateError(
  target: BridgeTarget,
  code: string,
  cause: unknown,
): DeedboxError {
  return new DeedboxError(
    'not_ready',
    `This machine does not trust the certificate of the Deedbox service at ${target.url} (${code}).`,
    { hint: certificateHint(code, target), cause },
  );
}

/** The error message of the service: `error_description` of OAuth, or the message of the protocol. */
function serverErrorMessage(text: unknown): string | undefined {
  try {
    const body = JSON.parse(String(text)) as { error_description?: unknown; error?: unknown };
    const { message } = (body.error ?? {}) as { message?: unknown };
    const detail = body.error_description ?? message;
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** Statuses of a proxy that does not reach the service. */
const proxyStatuses: readonly unknown[] = [502, 504];

/** A failure of a request to the service, in words for the user of Claude. */
export function toBridgeError(error: unknown, target: BridgeTarget): DeedboxError {
  if (error instanceof DeedboxError) return error;
  const { url, hasKey, names } = target;
  const subject = `The Deedbox service at ${url}`;
  if (error instanceof InsufficientScopeError) {
    return new DeedboxError(
      'forbidden',
      `${subject} refuses this: the credential lacks ${error.requiredScope}.`,
      {
        hint: 'Ask your Deedbox administrator for one that allows it.',
        cause: error,
      },
    );
  }
  if (!(error instanceof SdkHttpError)) {
    const code = certificateErrorCode(error);
    return code === undefined
      ? unreachableError(target, error)
      : untrustedCertificateError(target, code, error);
  }
  const { status, data } = error;
  const detail = serverErrorMessage(data['text']);
  const detailText = detail === undefined ? '' : ` ${detail}`;
  if (status === 401) {
    const message = hasKey
      ? `${subject} does not accept the key in ${names.key}.${detailText}`
      : `${subject} takes a key, and ${names.key} is not set.`;
    return new DeedboxError('unauthenticated', message, {
      hint: `Set ${names.key} to a valid key. ${names.howToChange}`,
      cause: error,
    });
  }
  if (status === 403) {
    return new DeedboxError('forbidden', `${subject} refuses this.${detailText}`, { cause: error });
  }
  if (status === 400 || status === 413) {
    return new DeedboxError('invalid_request', `${subject} refuses this.${detailText}`, {
      cause: error,
    });
  }
  if (status === 404 || status === 405 || (status >= 300 && status < 400)) {
    const found = status < 400 ? 'redirects to another address' : 'is not Deedbox';
    return new DeedboxError('not_ready', `What answers at ${url} ${found} (status ${status}).`, {
      hint: `Correct the address of the service (${names.address}). ${names.howToChange}`,
      cause: error,
    });
  }
  if (status === 429 || status === 503 || proxyStatuses.includes(status)) {
    const reason = proxyStatuses.includes(status)
      ? ` The proxy in front of it does not reach it (status ${status}).`
      : detailText;
    return new DeedboxError('not_ready', `${subject} cannot answer just now.${reason}`, {
      retryable: true,
      cause: error,
    });
  }
  return new DeedboxError('internal', `${subject} failed with status ${status}.${detailText}`, {
    hint: 'The log of the service, or of the proxy in front of it, says why: ask your Deedbox administrator.',
    cause: error,
  });
}

/** The error for an address at which key and contracts would travel unencrypted; else undefined. */
export function insecureUrlError({
  url,
  allowHttp,
  names,
}: {
  url: string;
  allowHttp: boolean;
  names: SettingNames;
}): DeedboxError | undefined {
  const { protocol, origin } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && (isLocal(url) || allowHttp))) {
    return undefined;
  }
  return new DeedboxError(
    'invalid_configuration',
    `Deedbox does not call ${origin}: the key and the contracts would travel unencrypted.`,
    {
      hint: `Set ${names.address} to an https:// address; where the network itself is encrypted, ${names.allowHttp} allows it.`,
    },
  );
}

/** The URL of the protocol at a service, whose address people give with `/mcp` and with slashes, or without. */
export function mcpEndpoint(url: string): URL {
  const { origin, pathname } = new URL(url);
  const folder = pathname.replace(/\/+$/, '').replace(/\/mcp$/i, '');
  return new URL(`${origin}${folder.replace(/\/+$/, '')}/mcp`);
}
