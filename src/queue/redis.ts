import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { connectionProblem } from '../errors/connection-errors.ts';
import { DeedboxError } from '../errors/errors.ts';

export interface RedisConnectionOptions {
  /**
   * `redis://`, `rediss://` or `unix://`, with the user, the password and the database's number where
   * needed.
   */
  url: string;
  /** In place of that in the URL. */
  password?: string | undefined;
  /** The certificate, in PEM, of the authority that issued that of Redis. */
  ca?: string | undefined;
  /** Identifies the data folder; a Redis database with the queue of another one is refused. */
  instanceId: string;
  /** Milliseconds after which an unanswered request fails. */
  requestTimeoutMs: number;
  /** Called with errors that reach no caller; the same error at most every 30 seconds. */
  onError: (error: unknown) => void;
  /** Called once when Redis becomes unreachable, and once when it answers again. */
  onOutage: (outage: 'begun' | 'ended', error?: unknown) => void;
}

/** Milliseconds in which the same error is reported once. */
const reportIntervalMs = 30_000;
const reconnectMs = (tries: number) => Math.min(2000, 50 * 2 ** Math.min(tries, 10));

/**
 * The connection for adding and counting jobs. Requests wait for a Redis that is unreachable for a
 * moment, for example while it restarts, but no longer than `requestTimeoutMs`.
 */
export class RedisConnection {
  readonly client: Redis;
  readonly #options: RedisConnectionOptions;
  readonly #report: (error: unknown) => void;
  /** Connections that are lost or not made yet. */
  readonly #disconnected = new Set<Redis>();
  /** The error with which Redis last refused a connection, or of the last attempt to connect. */
  #lastError: unknown;
  /** That there is no database with that number; ioredis would go on with database 0. */
  #databaseError: unknown;
  #checked = false;
  #closed = false;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#report = throttleErrors(options.onError);
    const halfTimeoutMs = Math.ceil(options.requestTimeoutMs / 2);
    this.client = this.#connect({
      // Fail at once; `request` retries, because it knows the deadline.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: halfTimeoutMs,
      connectTimeout: halfTimeoutMs,
    });
    this.client.on('error', (error) => {
      this.#lastError = error;
      if (error.message.startsWith('ERR DB index')) this.#databaseError = error;
    });
  }

  /** Reports an error, except that Redis is unreachable, which `onOutage` reports. */
  readonly report = (error: unknown): void => {
    const isUnreachable =
      isOffline(error) || (error instanceof DeedboxError && error.code === 'not_ready');
    if (!isUnreachable) this.#report(error);
  };

  /** A separate connection for workers, whose commands wait without a timeout. */
  connectWorker(): Redis {
    return this.#connect({ maxRetriesPerRequest: null });
  }

  #connect(options: RedisOptions): Redis {
    const { url, password, ca } = this.#options;
    const client = new Redis(withoutUser(url), {
      ...userOf(url),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { tls: { ca } }),
      lazyConnect: true,
      keepAlive: 30_000,
      retryStrategy: reconnectMs,
      ...options,
    });
    client.on('error', (error) => {
      if (isOffline(error)) this.#onDisconnect(client, unreachableError(error));
      else this.#report(toQueueError(error));
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
   * Runs an idempotent request, if needed several times. Throws `not_ready` when Redis does not answer in
   * time, `storage_error` when it refuses writes, `invalid_configuration` when it is not suitable.
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
        throw this.#lastError === undefined || isOffline(this.#lastError)
          ? unreachableError(this.#lastError)
          : toQueueError(this.#lastError);
      await once(client, 'ready', { signal: AbortSignal.timeout(remainingMs) }).catch(() => {});
    }
    if (this.#databaseError !== undefined) throw toQueueError(this.#databaseError);
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

/** The user of a URL; ioredis takes one without a password for one with an empty password. */
function userOf(address: string): { username?: string } {
  const { username, password } = new URL(address);
  return username === '' || password !== '' ? {} : { username: decodeURIComponent(username) };
}

/** A URL without its user where it has no password. */
function withoutUser(address: string): string {
  const url = new URL(address);
  if (url.password === '') url.username = '';
  return url.href;
}

/** Rejects at the deadline, because BullMQ itself waits without a timeout. */
async function beforeDeadline<T>(request: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachableError()), Math.max(0, deadline - Date.now()));
  });
  return Promise.race([request, timeout]).finally(() => clearTimeout(timer));
}

/** Whether the error only says that Redis is unreachable or still starting. */
function isOffline(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message } = error;
  const code = (error as NodeJS.ErrnoException).code;
  const problem = connectionProblem(error);
  if (problem && problem.kind !== 'unreachable') return false;
  if (name === 'ReplyError') return /^(LOADING|MASTERDOWN|TRYAGAIN)/.test(message);
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError') return true;
  if (typeof code === 'string' && /^E[A-Z]+/.test(code)) return true;
  return /Connection is closed|Stream isn't writeable|timed out/.test(message);
}

const passwordHint =
  'Write the password of Redis (requirepass, or that of the user) to REDIS_PASSWORD_FILE. In REDIS_URL, characters such as @ : / ? # % are percent-encoded: %40 stands for @.';

/** What Redis replies to a client that it does not accept, in words, and what to do. */
const refusals: [reply: RegExp, reason: string, hint: string][] = [
  [/^(WRONGPASS|ERR invalid password)/, 'refuses the user or the password', passwordHint],
  [/^NOAUTH|^ERR .*AUTH/, 'needs a password, and was given none', passwordHint],
  [
    /NOPERM/,
    'does not let this user run the commands of the queue',
    'Give the user in REDIS_URL the rights ~* &* +@all -@admin.',
  ],
  [
    /^(DENIED|ERR max number of clients|max number)/,
    'takes no connection from this machine (protected-mode, or maxclients)',
    'Set a password in redis.conf, or raise maxclients.',
  ],
  [
    /^ERR DB index/,
    'has no database with that number',
    'Use a lower number at the end of REDIS_URL, or raise databases in redis.conf.',
  ],
];

/** Maps a reply of Redis, or an error of TLS, to an error with a hint. */
function toQueueError(error: unknown): unknown {
  const problem = connectionProblem(error);
  if (problem && problem.kind !== 'unreachable') {
    const hint =
      problem.kind === 'certificate'
        ? 'Set REDIS_CA_FILE to the certificate of the authority that issued that of Redis, and use the host in REDIS_URL that it names.'
        : 'Use redis:// in REDIS_URL where Redis has no TLS, and its tls-port where it has.';
    return new DeedboxError(
      'invalid_configuration',
      `The queue's Redis cannot be used: ${problem.reason}.`,
      { hint },
    );
  }
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  // The reason for a refused transaction is in the errors of its commands.
  const { previousErrors = [] } = error as { previousErrors?: Error[] };
  const message = [error, ...previousErrors].map((one) => one.message).join('; ');
  if (/OOM|MISCONF|READONLY/.test(message)) {
    const why = message.includes('OOM') ? 'it has no memory left' : 'it cannot write to its disk';
    return new DeedboxError('storage_error', `The queue's Redis accepts no more jobs: ${why}.`, {
      retryable: true,
      hint: 'Give Redis more memory (maxmemory) or disk space. No job is lost, and work continues by itself.',
      cause: error,
    });
  }
  const refusal = refusals.find(([pattern]) => pattern.test(message));
  if (refusal) {
    return new DeedboxError('invalid_configuration', `The queue's Redis ${refusal[1]}.`, {
      hint: refusal[2],
    });
  }
  return error;
}

function unreachableError(cause?: unknown): DeedboxError {
  const { reason } = connectionProblem(cause) ?? {};
  const message = `The queue's Redis does not answer${reason === undefined ? '' : `: ${reason}`}.`;
  return new DeedboxError('not_ready', message, {
    retryable: true,
    hint: 'Start Redis, or correct REDIS_URL. Indexed documents can be searched meanwhile.',
    // known reasons are in the message
    ...(reason === undefined && { cause }),
  });
}

const closedError = () => new DeedboxError('cancelled', 'The queue is closed.');

/** Reports the same error once per interval: each attempt to reconnect repeats it. */
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

/** For blocking commands with a timeout, streams and LPOS. */
const minVersion = [6, 2] as const;

/**
 * Checks whether Redis is suitable for a queue. Throws `invalid_configuration` if it is too old or may
 * evict jobs; warns if it has no append-only file.
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
      `The queue's Redis may evict jobs (maxmemory-policy ${policy}).`,
      { hint: 'Set maxmemory-policy to noeviction in redis.conf, and restart Redis.' },
    );
  }
  if (info.get('aof_enabled') === '0') {
    warn(
      new DeedboxError(
        'invalid_configuration',
        "The queue's Redis has no append-only file: jobs are lost when it stops, until the next sync enqueues them again.",
        { hint: 'Set appendonly to yes in redis.conf, and restart Redis.' },
      ),
    );
  }
}

/** Throws `invalid_configuration` if this Redis database holds the queue of another data folder. */
async function claimDatabase(client: Redis, instanceId: string): Promise<void> {
  const key = 'deedbox:instance';
  await client.setnx(key, instanceId);
  if ((await client.get(key)) === instanceId) return;
  throw new DeedboxError(
    'invalid_configuration',
    'This Redis database holds the queue of another data folder.',
    {
      hint: 'Give each data folder a database of its own: redis://host:6379/1, /2 and so on in REDIS_URL. If the other data folder no longer exists, `redis-cli -n NUMBER FLUSHDB` frees its database.',
    },
  );
}
