import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openTemporaryFolder } from '../../workers/temporary-folder.ts';
import type { WorkerServices } from '../../workers/worker.ts';
import { pipelineVersion } from '../../workers/ingest.ts';
import { openClauseModel } from '../analyse/clause-model/model-file.ts';
import { openPartyModel } from '../analyse/party-model/model-file.ts';
import { resolveAccess } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import type { Scope } from '../access/caller.ts';
import type { Config } from '../settings/config.ts';
import { openEmbedder } from '../embed/embedder.ts';
import { DeedboxError } from '../errors/errors.ts';
import { openExtractor } from '../extract/extractor.ts';
import { openLog } from '../observability/log.ts';
import { loadInstanceId, rejectWithoutRedisUrl } from '../queue/instance-id.ts';
import { openEmbeddedQueue } from '../queue/embedded.ts';
import type { Queue } from '../queue/queue.ts';
import type { McpServices } from '../mcp/services.ts';
import { MaskCache } from '../redact/mask-cache.ts';
import { RedactedIndex } from '../redact/redacted-index.ts';
import { openGroupResolver } from './groups.ts';
import { createSourceFactory } from './sources.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { scopedSyncs } from '../sync/scoped-syncs.ts';

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
    rejectWithoutRedisUrl(dataFolder);
    return openEmbeddedQueue({ folder: dataFolder, leaseMs, onError });
  }
  // A laptop does without the time that this takes to load.
  const { openBullmqQueue } = await import('../queue/bullmq.ts');
  const instanceId = loadInstanceId(dataFolder);
  const onOutage = (outage: 'begun' | 'ended', err?: unknown) => {
    if (outage === 'begun') log.warn({ err }, 'the queue does not answer');
    else log.info('the queue answers again');
  };
  const limits = { leaseMs, filesPerMinute };
  return openBullmqQueue({ url: redisUrl, instanceId, ...limits, onError, onOutage });
}

/**
 * Store and queue, without the model: enough to look at the state of things.
 * @param log that of this process, where there is one already
 */
export async function openWorkspace(config: Config, log: Logger = openLog(config.log)) {
  makeDataFolder(config.dataFolder);
  const store = await openSqliteStore({ folder: config.dataFolder });
  const queue = await openQueue(config, log);
  const maskCache = new MaskCache(config.disclosure.redacted);
  const groups = openGroupResolver(config, (line) => log.warn(line));
  return {
    log,
    store,
    queue,
    today: calendarOf(config.timeZone),
    /** What one who asks may read now: to be asked for anew with each question. */
    async scopedIndexFor(principal: Principal): Promise<ScopedIndex> {
      const scopedIndex = store.scopedTo(await resolveAccess(principal, groups));
      return maskCache.redacted.length > 0
        ? new RedactedIndex(scopedIndex, maskCache)
        : scopedIndex;
    },
    async close() {
      await queue.close();
      await store.close();
    },
  };
}

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;

/**
 * What answers questions.
 * @param options.anyModel also where the rows are another model's, for the command that re-indexes
 * @param options.lazyModel the model's weights are loaded with the first question
 * @throws DeedboxError `model_mismatch` when the rows are another model's
 */
export async function openSearchEngine(
  config: Config,
  options: { allowModelMismatch?: boolean; lazyModel?: boolean; log?: Logger } = {},
) {
  const workspace = await openWorkspace(config, options.log);
  try {
    const embedder = await openEmbedder({
      ...config.embedding,
      cacheFolder: join(config.dataFolder, 'models'),
      lazy: options.lazyModel,
    });
    try {
      if (!options.allowModelMismatch) await workspace.store.requireModel(embedder.identity);
    } catch (error) {
      await embedder.close();
      throw error;
    }
    return {
      ...workspace,
      embedder,
      async close() {
        await embedder.close();
        await workspace.close();
      },
    };
  } catch (error) {
    await workspace.close();
    throw error;
  }
}

export type SearchEngine = Awaited<ReturnType<typeof openSearchEngine>>;

/**
 * Services for whoever asks, over one reader.
 * @param ensureWorker makes sure that some process will run the jobs of a sync
 */
export function servicesOf(
  engine: Omit<SearchEngine, 'close'>,
  ensureWorker: () => void,
): (principal: Principal, scopes: readonly Scope[]) => Promise<McpServices> {
  const { store, queue, embedder, today } = engine;
  return async (principal, scopes) => {
    const scopedIndex = await engine.scopedIndexFor(principal);
    const syncs = scopedSyncs({ store, queue, ensureWorker }, scopedIndex, {
      isAdmin: scopes.includes('documents:sync'),
    });
    return { scopedIndex, embedder, today, syncs };
  };
}

/** What reads files into the index, on top of a reader. */
export async function openWorker(config: Config, engine: SearchEngine, log: Logger = engine.log) {
  const models = {
    clauses: openClauseModel(config.clauseModel),
    parties: openPartyModel(config.partyModel),
  };
  const tempFolder = openTemporaryFolder(config.dataFolder);
  const sourceFor = await createSourceFactory(config, tempFolder);
  const extractor = openExtractor({
    maxProcesses: config.concurrency,
    memoryLimitBytes: config.parse.memoryLimitBytes,
    timeLimitMs: config.parse.timeLimitMs,
  });
  const services: WorkerServices = {
    store: engine.store,
    queue: engine.queue,
    embedder: engine.embedder,
    extractor,
    models,
    sourceFor,
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
