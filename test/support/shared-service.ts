import type { IncomingHttpHeaders } from 'node:http';
import { localCaller } from '../../src/access/caller.ts';
import { Door } from '../../src/access/door.ts';
import { readConfig } from '../../src/config.ts';
import { openReader, servicesOf } from '../../src/app.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { suggestedQuestions } from '../../src/commands/welcome.ts';
import { temporaryFolder } from './cli.ts';

/** The header by which these tests say who asks. */
export const personHeader = 'x-person';

/** Lets everybody in as whomever they say they are. */
class HeaderDoor extends Door {
  override async admit({ headers }: { headers: IncomingHttpHeaders }) {
    const email = headers[personHeader];
    return localCaller(typeof email === 'string' ? { email } : 'everything');
  }
}

/**
 * A service over a data folder, empty where none is given, for whomever the header names; without it, for one who may
 * read everything.
 */
export async function sharedService(
  groupsFile: string | undefined,
  cleanUp: (close: () => Promise<void>) => void,
  data = temporaryFolder((remove) => cleanUp(async () => remove())),
) {
  const reader = await openReader(
    readConfig({
      DEEDBOX_DATA: data,
      ...(groupsFile !== undefined && { DEEDBOX_GROUPS_FILE: groupsFile }),
    }),
  );
  const service = await serveHttp({
    services: servicesOf({ ...reader, today: () => '2026-06-15' }, () => {}),
    door: new HeaderDoor({ dataFolder: data, asker: 'everything' }),
    questions: suggestedQuestions,
    host: '127.0.0.1',
    port: 0,
    patience: 20,
  });
  cleanUp(async () => {
    await service.close();
    await reader.close();
  });
  return { reader, data, url: service.url };
}
