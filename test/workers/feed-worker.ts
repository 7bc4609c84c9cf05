import { openReader, openWorker } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { SyncKind } from '../../src/store/records.ts';
import { requestSync, syncStatus } from '../../src/sync/syncs.ts';
import { startWorker } from '../../workers/worker.ts';
import { LoggedFolder } from '../support/logged-folder.ts';

/** Brings an archive in step with a logged folder, sends how it ended, and ends, unless it is killed. */
const [data = '', world = '', kind = 'follow'] = process.argv.slice(2);
const config = readConfig({ DEEDBOX_DATA: data });
const reader = await openReader(config);
const worker = openWorker(config, reader);
const source = new LoggedFolder(world).source(`${data}/tmp`);
const services = { ...worker.services, sourceFor: () => source };
const running = startWorker(services, { concurrency: 2 });
const asked = { kind: kind as SyncKind };
const request = () => requestSync({ ...reader, ensureWorker: () => {} }, asked);
let { syncId, late } = await request();
process.send?.('asked');
await running.drained();
if (late) ({ syncId } = await request());
await running.drained();
await running.stop();
process.send?.(await syncStatus(reader, syncId));
await worker.close();
await reader.close();
process.disconnect();
