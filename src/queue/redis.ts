import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { DeedboxError } from '../errors/errors.ts';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with the user, the password and the database's number where needed. */
  url: string;
  /** Whose queue it is: another archive's is refused. */
  instanceId: string;
  /** Milliseconds that a request waits for a Redis that does not answer, before it is given up. */
  requestTimeoutMs: number;
  /** Told of trouble that no caller can be told of, each kind once in a while. */
  onError: (error: unknown) => void;
  /** Told once when Redis is away, and once when it answers again. */
  onOutage: (outage: 'begun' | 'ended', error?: unknown) => void;
}

/** Milliseconds in which the same trouble is told once. */
const reportIntervalMs = 30_000;
const reconnectMs = (tries: number) => Math.min(2000, 50 * 2 ** Math.min(tries, 10));

/**
 * The connection by which jobs are added and looked at. A Redis that is away for a moment, as while it
 * is started again, is waited for; nothing waits longer than the patience.
 */
export class RedisConnection {
  readonly client: Redis;
  readonly #options: RedisConnectionOptions;
  readonly #report: (error: unknown) => void;
  /** Connections that were lost, or never made. */
  readonly #disconnected = new Set<Redis>();
  /** What Redis answered last to being connected to: it may be there, and refuse. */
  #lastError: unknown;
  #checked = false;
  #closed = false;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#report = throttleErrors(options.onError);
    const halfTimeoutMs = Math.ceil(options.requestTimeoutMs / 2);
    this.client = this.#connect({
      // What cannot be sent is refused at once, and tried again here, where the patience is known.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: halfTimeoutMs,
      connectTimeout: halfTimeoutMs,
    });
    this.client.on('error', (error) => (this.#lastError = isOffline(error) ? undefined : error));
  }

  /** Tells of trouble, but that Redis is away, which its connections notice by themselves. */
  readonly report = (error: unknown): void => {
    const isUnreachable =
      isOffline(error) || (error instanceof DeedboxError && error.code === 'not_ready');
    if (!isUnreachable) this.#report(error);
  };

  /** Another connection, for workers: what is sent over it waits for as long as it takes. */
  connectWorker(): Redis {
    return this.#connect({ maxRetriesPerRequest: null });
  }

  #connect(options: RedisOptions): Redis {
    const client = new Redis(this.#options.url, {
      lazyConnect: true,
      keepAlive: 30_000,
      retryStrategy: reconnectMs,
      ...options,
    });
    client.on('error', (error) => {
      if (isOffline(error)) this.#onDisconnect(client, error);
      else this.#report(error);
    });
    client.on('close', () => {
      if (client.status !== 'end') this.#onDisconnect(client);
    });
    client.on('ready', () => this.#onReconnect(client));
    client.on('end', () => this.#disconnected.delete(client));
    return client;
  }

  #onDisconnect(client: Redis, error?: unknown): void {
    if (this.#closed || this.#disconnected.has(client)) return;
    this.#disconnected.add(client);
    if (this.#disconnected.size === 1) this.#options.onOutage('begun', error);
  }

  #onReconnect(client: Redis): void {
    if (this.#disconnected.delete(client) && this.#disconnected.size === 0)
      this.#options.onOutage('ended');
  }

  /**
   * The result of a request that may be made twice. Throws `not_ready` when Redis does not answer in
   * time, `storage_error` when it takes no more writes, `invalid_configuration` when it is not one
   * that a queue can be trusted to.
   */
  async request<T>(request: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.#options.requestTimeoutMs;
    for (;;) {
      await this.#ensureReady(deadline);
      try {
        return await beforeDeadline(request(), deadline);
      } catch (error) {
        if (!isOffline(error)) throw toQueueError(error);
        if (this.#closed || Date.now() >= deadline) throw unreachableError(error);
        await sleep(50);
      }
    }
  }

  async #ensureReady(deadline: number): Promise<void> {
    const { client } = this;
    while (client.status !== 'ready') {
      if (this.#closed) throw closedError();
      if (client.status === 'wait') client.connect().catch(this.report);
      const remainingMs = deadline - Date.now();
      if (remainingMs <= 0)
        throw this.#lastError ? toQueueError(this.#lastError) : unreachableError();
      await once(client, 'ready', { signal: AbortSignal.timeout(remainingMs) }).catch(() => {});
    }
    if (this.#checked) return;
    try {
      await checkRedis(client, this.report);
      await claimDatabase(client, this.#options.instanceId);
      this.#checked = true;
    } catch (error) {
      throw isOffline(error) ? unreachableError(error) : toQueueError(error);
    }
  }

  close(): void {
    this.#closed = true;
    this.client.disconnect();
  }
}

/** Rejects at the deadline: whatever BullMQ waits for by itself, it waits for without end. */
async function beforeDeadline<T>(request: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachableError()), Math.max(0, deadline - Date.now()));
  });
  return Promise.race([request, timeout]).finally(() => clearTimeout(timer));
}

/** Whether nothing is wrong but that Redis is away, or not yet back. */
export function isOffline(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  const code = (error as NodeJS.ErrnoException).code;
  if (name === 'ReplyError') return /^(LOADING|MASTERDOWN|TRYAGAIN)/.test(message);
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError') return true;
  if (typeof code === 'string' && /^E[A-Z]+/.test(code)) return true;
  return /Connection is closed|Stream isn't writeable|timed out/.test(message);
}

/** What Redis answered, as an error that says what to do. */
function toQueueError(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  // A transaction that was refused says why in the errors of its commands.
  const { previousErrors = [] } = error as { previousErrors?: Error[] };
  const message = [error, ...previousErrors].map((one) => one.message).join('; ');
  if (/OOM|MISCONF|READONLY/.test(message)) {
    const why = message.includes('OOM') ? 'it has no memory left' : 'it cannot write to its disk';
    return new DeedboxError('storage_error', `The queue's Redis takes no more jobs: ${why}.`, {
      retryable: true,
      hint: 'Give Redis more memory (maxmemory) or disk; nothing is lost, work goes on by itself.',
      cause: error,
    });
  }
  if (/^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR DB index)/.test(message)) {
    return new DeedboxError('invalid_configuration', "The queue's Redis refuses REDIS_URL.", {
      hint: 'Check the user, the password and the number of the database in REDIS_URL.',
      cause: error,
    });
  }
  return error;
}

function unreachableError(cause?: unknown): DeedboxError {
  return new DeedboxError('not_ready', "The queue's Redis does not answer.", {
    retryable: true,
    hint: 'Start Redis, or correct REDIS_URL. What is read can be asked about meanwhile.',
    cause,
  });
}

const closedError = () => new DeedboxError('cancelled', 'The queue is closed.');

/** Tells the same thing once in a while only: a connection that is tried again fails over and over. */
function throttleErrors(report: (error: unknown) => void): (error: unknown) => void {
  const lastReported = new Map<string, number>();
  return (error) => {
    const signature = error instanceof Error ? `${error.name} ${error.message}` : String(error);
    const now = Date.now();
    if (now - (lastReported.get(signature) ?? -Infinity) < reportIntervalMs) return;
    if (lastReported.size > 100) lastReported.clear();
    lastReported.set(signature, now);
    report(error);
  };
}

/** Blocking commands with a timeout, streams and LPOS. */
const minVersion = [6, 2] as const;

/**
 * Looks whether a queue can be trusted to this Redis. Throws `invalid_configuration` where it may drop
 * jobs to make room or is too old; tells where it would lose the last of them with its power.
 */
async function checkRedis(client: Redis, warn: (warning: Error) => void): Promise<void> {
  const info = new Map<string, string>();
  for (const line of (await client.info()).split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0) info.set(line.slice(0, at), line.slice(at + 1));
  }
  const version = info.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minMajor, minMinor] = minVersion;
  if (version !== '' && (major < minMajor || (major === minMajor && minor < minMinor))) {
    throw new DeedboxError('invalid_configuration', `The queue's Redis is too old: ${version}.`, {
      hint: `Use Redis ${minVersion.join('.')} or later, or Valkey.`,
    });
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    throw new DeedboxError(
      'invalid_configuration',
      `The queue's Redis may drop jobs to make room (maxmemory-policy ${policy}).`,
      { hint: 'Set maxmemory-policy to noeviction in redis.conf, and start Redis again.' },
    );
  }
  if (info.get('aof_enabled') === '0') {
    warn(
      new Error(
        "The queue's Redis keeps no append-only file: jobs are lost when it stops, until the next sync finds them again. Set appendonly to yes in redis.conf.",
      ),
    );
  }
}

/** Throws `invalid_configuration` where this database of Redis holds the queue of another archive. */
async function claimDatabase(client: Redis, instanceId: string): Promise<void> {
  const key = 'deedbox:instance';
  await client.setnx(key, instanceId);
  if ((await client.get(key)) === instanceId) return;
  throw new DeedboxError(
    'invalid_configuration',
    "This database of Redis holds another data folder's queue.",
    {
      hint: 'Give each data folder a database of its own: redis://host:6379/1, /2 and so on in REDIS_URL. Where the other one is gone for good, `redis-cli -n NUMBER FLUSHDB` frees its database.',
    },
  );
}
