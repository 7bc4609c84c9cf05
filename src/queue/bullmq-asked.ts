import type { ChainableCommander, Redis } from 'ioredis';
import type { JobKind } from './jobs.ts';

/** What was asked last for a key. */
export interface AskedJob {
  key: string;
  /** Another one each time, so that asking for the same again is seen. */
  id: string;
  payload: unknown;
}

/** What BullMQ keeps of a job; one without a payload only says that something was asked. */
export interface KeptJob {
  payload?: unknown;
  /** The number of interruptions after which it was last held back. */
  held?: number;
}

const mostArguments = 5000;

/** Forgets what was asked, unless something else has been asked for since. */
const forgetSame = `
  if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then
    return redis.call('HDEL', KEYS[1], ARGV[1])
  end
  return 0`;

/**
 * Beside BullMQ's own jobs: what is asked for each key and not yet taken up by a run, and which keys
 * failed. BullMQ keeps one job a key, with the payload it was first added with.
 */
export class Asked {
  readonly #client: Redis;
  readonly #prefix: string;

  constructor(client: Redis, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /** Asks for these jobs in place of what was asked for their keys before, all at once. */
  async put(kind: JobKind, jobs: AskedJob[]): Promise<void> {
    const asked = jobs.flatMap(({ key, id, payload }) => [key, JSON.stringify({ id, payload })]);
    const keys = jobs.map(({ key }) => key);
    const transaction = this.#client.multi();
    transaction.hset(this.#askedOf(kind), ...asked).zrem(this.#failedOf(kind), ...keys);
    await execute(transaction);
  }

  /** What is asked for a key, as it is kept. */
  async look(kind: JobKind, key: string): Promise<string | undefined> {
    return (await this.#client.hget(this.#askedOf(kind), key)) ?? undefined;
  }

  /** Forgets what `look` gave, now that a run has taken it up. */
  async take(kind: JobKind, key: string, kept: string): Promise<void> {
    await this.#client.eval(forgetSame, 1, this.#askedOf(kind), key, kept);
  }

  /** All at once. */
  async forget(kind: JobKind, keys: string[]): Promise<void> {
    const transaction = this.#client.multi();
    for (let at = 0; at < keys.length; at += mostArguments) {
      transaction.hdel(this.#askedOf(kind), ...keys.slice(at, at + mostArguments));
    }
    await execute(transaction);
  }

  async recordFailure(kind: JobKind, key: string): Promise<void> {
    await this.#client.zadd(this.#failedOf(kind), Date.now(), key);
  }

  /** How many keys failed; what failed before that time, in epoch milliseconds, is forgotten. */
  async failures(kind: JobKind, since: number): Promise<number> {
    await this.#client.zremrangebyscore(this.#failedOf(kind), '-inf', since);
    return this.#client.zcard(this.#failedOf(kind));
  }

  #askedOf(kind: JobKind): string {
    return `${this.#prefix}:asked:${kind}`;
  }

  #failedOf(kind: JobKind): string {
    return `${this.#prefix}:failed:${kind}`;
  }
}

async function execute(transaction: ChainableCommander): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error;
}
