import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker } from '../../workers/worker.ts';
import { openArchive, openReader, openWorker, type Reader } from '../app.ts';
import type { Config } from '../config.ts';
import { DeedboxError } from '../errors.ts';
import type { SyncStatusAnswer } from '../search/answers.ts';
import type { Source } from '../sources/source.ts';
import type { SyncKind } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { filesStatus, requestFiles } from '../sync/asked-files.ts';
import { isOver, requestSync, type SyncServices } from '../sync/syncs.ts';
import { chooseSources } from './choose-sources.ts';
import { requireData } from './existing-data.ts';
import { followModel } from './follow-model.ts';
import { followSync, reportSync } from './follow-sync.ts';
import { forgetSource } from './sources.ts';
import { watchWork } from './watch-work.ts';

/** Milliseconds between two looks at files that are being read. */
const lookAgain = 100;

/** Exit code of a finished sync: 1 when some documents, or the sync itself, failed. */
function exitCode(status: SyncStatusAnswer): number {
  return status.failed > 0 || status.state !== 'done' ? 1 : 0;
}

function print(status: SyncStatusAnswer, json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${reportSync(status)}\n`);
  return exitCode(status);
}

const tell = (line: string) => void process.stderr.write(`  ${line}\n`);

const quiet = ({ log }: Config) => (log.level === 'info' ? 'error' : log.level);

/** What stands beside a worker in this process. */
interface Work {
  reader: Reader;
  services: SyncServices;
  /** Aborted with the reason when nothing goes on any more. */
  signal: AbortSignal;
  drained: () => Promise<void>;
}

/** Works at the queue in this process, beside whatever workers run elsewhere, for as long as `during` takes. */
async function withWorker<T>(
  config: Config,
  prepare: (reader: Reader, sourceFor: (id: string) => Source) => Promise<void>,
  during: (work: Work) => Promise<T>,
): Promise<T> {
  const reader = await openReader(config, { anyModel: true });
  try {
    // only what the report that is printed does not say
    const worker = openWorker(config, reader, reader.log.child({}, { level: quiet(config) }));
    try {
      await prepare(reader, worker.services.sourceFor);
      const running = startWorker(worker.services, { concurrency: config.concurrency });
      const watch = watchWork(running, reader.queue);
      const services = { ...reader, ensureWorker: () => {} };
      const drained = () => running.drained();
      try {
        return await during({ reader, services, signal: watch.signal, drained });
      } finally {
        watch.stop();
        await running.stop();
      }
    } finally {
      await worker.close();
    }
  } finally {
    await reader.close();
  }
}

async function runSync(
  config: Config,
  kind: SyncKind,
  prepare: (reader: Reader, sourceFor: (id: string) => Source) => Promise<void>,
): Promise<SyncStatusAnswer> {
  return withWorker(config, prepare, async ({ reader, services, signal, drained }) => {
    const follow = async (syncId: string) => {
      const status = await followSync(reader.store, syncId, { until: signal });
      signal.throwIfAborted();
      return status;
    };
    const first = await requestSync(services, { kind });
    let status = await follow(first.syncId);
    if (first.late) {
      const second = await requestSync(services, { kind });
      status = await follow(second.syncId);
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
  const status = await runSync(config, options.kind, async (reader) => {
    await followModel(reader, config, tell);
    await chooseSources(reader.store, config, { paths, tell });
    await requireSources(reader.store);
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
  const prepare = ({ store, embedder }: Reader) => store.requireModel(embedder.identity);
  const status = await withWorker(config, prepare, async ({ reader, services, signal }) => {
    const ids = await requestFiles(services, reader.store.readableBy('everything'), names);
    for (;;) {
      const now = await filesStatus(reader.store, ids);
      if (isOver(now)) return now;
      await sleep(lookAgain, undefined, { signal }).catch(() => signal.throwIfAborted());
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
export async function forget(config: Config, path: string): Promise<number> {
  requireData(config);
  const archive = await openArchive(config);
  try {
    const files = await forgetSource(archive.store, path);
    process.stdout.write(`${path} is no longer read; ${files} files left the index.\n`);
    return 0;
  } finally {
    await archive.close();
  }
}
