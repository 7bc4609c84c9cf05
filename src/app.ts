import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openTemporaryFolder } from '../workers/temporary-folder.ts';
import type { WorkerServices } from '../workers/worker.ts';
import { pipelineVersion } from '../workers/ingest.ts';
import { openClauseModel } from './analyse/clause-model/model-file.ts';
import { openPartyModel } from './analyse/party-model/model-file.ts';
import { accessOf } from './access/access.ts';
import type { Asker } from './access/asker.ts';
import type { Scope } from './access/caller.ts';
import type { Config } from './config.ts';
import { openEmbedder } from './embed/embedder.ts';
import { DeedboxError } from './errors.ts';
import { openExtractor } from './extract/extract.ts';
import { openLog } from './log.ts';
import { archiveId, refuseWithoutRedis } from './queue/archive-id.ts';
import { openEmbeddedQueue } from './queue/embedded.ts';
import type { Queue } from './queue/queue.ts';
import type { McpServices } from './mcp/services.ts';
import { Masks } from './redact/masks.ts';
import { RedactedLibrary } from './redact/redacted-library.ts';
import { openGroups } from './open-groups.ts';
import { sourceOpener } from './open-sources.ts';
import type { Library } from './store/library.ts';
import { openSqliteStore } from './store/sqlite.ts';
import { askedSyncs } from './sync/asked-syncs.ts';

/** The composition root: configuration in, running parts out; `close()` undoes it in reverse. */

/** About 7,000 pages; analysis of so much text takes some seconds. */
const maxCharacters = 20_000_000;

/** Tells what day it is where the organisation is, `YYYY-MM-DD`. */
function calendarOf(timeZone: string | undefined): () => string {
  // made once: to make it takes longer than a search in the index
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return () => format.format(new Date());
}

function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DeedboxError('storage_error', `The data folder ${folder} cannot be made.`, {
      hint: 'Set DEEDBOX_DATA or --data to a folder that this user may write to.',
      cause,
    });
  }
}

async function openQueue({ dataFolder, queue }: Config, log: Logger): Promise<Queue> {
  const { redisUrl, leaseMs, filesPerMinute } = queue;
  const onError = (err: unknown) => log.warn({ err }, 'the queue has trouble');
  if (redisUrl === undefined) {
    refuseWithoutRedis(dataFolder);
    return openEmbeddedQueue({ folder: dataFolder, leaseMs, onError });
  }
  // A laptop does without the time that this takes to load.
  const { openBullmqQueue } = await import('./queue/bullmq.ts');
  const archive = archiveId(dataFolder);
  const onOutage = (outage: 'begun' | 'ended', err?: unknown) => {
    if (outage === 'begun') log.warn({ err }, 'the queue does not answer');
    else log.info('the queue answers again');
  };
  const limits = { leaseMs, filesPerMinute };
  return openBullmqQueue({ url: redisUrl, archive, ...limits, onError, onOutage });
}

/**
 * Store and queue, without the model: enough to look at the state of things.
 * @param log that of this process, where there is one already
 */
export async function openArchive(config: Config, log: Logger = openLog(config.log)) {
  makeDataFolder(config.dataFolder);
  const store = await openSqliteStore({ folder: config.dataFolder });
  const queue = await openQueue(config, log);
  const masks = new Masks(config.disclosure.redacted);
  const groups = openGroups(config, (line) => log.warn(line));
  return {
    log,
    store,
    queue,
    today: calendarOf(config.timeZone),
    /** What one who asks may read now: to be asked for anew with each question. */
    async libraryFor(asker: Asker): Promise<Library> {
      const library = store.readableBy(await accessOf(asker, groups));
      return masks.redacted.length > 0 ? new RedactedLibrary(library, masks) : library;
    },
    async close() {
      await queue.close();
      await store.close();
    },
  };
}

export type Archive = Awaited<ReturnType<typeof openArchive>>;

/**
 * What answers questions.
 * @param options.anyModel also where the rows are another model's, for the command that re-indexes
 * @param options.lazyModel the model's weights are loaded with the first question
 * @throws DeedboxError `model_mismatch` when the rows are another model's
 */
export async function openReader(
  config: Config,
  options: { anyModel?: boolean; lazyModel?: boolean; log?: Logger } = {},
) {
  const archive = await openArchive(config, options.log);
  try {
    const embedder = await openEmbedder({
      ...config.embedding,
      cacheFolder: join(config.dataFolder, 'models'),
      lazy: options.lazyModel,
    });
    try {
      if (!options.anyModel) await archive.store.requireModel(embedder.identity);
    } catch (error) {
      await embedder.close();
      throw error;
    }
    return {
      ...archive,
      embedder,
      async close() {
        await embedder.close();
        await archive.close();
      },
    };
  } catch (error) {
    await archive.close();
    throw error;
  }
}

export type Reader = Awaited<ReturnType<typeof openReader>>;

/**
 * Services for whoever asks, over one reader.
 * @param ensureWorker makes sure that some process will run the jobs of a sync
 */
export function servicesOf(
  reader: Omit<Reader, 'close'>,
  ensureWorker: () => void,
): (asker: Asker, scopes: readonly Scope[]) => Promise<McpServices> {
  const { store, queue, embedder, today } = reader;
  return async (asker, scopes) => {
    const library = await reader.libraryFor(asker);
    const syncs = askedSyncs({ store, queue, ensureWorker }, library, {
      administers: scopes.includes('documents:sync'),
    });
    return { library, embedder, today, syncs };
  };
}

/** What reads files into the index, on top of a reader. */
export function openWorker(config: Config, reader: Reader, log: Logger = reader.log) {
  const models = {
    clauses: openClauseModel(config.clauseModel),
    parties: openPartyModel(config.partyModel),
  };
  const tempFolder = openTemporaryFolder(config.dataFolder);
  const extractor = openExtractor({
    processes: config.concurrency,
    memoryLimit: config.parse.memoryLimit,
    timeLimit: config.parse.timeLimit,
  });
  const services: WorkerServices = {
    store: reader.store,
    queue: reader.queue,
    embedder: reader.embedder,
    extractor,
    models,
    sourceFor: sourceOpener(config, tempFolder),
    limits: { maxBytes: config.maxFileBytes, maxCharacters, ...config.parse },
    pipeline: [pipelineVersion, models.clauses.identity, models.parties.identity].join(' '),
    log,
  };
  return {
    services,
    tempFolder,
    async close() {
      await extractor.close();
      rmSync(tempFolder, { recursive: true, force: true });
    },
  };
}
