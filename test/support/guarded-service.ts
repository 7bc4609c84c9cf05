import { Door } from '../../src/access/door.ts';
import { IdentityProvider } from '../../src/access/identity-provider.ts';
import { Keys } from '../../src/access/keys.ts';
import { Tokens } from '../../src/access/tokens.ts';
import { openReader, servicesOf } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type HttpOptions, serveHttp } from '../../src/mcp/http.ts';
import { temporaryFolder } from './cli.ts';
import type { IdentityProviderServer } from './identity-provider.ts';

type CleanUp = (close: () => Promise<void>) => void;

/** A service that asks for a key, or a token where there is a provider, over a data folder of its own. */
export async function guardedService(
  cleanUp: CleanUp,
  options: Partial<Omit<HttpOptions, 'services' | 'door'>> & {
    provider?: IdentityProviderServer;
    groupsFile?: string;
    data?: string;
  } = {},
) {
  const { provider, groupsFile, ...http } = options;
  const data = options.data ?? temporaryFolder((remove) => cleanUp(async () => remove()));
  const reader = await openReader(
    readConfig({
      DEEDBOX_DATA: data,
      ...(groupsFile !== undefined && { DEEDBOX_GROUPS_FILE: groupsFile }),
    }),
  );
  const keys = new Keys(data);
  const tokens =
    provider &&
    new Tokens(
      {
        issuer: provider.issuer,
        audience: provider.audience,
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        clockSkew: 5,
        personClaim: 'email',
        scopePrefix: '',
      },
      new IdentityProvider({ issuer: provider.issuer }),
    );
  const door = new Door({ dataFolder: data, asker: 'everything', tokens });
  const start = () =>
    serveHttp({
      services: servicesOf({ ...reader, today: () => '2026-06-15' }, () => {}),
      door,
      host: '127.0.0.1',
      port: 0,
      patience: 20,
      ...http,
    });
  const service = await start();
  cleanUp(async () => {
    await service.close();
    door.close();
    keys.close();
    await reader.close();
  });
  return { reader, keys, data, service, url: service.url };
}
