import type { IncomingHttpHeaders } from 'node:http';
import { localCaller } from '../../src/access/principal.ts';
import { Authenticator } from '../../src/access/authenticator.ts';
import { readConfig } from '../../src/settings/config.ts';
import { openRequestServices, openSearchEngine } from '../../src/composition/app.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { suggestedQuestions } from '../../src/commands/welcome.ts';
import { temporaryFolder } from './cli.ts';
import { unlimitedRates } from './sample-service.ts';

/** The header with the email address of the principal. */
export const personHeader = 'x-person';

/** Authenticates each request as the person in the header. */
class HeaderAuthenticator extends Authenticator {
  override async authenticate({ headers }: { headers: IncomingHttpHeaders }) {
    const email = headers[personHeader];
    return localCaller(typeof email === 'string' ? { email } : 'unrestricted');
  }
}

/**
 * A service over a data folder, by default an empty one. It answers for the person in the header; without the header,
 * access is unrestricted.
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
    services: (context) =>
      openRequestServices(
        { ...engine, today: () => '2026-06-15', ensureWorker: () => {} },
        context,
      ),
    authenticator: new HeaderAuthenticator({ dataFolder: data, principal: 'unrestricted' }),
    suggestQuestions: suggestedQuestions,
    host: '127.0.0.1',
    port: 0,
    syncTimeoutMs: 20,
    limits: unlimitedRates,
  });
  cleanUp(async () => {
    await service.close();
    await engine.close();
  });
  return { reader: engine, data, url: service.url };
}
