import type { ChainableCommander, Redis } from 'ioredis';
import type { JobKind } from './jobs.ts';

/** What was asked last for a key. */
export interface PendingJob {
  key: string;
  /** Another one each time, so that asking for the same again is seen. */
  id: string;
  payload: unknown;
}

/** What BullMQ keeps of a job; one without a payload only says that something was asked. */
export interface BullmqJobData {
  payload?: unknown;
  /** The number of interruptions after which it was last held back. */
  delayedAtStalledCount?: number;
}

const maxArguments = 5000;

/** Forgets what was asked, unless something else has been asked for since. */
const deleteIfSame = `
  if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
    return redis.call('HDEL', KEYS[1], ARGV[1])
  end
  return 0`;

/**
 * Beside BullMQ's own jobs: what is asked for each key and not yet taken up by a run, and which keys
 * failed. BullMQ keeps one job a key, with the payload it was first added with.
 */
export class PendingRequests {
  readonly #client: Redis;
  readonly #prefix: string;

  constructor(client: Redis, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Asks for these jobs in place of what was asked for their keys before, all at once. */
  async put(kind: JobKind, jobs: PendingJob[]): Promise<void> {
    const fields = jobs.flatMap(({ key, id, payload }) => [key, JSON.stringify({ id, payload })]);
    const keys = jobs.map(({ key }) => key);
    const transaction = this.#client.multi();
    transaction.hset(this.#pendingKey(kind), ...fields).zrem(this.#failedKey(kind), ...keys);
    await execute(transaction);
  }

  /** What is asked for a key, as it is kept. */
  async peek(kind: JobKind, key: string): Promise<string | undefined> {
    return (await this.#client.hget(this.#pendingKey(kind), key)) ?? undefined;
  }

  /** Forgets what `look` gave, now that a run has taken it up. */
  async consume(kind: JobKind, key: string, entry: string): Promise<void> {
    await this.#client.eval(deleteIfSame, 1, this.#pendingKey(kind), key, entry);
  }

  /** All at once. */
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

  /** How many keys failed; what failed before that time, in epoch milliseconds, is forgotten. */
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
