import { getOAuthProtectedResourceMetadataUrl } from '@modelcontextprotocol/server';
import { scopes } from '../access/principal.ts';
import type { TokenSettings } from '../access/token-verifier.ts';

const wellKnown = '/.well-known/oauth-protected-resource';

/** What clients must know to get a token for this service (RFC 9728). */
export class ResourceMetadata {
  readonly document: object;
  /** The scopes that all tools together need, as clients ask the identity provider for them. */
  readonly scopes: readonly string[];
  /** The URL of the document, for clients. */
  readonly url: string;
  readonly #paths: Set<string>;

  /** @param publicUrl the address that clients use, without a slash at the end */
  constructor({ issuer, scopePrefix }: TokenSettings, publicUrl: string) {
    const resource = `${publicUrl}/mcp`;
    this.url = getOAuthProtectedResourceMetadataUrl(new URL(resource));
    this.#paths = new Set([wellKnown, `${wellKnown}/mcp`, new URL(this.url).pathname]);
    this.scopes = scopes.map((scope) => scopePrefix + scope);
    this.document = {
      resource,
      resource_name: 'Deedbox',
      authorization_servers: [issuer],
      scopes_supported: this.scopes,
      bearer_methods_supported: ['header'],
    };
  }

  isAt(path: string): boolean {
    return this.#paths.has(path.replace(/\/$/, ''));
  }
}
