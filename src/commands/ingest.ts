import { setTimeout as sleep } from 'node:timers/promises';
import { openWorkerServices } from '../../workers/services.ts';
import { startWorker } from '../../workers/worker.ts';
import { openSearchEngine, openWorkspace, type SearchEngine } from '../composition/app.ts';
import { writeError, writeJson, writeOutput } from '../encode/terminal.ts';
import { singleLine } from '../encode/visible.ts';
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

const filePollMs = 100;

/** Exit code of a finished sync: 1 when some documents, or the sync itself, failed. */
function exitCode(status: SyncStatusResponse): number {
  return status.failed > 0 || status.state !== 'done' ? 1 : 0;
}

function print(status: SyncStatusResponse, json: boolean): number {
  if (json) writeJson(status);
  else writeOutput(`${reportSync(status)}\n`);
  return exitCode(status);
}

const report = (line: string) => writeError(`  ${line}\n`);

const quietLogLevel = ({ log }: Config) => (log.level === 'info' ? 'error' : log.level);

/** Prepares the index before a worker starts. */
type Preparation = (engine: SearchEngine, sourceFor: (id: string) => Source) => Promise<unknown>;

/** A worker in this process, beside those of other processes, and what a command uses with it. */
interface WorkerSession {
  engine: SearchEngine;
  services: SyncServices;
  /** Aborted with the reason when the worker stops by itself or the queue does not answer. */
  signal: AbortSignal;
  /** See `Worker.drained`. */
  drained: () => Promise<void>;
  close: () => Promise<void>;
}

async function openWorkerSession(config: Config, prepare: Preparation): Promise<WorkerSession> {
  const engine = await openSearchEngine(config, { allowModelMismatch: true, lazyModel: true });
  const closers = [() => engine.close()];
  const close = async () => {
    for (const closeNext of closers.splice(0).reverse()) await closeNext();
  };
  try {
    // the report that is printed tells the rest
    const log = engine.log.child({}, { level: quietLogLevel(config) });
    const opened = await openWorkerServices(config, engine, log);
    closers.push(() => opened.close());
    await prepare(engine, opened.services.sourceFor);
    const { concurrency, dataFolder } = config;
    const worker = startWorker(opened.services, { concurrency, dataFolder });
    closers.push(() => worker.stop());
    const watch = watchWorker(worker, engine.queue);
    closers.push(async () => watch.stop());
    const services = { ...engine, ensureWorker: () => {} };
    return { engine, services, signal: watch.signal, drained: () => worker.drained(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Requests a sync, and runs a worker in this process until the sync has ended and the queue is empty. */
async function syncInProcess(
  config: Config,
  kind: SyncKind,
  prepare: Preparation,
): Promise<SyncStatusResponse> {
  const session = await openWorkerSession(config, prepare);
  try {
    const { services } = session;
    const { syncId } = await requestSync(services, { kind });
    const status = await waitForSync(session, syncId);
    await session.drained(); // also jobs that other processes have added
    return status;
  } finally {
    await session.close();
  }
}

async function waitForSync(
  { engine, signal }: WorkerSession,
  syncId: string,
): Promise<SyncStatusResponse> {
  const status = await watchSync(engine.store, syncId, { signal });
  signal.throwIfAborted();
  return status;
}

async function requireSources(store: Store): Promise<string[]> {
  const sources = await store.sources();
  if (sources.length > 0) return sources;
  throw new DeedboxError('invalid_request', 'No source has been added yet.', {
    hint: '`deedbox ingest PATH` adds a folder and ingests it.',
  });
}

/** `deedbox ingest [PATH…]`: adds the given sources, then brings the index up to date with all of them. */
export async function ingestSources(
  config: Config,
  paths: string[],
  options: { kind: SyncKind; json: boolean },
): Promise<number> {
  const status = await syncInProcess(config, options.kind, async (engine) => {
    await ensureIndexModel(engine, config, report);
    await chooseSources(engine.store, config, { paths, report });
    await requireSources(engine.store);
  });
  return print(status, options.json);
}

/** `deedbox read FILE…`: ingests these files now, changed or not, ahead of all others; see `requestFiles`. */
export async function read(
  config: Config,
  names: string[],
  options: { json: boolean },
): Promise<number> {
  requireData(config);
  const prepare = ({ store, embedder }: SearchEngine) => store.requireModel(embedder.identity);
  const session = await openWorkerSession(config, prepare);
  try {
    const { engine, services, signal } = session;
    const ids = await requestFiles(services, engine.store.scopedTo('unrestricted'), names);
    for (;;) {
      const status = await filesStatus(engine.store, ids);
      if (isFinished(status)) return print(status, options.json);
      await sleep(filePollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  } finally {
    await session.close();
  }
}

/** Throws what listing a source throws, up to its first entry. */
async function probe(source: Source): Promise<void> {
  for await (const _ of source.list()) return;
}

/**
 * `deedbox reindex`: ingests every file again with the configured model. While a source cannot be
 * listed it refuses, and changes nothing.
 */
export async function reindex(config: Config, options: { json: boolean }): Promise<number> {
  requireData(config);
  const status = await syncInProcess(config, 'full', async ({ store, embedder }, sourceFor) => {
    for (const id of await requireSources(store)) await probe(sourceFor(id));
    await store.reset(embedder.identity);
  });
  return print(status, options.json);
}

/** `deedbox forget PATH`: removes a source and its documents from the index; the files stay. */
export async function forgetSource(config: Config, path: string): Promise<number> {
  requireData(config);
  const workspace = await openWorkspace(config);
  try {
    const files = await removeSourceByPath(workspace.store, path);
    writeOutput(`${singleLine(path)} is no longer read; ${files} files left the index.\n`);
    return 0;
  } finally {
    await workspace.close();
  }
}
