import { openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import type { SyncKind } from '../../src/store/records.ts';
import { requestSync, syncStatus } from '../../src/sync/syncs.ts';
import { openWorkerServices } from '../../workers/services.ts';
import { startWorker } from '../../workers/worker.ts';
import { LoggedFolder } from '../support/logged-folder.ts';

/** Syncs a data folder with a logged folder, sends the status of the sync, and ends. */
const [data = '', loggedFolderRoot = '', kind = 'incremental'] = process.argv.slice(2);
const config = readConfig({ DEEDBOX_DATA: data });
const reader = await openSearchEngine(config);
const worker = await openWorkerServices(config, reader);
const source = new LoggedFolder(loggedFolderRoot).source(worker.tempFolder);
const services = { ...worker.services, sourceFor: () => source };
const running = startWorker(services, { concurrency: 2 });
const options = { kind: kind as SyncKind };
const request = () => requestSync({ ...reader, ensureWorker: () => {} }, options);
const { syncId } = await request();
process.send?.('requested');
await running.drained();
await running.stop();
process.send?.(await syncStatus(reader, syncId));
await worker.close();
await reader.close();
process.disconnect();
