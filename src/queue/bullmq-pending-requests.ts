import type { ChainableCommander, Redis } from 'ioredis';
import { maxPayloadBytes } from './job-checks.ts';
import type { JobKind } from './jobs.ts';

/** The last request for a key. */
export interface PendingJob {
  key: string;
  /** Unique for each request, so that an equal one is distinct. */
  id: string;
  payload: unknown;
}

/** The data of a BullMQ job; a wake-up has no payload. */
export interface BullmqJobData {
  payload?: unknown;
  /** The stalled count at which it was last delayed. */
  delayedAtStalledCount?: number;
}

const maxArguments = 5000;

/** A request, or '' for one that is too large to have been stored by `put`. */
const getIfSmall = `
  if redis.call('HSTRLEN', KEYS[1], ARGV[1]) > tonumber(ARGV[2]) then return '' end
  return redis.call('HGET', KEYS[1], ARGV[1])`;

/** Deletes a request, unless a newer one has replaced it. */
const deleteIfSame = `
  if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
    return redis.call('HDEL', KEYS[1], ARGV[1])
  end
  return 0`;

/**
 * An outbox beside BullMQ's jobs: the last request for each key that no run has consumed yet, and the keys
 * that failed. BullMQ itself keeps one job per key, with the payload that was added first.
 */
export class PendingRequests {
  readonly #client: Redis;
  readonly #prefix: string;

  constructor(client: Redis, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Stores these requests in place of earlier ones for their keys, in one transaction. */
  async put(kind: JobKind, jobs: PendingJob[]): Promise<void> {
    const fields = jobs.flatMap(({ key, id, payload }) => [key, JSON.stringify({ id, payload })]);
    const keys = jobs.map(({ key }) => key);
    const transaction = this.#client.multi();
    transaction.hset(this.#pendingKey(kind), ...fields).zrem(this.#failedKey(kind), ...keys);
    await execute(transaction);
  }

  /** The stored request for a key, as JSON; '' for one that is too large. */
  async peek(kind: JobKind, key: string): Promise<string | undefined> {
    const hash = this.#pendingKey(kind);
    const entry = await this.#client.eval(getIfSmall, 1, hash, key, maxPayloadBytes + 100);
    return typeof entry === 'string' ? entry : undefined;
  }

  /** Deletes the request that `peek` returned, unless a newer one has replaced it. */
  async consume(kind: JobKind, key: string, entry: string): Promise<void> {
    await this.#client.eval(deleteIfSame, 1, this.#pendingKey(kind), key, entry);
  }

  /** Deletes the requests for these keys, in one transaction. */
  async discard(kind: JobKind, keys: string[]): Promise<void> {
    const transaction = this.#client.multi();
    for (let at = 0; at < keys.length; at += maxArguments) {
      transaction.hdel(this.#pendingKey(kind), ...keys.slice(at, at + maxArguments));
    }
    await execute(transaction);
  }

  async recordFailure(kind: JobKind, key: string): Promise<void> {
    await this.#client.zadd(this.#failedKey(kind), Date.now(), key);
  }

  /** Deletes the failures of these keys, or all. */
  async discardFailures(kind: JobKind, keys?: string[]): Promise<void> {
    if (keys === undefined) await this.#client.del(this.#failedKey(kind));
    for (let at = 0; at < (keys?.length ?? 0); at += maxArguments) {
      await this.#client.zrem(this.#failedKey(kind), ...keys!.slice(at, at + maxArguments));
    }
  }

  /** Number of failed keys; deletes failures before `since`, in epoch milliseconds. */
  async failures(kind: JobKind, since: number): Promise<number> {
    await this.#client.zremrangebyscore(this.#failedKey(kind), '-inf', since);
    return this.#client.zcard(this.#failedKey(kind));
  }

  #pendingKey(kind: JobKind): string {
    return `${this.#prefix}:pending:${kind}`;
  }

  #failedKey(kind: JobKind): string {
    return `${this.#prefix}:failed:${kind}`;
  }
}

async function execute(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error;
}
