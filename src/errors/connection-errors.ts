/** Why a connection to another server failed, for administrators. */
export interface ConnectionProblem {
  kind: 'certificate' | 'tls' | 'unreachable';
  /** Continues "…: ", such as "its certificate has expired (CERT_HAS_EXPIRED)". */
  reason: string;
  /** The code of Node. */
  code: string;
}

const otherHost = 'its certificate is for another host than the address names';
const certificateReasons: Record<string, string> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is from an authority that is not trusted here, or it does not send the whole chain',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority that issued its certificate is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'the authority that issued its certificate is not trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an own authority that is not trusted here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not trusted here',
  CERT_HAS_EXPIRED: 'its certificate, or that of its authority, has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks of both machines',
  CERT_REVOKED: 'its certificate is revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: otherHost,
  HOSTNAME_MISMATCH: otherHost,
};

const networkReasons: Record<string, string> = {
  ECONNREFUSED: 'nothing listens at that address and port',
  ENOTFOUND: 'its host name is not known to DNS',
  EAI_AGAIN: 'its host name could not be looked up, since no DNS server answers',
  ECONNRESET: 'it closes the connection, as a server does that expects TLS, or none',
  EPIPE: 'it closed the connection',
  ETIMEDOUT: 'it does not answer in time; a firewall may be in between, or one side expects TLS',
  EHOSTUNREACH: 'there is no route to its address',
  ENETUNREACH: 'there is no route to its address',
  EACCES: 'this user may not use that socket',
  EPERM: 'this user may not use that socket',
  ENOENT: 'there is no such socket',
};
const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'ABORT_ERR',
  'ESOCKETTIMEDOUT',
]);

const certificateCode = /^(CERT_|UNABLE_TO_|ERR_TLS_CERT_|INVALID_(CA|PURPOSE))|SELF_SIGNED_CERT/;
const tlsCode = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

function problemOf(code: string): ConnectionProblem | undefined {
  const problem = (kind: ConnectionProblem['kind'], reason: string) => ({
    kind,
    reason: `${reason} (${code})`,
    code,
  });
  const certificateReason = certificateReasons[code];
  if (certificateReason !== undefined) return problem('certificate', certificateReason);
  if (certificateCode.test(code)) return problem('certificate', 'its certificate is not accepted');
  if (tlsCode.test(code))
    return problem('tls', 'it speaks no TLS at that port, or no version that is safe');
  const networkReason = timeoutCodes.has(code) ? networkReasons['ETIMEDOUT'] : networkReasons[code];
  return networkReason === undefined ? undefined : problem('unreachable', networkReason);
}

/** The first known cause among an error and its causes; undefined where there is none. */
export function connectionProblem(error: unknown): ConnectionProblem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  const own = typeof code === 'string' ? problemOf(code) : undefined;
  if (own) return own;
  // `fetch` says only that it failed; a host with several addresses gives an error for each
  const inner = error instanceof AggregateError ? error.errors : [];
  for (const one of [...inner, error.cause]) {
    const found = connectionProblem(one);
    if (found) return found;
  }
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return problemOf('ETIMEDOUT');
  return undefined;
}
