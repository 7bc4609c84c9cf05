import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { loadPackage } from './packages.ts';

const scopes = 'documents:read documents:sync';
/** A client that was registered by an administrator. */
export const fixedClientId = 'deedbox-clients';
export const redirectUrl = 'http://127.0.0.1:53682/callback';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The parts of oidc-provider that are used. */
interface Provider {
  callback(): Handler;
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: object,
  ): Promise<void>;
}

interface Grant {
  addOIDCScope(scope: string): void;
  addResourceScope(resource: string, scope: string): void;
  save(): Promise<string>;
}

interface GrantContext {
  oidc: {
    client: { clientId: string };
    session: { accountId: string };
    provider: { Grant: new (options: object) => Grant };
  };
}

/** An OpenID provider at which clients are registered or register themselves, for one service. */
export class OidcProvider {
  /** The person who signs in next. */
  account = 'ann@firm.example';
  /** How often somebody was asked to sign in. */
  signIns = 0;
  readonly issuer: string;
  /** The resource: the address of the protocol of the service. */
  readonly audience: string;
  readonly #server: ReturnType<typeof createServer>;
  #provider: Provider | undefined;

  private constructor(server: ReturnType<typeof createServer>, audience: string) {
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.audience = audience;
    server.on('request', (request, response) => void this.#handle(request, response));
  }

  static async start(audience: string): Promise<OidcProvider> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const provider = new OidcProvider(server, audience);
    const module = await loadPackage<{
      default: new (issuer: string, configuration: object) => Provider;
    }>('oidc-provider', 'lib', 'index.js');
    provider.#provider = new module.default(provider.issuer, await provider.#configuration());
    return provider;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** What a browser does: follows the redirects, with cookies, until the client's own address. */
  async userAgent(start: URL, clientUrl: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let url = start;
    for (let step = 0; step < 10; step += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        cookies.set(name!, value!);
      }
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${url.pathname}: ${await response.text()}`);
      url = new URL(location, url);
      if (url.href.startsWith(clientUrl)) return url;
    }
    throw new Error(`The sign-in does not end: ${start.href} leads to ${url.href}`);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url!.startsWith('/interaction/')) {
      this.signIns += 1;
      return this.#provider!.interactionFinished(request, response, {
        login: { accountId: this.account },
        consent: {},
      });
    }
    await this.#provider!.callback()(request, response);
  }

  async #configuration(): Promise<object> {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg: 'RS256' };
    return {
      jwks: { keys: [jwk] },
      cookies: { keys: ['of this run alone'] },
      scopes: ['openid', 'offline_access', 'email', 'profile', ...scopes.split(' ')],
      renderError: (context: { body?: string }, out: object) => {
        context.body = JSON.stringify(out);
      },
      clientDefaults: { application_type: 'native' },
      clients: [
        {
          client_id: fixedClientId,
          redirect_uris: [redirectUrl],
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          scope: `offline_access ${scopes}`,
        },
      ],
      features: {
        devInteractions: { enabled: false },
        registration: { enabled: true },
        resourceIndicators: {
          enabled: true,
          getResourceServerInfo: () => ({
            scope: scopes,
            audience: this.audience,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id }),
      }),
      // nobody is asked for consent
      loadExistingGrant: async ({ oidc }: GrantContext) => {
        const { client, session, provider } = oidc;
        const grant = new provider.Grant({
          clientId: client.clientId,
          accountId: session.accountId,
        });
        grant.addOIDCScope(`openid offline_access email profile ${scopes}`);
        grant.addResourceScope(this.audience, scopes);
        await grant.save();
        return grant;
      },
      extraTokenClaims: (_: unknown, { accountId }: { accountId: string }) => ({
        email: accountId,
        email_verified: !accountId.startsWith('unverified'),
      }),
    };
  }
}
