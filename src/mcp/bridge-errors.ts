import { InsufficientScopeError, SdkHttpError } from '@modelcontextprotocol/client';
import { DeedboxError } from '../errors/errors.ts';

const isLocal = (url: string) =>
  ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);

/** Nothing answers at the address, or nothing that is Deedbox. */
export function unreachableError(url: string, cause?: unknown): DeedboxError {
  return new DeedboxError('not_ready', `No Deedbox service answers at ${url}.`, {
    hint: isLocal(url)
      ? 'Start it with `deedbox start`, or correct DEEDBOX_URL.'
      : 'Check the network and the address of the service (DEEDBOX_URL); if both are right, ask your Deedbox administrator whether it runs.',
    retryable: true,
    cause,
  });
}

/** Error codes of Node for a certificate that it does not trust. */
const certificateErrorPattern =
  /^(CERT_|SELF_SIGNED|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS_CERT_)/;

/** The code of a certificate error; undefined for any other error. */
function certificateErrorCode(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && certificateErrorPattern.test(code)) return code;
  }
  return undefined;
}

function untrustedCertificateError(url: string, code: string, cause: unknown): DeedboxError {
  return new DeedboxError(
    'not_ready',
    `This machine does not trust the certificate of the Deedbox service at ${url} (${code}).`,
    {
      hint: 'Where the organisation has a certificate authority of its own, set NODE_EXTRA_CA_CERTS to its certificate as a PEM file.',
      cause,
    },
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

/**
 * A failure of a request to the service, in words for the user of Claude.
 * @param hasKey whether a key was sent
 */
export function toBridgeError(error: unknown, url: string, hasKey: boolean): DeedboxError {
  if (error instanceof DeedboxError) return error;
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
      ? unreachableError(url, error)
      : untrustedCertificateError(url, code, error);
  }
  const { status, data } = error;
  const detail = serverErrorMessage(data['text']);
  const detailText = detail === undefined ? '' : ` ${detail}`;
  if (status === 401) {
    const message = hasKey
      ? `${subject} does not accept the key in DEEDBOX_KEY.${detailText}`
      : `${subject} takes a key, and DEEDBOX_KEY is not set.`;
    return new DeedboxError('unauthenticated', message, {
      hint: 'Put a valid key into the configuration of Claude Desktop as DEEDBOX_KEY, and start it again.',
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
  if (status === 429 || status === 503) {
    return new DeedboxError('not_ready', `${subject} cannot answer just now.${detailText}`, {
      retryable: true,
      cause: error,
    });
  }
  return new DeedboxError('internal', `${subject} failed with status ${status}.${detailText}`, {
    hint: 'Its log says why.',
    cause: error,
  });
}

/** The error for an address at which key and contracts would travel unencrypted; else undefined. */
export function insecureUrlError({ url, allowHttp }: { url: string; allowHttp: boolean }) {
  const { protocol, origin } = new URL(url);
  if (protocol === 'https:' || (protocol === 'http:' && (isLocal(url) || allowHttp))) {
    return undefined;
  }
  return new DeedboxError(
    'invalid_configuration',
    `Deedbox does not call ${origin}: the key and the contracts would travel unencrypted.`,
    {
      hint: 'Set DEEDBOX_URL to an https:// address; where the network itself is encrypted, DEEDBOX_ALLOW_HTTP=true allows it.',
    },
  );
}

/** The URL of the protocol at a service. */
export function mcpEndpoint(url: string): URL {
  const address = new URL(url);
  if (!address.pathname.endsWith('/mcp')) {
    address.pathname = `${address.pathname.replace(/\/$/, '')}/mcp`;
  }
  return address;
}
