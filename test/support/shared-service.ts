import type { IncomingHttpHeaders } from 'node:http';
import { localCaller } from '../../src/access/principal.ts';
import { Authenticator } from '../../src/access/authenticator.ts';
import { readConfig } from '../../src/settings/config.ts';
import { openSearchEngine, servicesOf } from '../../src/composition/app.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { suggestedQuestions } from '../../src/commands/welcome.ts';
import { temporaryFolder } from './cli.ts';

/** The header with which these tests name the principal. */
export const personHeader = 'x-person';

/** Trusts the header. */
class HeaderAuthenticator extends Authenticator {
  override async authenticate({ headers }: { headers: IncomingHttpHeaders }) {
    const email = headers[personHeader];
    return localCaller(typeof email === 'string' ? { email } : 'unrestricted');
  }
}

/**
 * A service over a data folder, empty where none is given, for the principal that the header names; without
 * it, for one who may read everything.
 */
export async function sharedService(
  groupsFile: string | undefined,
  cleanUp: (close: () => Promise<void>) => void,
  data = temporaryFolder((remove) => cleanUp(async () => remove())),
) {
  const engine = await openSearchEngine(
    readConfig({
      DEEDBOX_DATA: data,
      ...(groupsFile !== undefined && { DEEDBOX_GROUPS_FILE: groupsFile }),
    }),
  );
  const service = await serveHttp({
    services: servicesOf({ ...engine, today: () => '2026-06-15' }, () => {}),
    authenticator: new HeaderAuthenticator({ dataFolder: data, principal: 'unrestricted' }),
    suggestQuestions: suggestedQuestions,
    host: '127.0.0.1',
    port: 0,
    syncTimeoutMs: 20,
  });
  cleanUp(async () => {
    await service.close();
    await engine.close();
  });
  return { reader: engine, data, url: service.url };
}
