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

const signInHints = {
  keys: 'This service has no sign-in, it takes keys: send one as Authorization: Bearer dbx_….',
  tokens:
    'This service signs nobody in: the identity provider does, which ' +
    '/.well-known/oauth-protected-resource names.',
};

export type UnservedPath = 'old-transport' | 'sign-in';

/** What a client looks for at a path that is not served; undefined for any other path. */
export function unservedPath(path: string): UnservedPath | undefined {
  if (oldTransportPaths.has(path)) return 'old-transport';
  return signInPaths.has(path) || path.includes('/.well-known/') ? 'sign-in' : undefined;
}

/**
 * The answer at a path that is not served, in the form of an OAuth error, which clients show.
 * @param options.url the address of the service that clients use
 * @param options.hasProvider whether an identity provider signs people in
 * @param options.refusal why the credential of this request is refused
 */
export function unservedAnswer(
  path: UnservedPath,
  {
    url,
    hasProvider,
    refusal,
  }: { url: string; hasProvider: boolean; refusal?: string | undefined },
): { error: string; error_description: string } {
  const hint =
    path === 'old-transport'
      ? transportHint(url)
      : hasProvider
        ? signInHints.tokens
        : signInHints.keys;
  const description = refusal === undefined ? hint : `${refusal} ${hint}`;
  return { error: 'not_found', error_description: description };
}
