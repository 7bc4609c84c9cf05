import type { Logger } from 'pino';
import type { AuthClient } from 'google-auth-library';
import { type GroupResolver, resolveAccess } from '../access/access.ts';
import { DirectoryGroupResolver, directoryScope } from '../access/directory-group-resolver.ts';
import { FileGroupResolver } from '../access/file-group-resolver.ts';
import type { Principal } from '../access/principal.ts';
import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { readCertificates, readSettingFile } from './certificates.ts';
import { secureDataFolder } from './data-folder.ts';
import { openEmbedder } from '../embed/embedder.ts';
import { openLog } from '../observability/log.ts';
import { loadInstanceId, rejectWithoutRedisUrl } from '../queue/instance-id.ts';
import { openEmbeddedQueue } from '../queue/embedded.ts';
import type { Queue } from '../queue/queue.ts';
import type { McpServices } from '../mcp/services.ts';
import { MaskCache } from '../redact/mask-cache.ts';
import { RedactedIndex } from '../redact/redacted-index.ts';
import type { RequestContext } from '../request/context.ts';
import { openSignIn } from '../sources/drive/sign-in.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { ReaderPool } from '../store/threads/reader-pool.ts';
import { requireFreshPermissions } from '../sync/permission-freshness.ts';
import { scopedSyncs } from '../sync/scoped-syncs.ts';
import type { SyncServices } from '../sync/syncs.ts';

/**
 * The composition root: opens the parts that a process needs from its configuration, each on top of
 * the one before: workspace, search engine, services of a principal. `close()` closes them in reverse.
 */

/** Returns today's date in the organisation's time zone, `YYYY-MM-DD`. */
function calendarOf(timeZone: string | undefined): () => string {
  // created once: creating it takes longer than a search
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return () => format.format(new Date());
}

/** The text of a file that a setting names, without the line break at its end. */
function readSecret(setting: string, file: string): string {
  const text = readSettingFile(setting, file).replace(/\r?\n$/, '');
  if (text !== '') return text;
  throw new DeedboxError('invalid_configuration', `${setting}: ${file} is empty.`);
}

async function openQueue({ dataFolder, queue }: Config, log: Logger): Promise<Queue> {
  const { redisUrl, redisPasswordFile, redisCaFile, leaseMs, filesPerMinute } = queue;
  const onError = (err: unknown) => log.warn({ err }, 'the queue reports an error');
  if (redisUrl === undefined) {
    rejectWithoutRedisUrl(dataFolder);
    return openEmbeddedQueue({ folder: dataFolder, leaseMs, onError });
  }
  // Loading BullMQ takes time that the embedded queue need not spend.
  const { openBullmqQueue } = await import('../queue/bullmq.ts');
  const instanceId = loadInstanceId(dataFolder);
  const onOutage = (outage: 'begun' | 'ended', err?: unknown) => {
    if (outage === 'begun') log.warn({ err }, 'the queue does not answer');
    else log.info('the queue answers again');
  };
  const limits = { leaseMs, filesPerMinute };
  const password = redisPasswordFile && readSecret('REDIS_PASSWORD_FILE', redisPasswordFile);
  const ca = redisCaFile && readCertificates('REDIS_CA_FILE', redisCaFile);
  const connection = {
    url: redisUrl,
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  };
  return openBullmqQueue({ ...connection, instanceId, ...limits, onError, onOutage });
}

/**
 * The configured resolver of group memberships, if there is one. It sends and reads nothing before its
 * first use. Without credentials for the directory nobody is in any group, and a warning is logged.
 */
export function openGroupResolver(
  config: Config,
  log: (line: string) => void,
): GroupResolver | undefined {
  const { file, directory, admin } = config.groups;
  const international = config.access.internationalAddresses;
  if (file !== undefined) return new FileGroupResolver(file, log, { international });
  if (!directory) return undefined;
  // The directory answers administrators only: the service account acts on behalf of one.
  let client: AuthClient | undefined;
  return new DirectoryGroupResolver(
    async (url, signal) => {
      client ??= openSignIn({ ...config.sources.drive, subject: admin }, directoryScope).client();
      const maxContentLength = 4 * 1024 * 1024;
      return (await client.request({ url: url.href, signal, maxContentLength })).data;
    },
    { log },
  );
}

/**
 * Opens store and queue, without the embedding model: enough to read the state of the index.
 * @param options.log this process's log; by default a new one
 * @param options.readerThreads threads that read contracts for questions; without them this thread does
 */
export async function openWorkspace(
  config: Config,
  options: { log?: Logger | undefined; readerThreads?: number | undefined } = {},
) {
  const { log = openLog(config.log), readerThreads } = options;
  const folder = config.dataFolder;
  // Node only warns, before there is a log
  if (config.certificatesFile !== undefined)
    readCertificates('NODE_EXTRA_CA_CERTS', config.certificatesFile);
  secureDataFolder(folder);
  const store = await openSqliteStore({ folder });
  const pool =
    readerThreads === undefined
      ? undefined
      : new ReaderPool({
          folder,
          threads: readerThreads,
          onChange: (listener) => store.onChange(() => listener()),
        });
  const queue = await openQueue(config, log);
  const maskCache = new MaskCache(config.disclosure.redacted);
  const groups = openGroupResolver(config, (line) => log.warn(line));
  return {
    log,
    store,
    queue,
    today: calendarOf(config.timeZone),
    /** The index as far as the principal may read it now: to be called for each request. */
    async scopedIndexFor(principal: Principal): Promise<ScopedIndex> {
      const scopedIndex = (pool ?? store).scopedTo(await resolveAccess(principal, groups));
      return maskCache.redacted.length > 0
        ? new RedactedIndex(scopedIndex, maskCache)
        : scopedIndex;
    },
    /** See `requireFreshPermissions`; returns at once where access is unrestricted. */
    async requireFreshPermissions(principal: Principal): Promise<void> {
      const { permissionsMaxAgeMs: maxAgeMs } = config;
      if (principal === 'unrestricted' || maxAgeMs === undefined) return;
      await requireFreshPermissions(store, maxAgeMs);
    },
    async close() {
      await queue.close();
      await pool?.close();
      await store.close();
    },
  };
}

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;

/**
 * Opens a workspace with its embedding model.
 * @param options.allowModelMismatch also opens an index of another model, for commands that re-index
 * @param options.lazyModel loads the model's weights with the first query
 * @throws DeedboxError `model_mismatch` when the index was made with another model
 */
export async function openSearchEngine(
  config: Config,
  options: {
    allowModelMismatch?: boolean;
    lazyModel?: boolean;
    log?: Logger;
    readerThreads?: number;
  } = {},
) {
  const workspace = await openWorkspace(config, options);
  try {
    const embedder = await openEmbedder({
      ...config.embedding,
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
 * Opens the services of one request, with the index as far as its principal may read it now.
 * @param engine with `ensureWorker`, which makes sure that some process will run the jobs of a sync
 */
export async function openRequestServices(
  engine: Omit<SearchEngine, 'close'> & Pick<SyncServices, 'ensureWorker'>,
  { principal, scopes, disclosure }: RequestContext,
): Promise<McpServices> {
  const { embedder, today } = engine;
  const scopedIndex = await engine.scopedIndexFor(principal);
  const isAdmin = scopes.includes('documents:sync');
  const syncs = scopedSyncs(engine, scopedIndex, { isAdmin });
  return {
    scopedIndex,
    embedder,
    today,
    syncs,
    disclosure,
    requireFreshPermissions: () => engine.requireFreshPermissions(principal),
  };
}
