import { startWorker } from '../../workers/worker.ts';
import { openArchive, openReader, openWorker } from '../app.ts';
import type { Config } from '../config.ts';
import type { SyncStatusAnswer } from '../search/answers.ts';
import { requestSync } from '../sync/syncs.ts';
import { followSync, reportSync } from './follow-sync.ts';
import { addSources, describeSource, forgetSource } from './sources.ts';

/** Exit code of a finished sync: 1 when some documents, or the sync itself, failed. */
function exitCode(status: SyncStatusAnswer): number {
  return status.failed > 0 || status.state !== 'done' ? 1 : 0;
}

function print(status: SyncStatusAnswer, json: boolean): number {
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${reportSync(status)}\n`);
  return exitCode(status);
}

/** Runs a sync in this process, beside whatever workers run elsewhere. */
async function runSync(
  config: Config,
  full: boolean,
  prepare: (reader: Awaited<ReturnType<typeof openReader>>) => Promise<void>,
  anyModel = false,
): Promise<SyncStatusAnswer> {
  const reader = await openReader(config, { anyModel });
  try {
    await prepare(reader);
    const worker = openWorker(config, reader);
    const running = startWorker(worker.services, { concurrency: config.concurrency });
    try {
      const { syncId } = await requestSync({ ...reader, ensureWorker: () => {} }, { full });
      const status = await followSync(reader.store, syncId);
      await running.drained(); // the last job also writes the snapshot of the vector index
      return status;
    } finally {
      await running.stop();
      await worker.close();
    }
  } finally {
    await reader.close();
  }
}

/** `deedbox ingest [PATH…]`: brings the index in step with the folders, the given ones added. */
export async function ingest(
  config: Config,
  paths: string[],
  options: { full: boolean; json: boolean },
): Promise<number> {
  const status = await runSync(config, options.full, async ({ store }) => {
    await addSources(store, paths);
    const sources = await store.sources();
    if (sources.length === 0) await addSources(store, [config.samplesFolder]);
    if (!options.json) {
      for (const id of await store.sources())
        process.stderr.write(`  folder: ${describeSource(id)}\n`);
    }
  });
  return print(status, options.json);
}

/** `deedbox reindex`: reads every file again with the model that is configured now. */
export async function reindex(config: Config, options: { json: boolean }): Promise<number> {
  const status = await runSync(
    config,
    true,
    ({ store, embedder }) => store.reset(embedder.identity),
    true,
  );
  return print(status, options.json);
}

/** `deedbox forget PATH`: takes a folder and its documents out of the index; the files stay. */
export async function forget(config: Config, path: string): Promise<number> {
  const archive = await openArchive(config);
  try {
    const files = await forgetSource(archive.store, path);
    process.stdout.write(`${path} is no longer read; ${files} files left the index.\n`);
    return 0;
  } finally {
    await archive.close();
  }
}
