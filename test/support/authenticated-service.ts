import { Authenticator } from '../../src/access/authenticator.ts';
import { IdentityProvider } from '../../src/access/identity-provider.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import { TokenVerifier } from '../../src/access/token-verifier.ts';
import { openRequestServices, openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { type HttpOptions, serveHttp } from '../../src/mcp/http.ts';
import { temporaryFolder } from './cli.ts';
import type { IdentityProviderServer } from './identity-provider.ts';

type CleanUp = (close: () => Promise<void>) => void;

/** A service that requires a key, or a token where there is a provider, over a data folder of its own. */
export async function authenticatedService(
  cleanUp: CleanUp,
  options: Partial<Omit<HttpOptions, 'services' | 'authenticator'>> & {
    provider?: IdentityProviderServer;
    groupsFile?: string;
    data?: string;
  } = {},
) {
  const { provider, groupsFile, ...http } = options;
  const data = options.data ?? temporaryFolder((remove) => cleanUp(async () => remove()));
  const engine = await openSearchEngine(
    readConfig({
      DEEDBOX_DATA: data,
      ...(groupsFile !== undefined && { DEEDBOX_GROUPS_FILE: groupsFile }),
    }),
  );
  const keys = new KeyStore(data);
  const tokens =
    provider &&
    new TokenVerifier(
      {
        issuer: provider.issuer,
        audience: provider.audience,
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        clockSkewSeconds: 5,
        emailClaim: 'email',
        scopePrefix: '',
      },
      new IdentityProvider({ issuer: provider.issuer }),
    );
  const authenticator = new Authenticator({
    dataFolder: data,
    principal: 'unrestricted',
    tokenVerifier: tokens,
  });
  const start = () =>
    serveHttp({
      services: (context) =>
        openRequestServices(
          { ...engine, today: () => '2026-06-15', ensureWorker: () => {} },
          context,
        ),
      authenticator,
      host: '127.0.0.1',
      port: 0,
      syncTimeoutMs: 20,
      ...http,
    });
  const service = await start();
  cleanUp(async () => {
    await service.close();
    authenticator.close();
    keys.close();
    await engine.close();
  });
  return { reader: engine, keys, data, service, url: service.url };
}
