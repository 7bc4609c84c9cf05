import type { AuthInfo, ServerContext } from '@modelcontextprotocol/server';
import type { Scope } from '../access/principal.ts';
import type { RequestContext } from '../request/context.ts';

/** What a client with a token must know to ask its user for more scopes. */
export interface ScopeChallengeOptions {
  /** Where the metadata of this service are (RFC 9728). */
  resourceMetadataUrl?: string | undefined;
  /** Precedes the names of scopes where clients ask the identity provider for them. */
  scopePrefix: string;
}

/**
 * The request context in the form in which the SDK passes it to the handlers of the protocol, which is
 * `authInfo`. It holds nothing of the credential itself.
 */
export class RequestAuthInfo implements AuthInfo {
  readonly token = '';
  readonly clientId: string;
  readonly scopes: string[];
  readonly expiresAt?: number;
  readonly resourceMetadataUrl?: string;
  readonly context: RequestContext;
  readonly #scopePrefix: string;

  constructor(context: RequestContext, options: ScopeChallengeOptions) {
    const { id, scopes, expiresAt } = context.caller;
    this.context = context;
    this.clientId = id;
    this.scopes = [...scopes];
    this.#scopePrefix = options.scopePrefix;
    if (expiresAt !== undefined) this.expiresAt = expiresAt;
    if (options.resourceMetadataUrl !== undefined)
      this.resourceMetadataUrl = options.resourceMetadataUrl;
  }

  /** A scope as clients ask the identity provider for it. */
  qualifiedScope(scope: Scope): string {
    return this.#scopePrefix + scope;
  }
}

/**
 * The context of one call of the protocol.
 * @param connection the context of the connection, for a transport without one for each request (stdio)
 */
export function callContext(
  { http, mcpReq, sessionId: session }: ServerContext,
  connection: RequestContext,
): RequestContext {
  const context = http?.authInfo instanceof RequestAuthInfo ? http.authInfo.context : connection;
  return context.forCall({ signal: mcpReq.signal, session });
}
