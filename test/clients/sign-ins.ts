import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { eras } from '../support/mcp-client.ts';
import { checkSignIn, type OAuthSubject, registrations, signInWithRemote } from './oauth-checks.ts';
import { OidcProvider } from './oidc-provider.ts';
import { versions } from './packages.ts';
import { connectSdk1, connectSdk2, transport1, transport2 } from './sdk-clients.ts';
import type { SignInRow } from './table.ts';
import { TestedService } from './tested-service.ts';

type Sdk = Pick<OAuthSubject, 'transport' | 'connect'> & Omit<SignInRow, 'registration'>;

const sdks: Sdk[] = [
  {
    name: '`@modelcontextprotocol/sdk`',
    version: versions['@modelcontextprotocol/sdk'],
    era: eras[0],
    transport: transport1,
    connect: connectSdk1,
  },
  ...eras.map((era) => ({
    name: '`@modelcontextprotocol/client`',
    version: versions['@modelcontextprotocol/client'],
    era,
    transport: transport2,
    connect: (transport: unknown) => connectSdk2(transport, era),
  })),
];

export interface SignInResult {
  row: SignInRow;
  failure: string | undefined;
}

/** Signs in by each client at an OpenID provider, in each way in which the provider can know it. */
export async function checkSignIns(
  service: TestedService,
  folder: string,
): Promise<SignInResult[]> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  const provider = await OidcProvider.start(url);
  const protectedService = await TestedService.withProvider(service, port, provider);
  const results: SignInResult[] = [];
  const run = async (row: SignInRow, check: () => Promise<void>) => {
    const failure = await check().then(
      () => undefined,
      (error: unknown) => String(error),
    );
    results.push({ row, failure });
  };
  try {
    for (const { name, version, era, ...sdk } of sdks) {
      for (const registration of registrations) {
        await run({ name, version, era, registration }, () =>
          checkSignIn({ url, provider, ...sdk }, registration),
        );
      }
    }
    const [era] = eras;
    const remote = { name: '`mcp-remote`', version: versions['mcp-remote'], era };
    const own = join(folder, 'mcp-remote-sign-in');
    mkdirSync(own);
    await run({ ...remote, registration: 'dynamic' }, () =>
      signInWithRemote({ url, provider, folder: own }),
    );
  } finally {
    await protectedService.stop();
    provider.close();
  }
  return results;
}
