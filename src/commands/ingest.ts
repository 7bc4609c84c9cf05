import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '../../workers/worker.ts';
import {
  openWorkspace,
  openSearchEngine,
  openWorker,
  type SearchEngine,
} from '../composition/app.ts';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { Source } from '../sources/source.ts';
import type { SyncKind } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { filesStatus, requestFiles } from '../sync/priority-ingestion.ts';
import { isFinished, requestSync, type SyncServices } from '../sync/syncs.ts';
import { requireData } from './existing-data.ts';
import { ensureIndexModel } from './ensure-index-model.ts';
import { watchSync, reportSync } from './watch-sync.ts';
import { chooseSources, removeSourceByPath } from './sources.ts';
import { watchWorker } from './watch-worker.ts';

/** Milliseconds between two looks at files that are being read. */
const filePollMs = 100;

/** Exit code of a finished sync: 1 when some documents, or the sync itself, failed. */
function exitCode(status: SyncStatusResponse): number {
  return status.failed > 0 || status.state !== 'done' ? 1 : 0;
}

function print(status: SyncStatusResponse, json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${reportSync(status)}\n`);
  return exitCode(status);
}

const report = (line: string) => void process.stderr.write(`  ${line}\n`);

const quietLogLevel = ({ log }: Config) => (log.level === 'info' ? 'error' : log.level);

/** What stands beside a worker in this process. */
interface WorkerSession {
  engine: SearchEngine;
  services: SyncServices;
  /** Aborted with the reason when nothing goes on any more. */
  signal: AbortSignal;
  drained: () => Promise<void>;
}

/** Works at the queue in this process, beside whatever workers run elsewhere, for as long as `during` takes. */
async function withWorker<T>(
  config: Config,
  prepare: (engine: SearchEngine, sourceFor: (id: string) => Source) => Promise<void>,
  task: (work: WorkerSession) => Promise<T>,
): Promise<T> {
  const engine = await openSearchEngine(config, { allowModelMismatch: true });
  try {
    // only what the report that is printed does not say
    const worker = await openWorker(
      config,
      engine,
      engine.log.child({}, { level: quietLogLevel(config) }),
    );
    try {
      await prepare(engine, worker.services.sourceFor);
      const running = startWorker(worker.services, { concurrency: config.concurrency });
      const watch = watchWorker(running, engine.queue);
      const services = { ...engine, ensureWorker: () => {} };
      const drained = () => running.drained();
      try {
        return await task({ engine, services, signal: watch.signal, drained });
      } finally {
        watch.stop();
        await running.stop();
      }
    } finally {
      await worker.close();
    }
  } finally {
    await engine.close();
  }
}

async function runSync(
  config: Config,
  kind: SyncKind,
  prepare: (engine: SearchEngine, sourceFor: (id: string) => Source) => Promise<void>,
): Promise<SyncStatusResponse> {
  return withWorker(config, prepare, async ({ engine, services, signal, drained }) => {
    const waitForSync = async (syncId: string) => {
      const status = await watchSync(engine.store, syncId, { signal: signal });
      signal.throwIfAborted();
      return status;
    };
    const first = await requestSync(services, { kind });
    let status = await waitForSync(first.syncId);
    if (first.joinedLate) {
      const second = await requestSync(services, { kind });
      status = await waitForSync(second.syncId);
    }
    await drained(); // the last job also writes the snapshot of the vector index
    return status;
  });
}

async function requireSources(store: Store): Promise<string[]> {
  const sources = await store.sources();
  if (sources.length > 0) return sources;
  throw new DeedboxError('invalid_request', 'No folder is read yet.', {
    hint: '`deedbox ingest PATH` adds one and reads it.',
  });
}

/** `deedbox ingest [PATH…]`: brings the index in step with the sources, the given ones added. */
export async function ingest(
  config: Config,
  paths: string[],
  options: { kind: SyncKind; json: boolean },
): Promise<number> {
  const status = await runSync(config, options.kind, async (engine) => {
    await ensureIndexModel(engine, config, report);
    await chooseSources(engine.store, config, { paths, report });
    await requireSources(engine.store);
  });
  return print(status, options.json);
}

/**
 * `deedbox read FILE…`: reads these again now, changed or not, ahead of all that waits; see
 * `requestFiles`.
 */
export async function read(
  config: Config,
  names: string[],
  options: { json: boolean },
): Promise<number> {
  requireData(config);
  const prepare = ({ store, embedder }: SearchEngine) => store.requireModel(embedder.identity);
  const status = await withWorker(config, prepare, async ({ engine, services, signal }) => {
    const ids = await requestFiles(services, engine.store.scopedTo('unrestricted'), names);
    for (;;) {
      const now = await filesStatus(engine.store, ids);
      if (isFinished(now)) return now;
      await sleep(filePollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  });
  return print(status, options.json);
}

/** Throws what keeps a source from being listed, after its first entry at most. */
async function probe(source: Source): Promise<void> {
  for await (const _ of source.list()) return;
}

/**
 * `deedbox reindex`: reads every file again with the model that is configured now. Refuses, with
 * everything still in place, while one of the folders cannot be read.
 */
export async function reindex(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
  const status = await runSync(config, 'full', async ({ store, embedder }, sourceFor) => {
    for (const id of await requireSources(store)) await probe(sourceFor(id));
    await store.reset(embedder.identity);
  });
  return print(status, options.json);
}

/** `deedbox forget PATH`: takes a folder and its documents out of the index; the files stay. */
export async function forgetFolder(config: Config, path: string): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    const files = await removeSourceByPath(workspace.store, path);
    process.stdout.write(`${path} is no longer read; ${files} files left the index.\n`);
    return 0;
  } finally {
    await workspace.close();
  }
}
