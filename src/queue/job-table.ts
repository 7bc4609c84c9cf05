import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openDatabase } from '../sqlite/open-database.ts';
import { verifyFile } from '../sqlite/verify-file.ts';
import { stallDelayMs } from './backoff.ts';
import { jobKinds, maxKeyLength, maxPayloadBytes } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import { hasOwnerExited, thisOwner } from './owner.ts';
import type { QueueCounts } from './queue.ts';

const databaseName = 'queue.db';

/**
 * See `DatabaseOptions.migrations`. AUTOINCREMENT: ids are never reused, and order jobs independently of the
 * clock. `run_at` is 0 for a job without a delay. `rerun_payload` is the payload of a job that was added again
 * while it ran.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'failed')),
    run_at INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    stalled_count INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until INTEGER,
    rerun_payload TEXT,
    rerun_priority INTEGER,
    error TEXT,
    finished_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX jobs_unfinished ON jobs (kind, key) WHERE state IN ('waiting', 'active');
  CREATE INDEX jobs_waiting ON jobs (kind, priority, run_at, id) WHERE state = 'waiting';
  CREATE INDEX jobs_active ON jobs (id) WHERE state = 'active';
  CREATE INDEX jobs_failed ON jobs (kind, key) WHERE state = 'failed';
  `,
];

/**
 * Opens or creates `queue.db` in the folder. Several processes may hold it open at once. Throws
 * `storage_error` when it cannot be opened or was written by a newer version.
 *
 * A power failure may undo the last moments of this file (`synchronous = NORMAL`): the sources and
 * the store know what is still to be read, and the next sync enqueues it again.
 */
export function openQueueDatabase(folder: string): Database.Database {
  return openDatabase(join(folder, databaseName), {
    migrations,
    busyTimeoutMs: 10_000,
    journalMode: 'WAL',
    synchronous: 'NORMAL',
    failure: {
      message: 'The queue in the data folder could not be opened.',
      hint: 'Check that the data folder can be written to. If its queue.db is damaged, delete it: nothing is lost, the next sync queues again what is still to be read.',
    },
  });
}

/** What is wrong with the queue file of a data folder. */
export const verifyQueueFile = (folder: string): string[] =>
  verifyFile(join(folder, databaseName), { migrations });

/** A job as it stands in the table. */
export interface JobRow {
  id: number;
  kind: JobKind;
  key: string;
  /** JSON; null where it is larger than `maxPayloadBytes`. */
  payload: string | null;
  priority: number;
  /** Runs that ended in an error. */
  attempts: number;
  /** Runs that ended with their process or lost their lease. */
  stalledCount: number;
  /** Fencing token: rises with each claim, so that the holder of an older one has lost the job. */
  fence: number;
}

/** One run of one job. */
type Claim = Pick<JobRow, 'id' | 'fence'>;

// A run that does not finish the job puts it back, with the payload that was added last.
const requeueColumns = `state = 'waiting', owner = NULL, lease_until = NULL,
  payload = coalesce(rerun_payload, payload), priority = coalesce(rerun_priority, priority),
  rerun_payload = NULL, rerun_priority = NULL`;
const rerunColumns = 'kind, key, rerun_payload, rerun_priority';
const claimCondition = `id = @id AND fence = @fence AND state = 'active'`;

// Names both states, although each statement selects one, so that SQLite uses the index jobs_unfinished.
const keyCondition = `kind = @kind AND key IN (SELECT value FROM json_each(@keys))
  AND state IN ('waiting', 'active')`;

const states = ['waiting', 'active', 'failed'] as const;
// Jobs of a kind that no worker runs are not waited for.
const knownKinds = jobKinds.map((kind) => `'${kind}'`).join();
const countOf = (state: string) => `(SELECT count(*) FROM jobs WHERE state = '${state}'
  AND kind IN (${knownKinds}) AND (@kind IS NULL OR kind = @kind)) AS ${state}`;

function prepare(db: Database.Database) {
  return {
    deleteFailed: db.prepare(
      `DELETE FROM jobs WHERE kind = @kind AND key = @key AND state = 'failed'`,
    ),
    add: db.prepare(
      `INSERT INTO jobs (kind, key, payload, priority, state)
       VALUES (@kind, @key, @payload, @priority, 'waiting')
       ON CONFLICT (kind, key) WHERE state IN ('waiting', 'active') DO UPDATE SET
         payload = iif(state = 'waiting', excluded.payload, payload),
         priority = iif(state = 'waiting', excluded.priority, priority),
         rerun_payload = iif(state = 'active', excluded.payload, NULL),
         rerun_priority = iif(state = 'active', excluded.priority, NULL)`,
    ),
    // A time beyond the longest delay was written before the clock was set back.
    claim: db.prepare(
      `UPDATE jobs SET state = 'active', owner = @owner, lease_until = @leaseUntil, fence = fence + 1
       WHERE id = (SELECT id FROM jobs
         WHERE kind = @kind AND state = 'waiting' AND (run_at <= @now OR run_at > @latest)
         ORDER BY priority, run_at, id LIMIT 1)
       RETURNING id, kind, substr(key, 1, ${maxKeyLength}) AS key, priority, attempts, fence,
         iif(octet_length(payload) > ${maxPayloadBytes}, NULL, payload) AS payload,
         stalled_count AS stalledCount`,
    ),
    complete: db.prepare(`DELETE FROM jobs WHERE ${claimCondition} RETURNING ${rerunColumns}`),
    fail: db.prepare(
      `UPDATE jobs SET state = 'failed', error = @error, finished_at = @now,
         attempts = attempts + 1, owner = NULL, lease_until = NULL
       WHERE ${claimCondition} RETURNING ${rerunColumns}`,
    ),
    // Added again while it ran: the new payload has not been tried yet.
    retry: db.prepare(
      `UPDATE jobs SET attempts = iif(rerun_payload IS NULL, attempts + 1, 0),
         run_at = iif(rerun_payload IS NULL, @runAt, 0), error = @error, ${requeueColumns} WHERE ${claimCondition}`,
    ),
    release: db.prepare(`UPDATE jobs SET run_at = 0, ${requeueColumns} WHERE ${claimCondition}`),
    extend: db.prepare(`UPDATE jobs SET lease_until = @leaseUntil WHERE ${claimCondition}`),
    active: db.prepare(
      `SELECT id, fence, owner, lease_until AS leaseUntil, stalled_count FROM jobs
       WHERE state = 'active'`,
    ),
    reclaim: db.prepare(
      `UPDATE jobs SET stalled_count = stalled_count + 1, run_at = @runAt, ${requeueColumns}
       WHERE ${claimCondition}`,
    ),
    cancelWaiting: db.prepare(`DELETE FROM jobs WHERE ${keyCondition} AND state = 'waiting'`),
    cancelRerun: db.prepare(
      `UPDATE jobs SET rerun_payload = NULL, rerun_priority = NULL
       WHERE ${keyCondition} AND state = 'active'`,
    ),
    // A query for each state, so that each reads the index of that state alone.
    counts: db.prepare(`SELECT ${states.map(countOf).join()}`),
    purgeFailed: db.prepare(
      `DELETE FROM jobs WHERE kind = @kind AND state = 'failed'
         AND (@keys IS NULL OR key IN (SELECT value FROM json_each(@keys)))`,
    ),
    unfinished: db.prepare(`SELECT count(*) AS n FROM jobs WHERE ${keyCondition}`),
    purge: db.prepare(`DELETE FROM jobs WHERE state = 'failed' AND finished_at < @before`),
  };
}

type FinishedJob = Pick<JobRow, 'kind' | 'key'> & {
  rerun_payload: string | null;
  rerun_priority: number | null;
};

/** The jobs of one `queue.db`. Each method is one transaction; times are epoch milliseconds. */
export class JobTable {
  readonly #db: Database.Database;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #leaseMs: number;
  readonly #maxDelayMs: number;

  constructor(db: Database.Database, options: { leaseMs: number; maxDelayMs: number }) {
    this.#db = db;
    this.#sql = prepare(db);
    this.#leaseMs = options.leaseMs;
    this.#maxDelayMs = options.maxDelayMs;
  }

  add(jobs: (Pick<JobRow, 'kind' | 'key' | 'priority'> & { payload: string })[]): void {
    this.#write(() => {
      for (const { kind, key, payload, priority } of jobs) {
        this.#sql.deleteFailed.run({ kind, key });
        this.#sql.add.run({ kind, key, payload, priority });
      }
    });
  }

  claim(kind: JobKind): JobRow | undefined {
    const now = Date.now();
    return this.#sql.claim.get({
      kind,
      now,
      owner: thisOwner,
      latest: now + this.#maxDelayMs,
      leaseUntil: now + this.#leaseMs,
    }) as JobRow | undefined;
  }

  complete(claim: Claim): void {
    this.#finish(() => this.#sql.complete.get(claim));
  }

  fail(claim: Claim, error: string): void {
    this.#finish(() => this.#sql.fail.get({ ...claim, error, now: Date.now() }));
  }

  retry(claim: Claim, error: string, delayMs: number): void {
    this.#sql.retry.run({ ...claim, error, runAt: Math.ceil(Date.now() + delayMs) });
  }

  /** Releases a job without counting the attempt. */
  release(claim: Claim): void {
    this.#sql.release.run(claim);
  }

  /** Extends the lease; returns false if the job was reclaimed. */
  extend(claim: Claim): boolean {
    return this.#sql.extend.run({ ...claim, leaseUntil: Date.now() + this.#leaseMs }).changes > 0;
  }

  /** Releases the jobs of processes that have exited, or whose lease has expired. */
  reclaimExpired(): void {
    const now = Date.now();
    const active = this.#sql.active.all() as (Claim & {
      owner: string;
      leaseUntil: number;
      stalled_count: number;
    })[];
    const exitedOwners = new Map(
      [...new Set(active.map((job) => job.owner))].map((o) => [o, hasOwnerExited(o)]),
    );
    for (const { id, fence, owner, leaseUntil, stalled_count: stalledCount } of active) {
      // A lease longer than any that is granted was written before the clock was set back.
      const expired = leaseUntil < now || leaseUntil > now + 2 * this.#leaseMs;
      if (!exitedOwners.get(owner) && !expired) continue;
      const delay = stallDelayMs(stalledCount + 1);
      this.#sql.reclaim.run({ id, fence, runAt: delay === 0 ? 0 : now + delay });
    }
  }

  cancel(kind: JobKind, keys: string[]): void {
    const cancelled = { kind, keys: JSON.stringify(keys) };
    this.#write(() => {
      this.#sql.cancelWaiting.run(cancelled);
      this.#sql.cancelRerun.run(cancelled);
    });
  }

  counts(kind?: JobKind): QueueCounts {
    return this.#sql.counts.get({ kind: kind ?? null }) as QueueCounts;
  }

  /** Deletes jobs that failed more than `ageMs` milliseconds ago. */
  purge(ageMs: number): void {
    this.#sql.purge.run({ before: Date.now() - ageMs });
  }

  /** Deletes failed jobs, all or those with these keys; returns how many jobs with these keys are unfinished. */
  purgeFailed(kind: JobKind, keys?: string[]): number {
    const values = { kind, keys: keys === undefined ? null : JSON.stringify(keys) };
    this.#sql.purgeFailed.run(values);
    return (this.#sql.unfinished.get(values) as { n: number }).n;
  }

  #finish(finish: () => unknown): void {
    this.#write(() => {
      const job = finish() as FinishedJob | undefined;
      if (job?.rerun_payload == null) return;
      const { kind, key, rerun_payload: payload, rerun_priority: priority } = job;
      this.#sql.deleteFailed.run({ kind, key });
      this.#sql.add.run({ kind, key, payload, priority });
    });
  }

  #write(work: () => void): void {
    // Immediate: a transaction that upgrades from read to write may fail without waiting for the lock.
    this.#db.transaction(work).immediate();
  }
}
