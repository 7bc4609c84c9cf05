/**
 * Paths that clients try by themselves and at which Deedbox serves nothing. They answer 404 without
 * authentication: a 401 would make a client take Deedbox for its own identity provider.
 */

/** Of an identity provider, as clients guess them where no metadata name one. */
const signInPaths: ReadonlySet<string> = new Set([
  '/authorize',
  '/oauth/authorize',
  '/oauth/register',
  '/oauth/token',
  '/register',
  '/token',
]);

/** Of the transport before Streamable HTTP (2024-11-05). */
const oldTransportPaths: ReadonlySet<string> = new Set([
  '/mcp/sse',
  '/message',
  '/messages',
  '/messages/',
  '/sse',
  '/sse/',
]);

/** What to do instead of the transport of 2024-11-05. */
export const transportHint = (url: string) =>
  `Deedbox speaks MCP over Streamable HTTP: clients POST their messages to ${url}/mcp. ` +
  'The older transport with server-sent events alone (HTTP+SSE) is not served: set the transport to ' +
  '"Streamable HTTP" ("http") in your client, or use one that has it.';

const signInHint = {
  keys:
    'This service has no sign-in, it takes keys: send one as Authorization: Bearer dbx_…. ' +
    'If you have sent one, it was refused; the answer 401 at /mcp says why.',
  tokens:
    'This service signs nobody in: the identity provider does, which ' +
    '/.well-known/oauth-protected-resource names.',
};

export interface UnservedAnswer {
  error: 'not_found';
  error_description: string;
}

/**
 * The answer at a path that is not served, in the form of an OAuth error, which clients show; undefined for
 * any other path.
 * @param options.url the address of the service that clients use
 * @param options.hasProvider whether an identity provider signs people in
 */
export function unservedAnswer(
  path: string,
  { url, hasProvider }: { url: string; hasProvider: boolean },
): UnservedAnswer | undefined {
  if (oldTransportPaths.has(path)) {
    return { error: 'not_found', error_description: transportHint(url) };
  }
  if (!signInPaths.has(path) && !path.includes('/.well-known/')) return undefined;
  return {
    error: 'not_found',
    error_description: hasProvider ? signInHint.tokens : signInHint.keys,
  };
}
