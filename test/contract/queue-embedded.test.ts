import Database from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DeedboxError } from '../../src/errors/errors.ts';
import { openEmbeddedQueue, type EmbeddedQueueOptions } from '../../src/queue/embedded.ts';
import { hasOwnerExited, thisOwner } from '../../src/queue/owner.ts';
import { queueContract } from './queue.ts';

let scratch: string;
beforeAll(async () => void (scratch = await mkdtemp(join(tmpdir(), 'deedbox-queue-'))));
afterAll(() => rm(scratch, { recursive: true, force: true }));
const freshFolder = () => mkdtemp(join(scratch, 'data-'));
const noOther = { request: async () => {}, sync: async () => {} };
const one = { concurrency: { request: 1, sync: 1, ingest: 1 } };
const payload = { syncId: 's', fileId: 'x', force: false };

async function withActiveJob(row: { owner: string; stalledCount?: number; leaseUntil?: number }) {
  const folder = await freshFolder();
  const before = openEmbeddedQueue({ folder });
  await before.add([{ kind: 'ingest', key: 'x', payload }]);
  await before.close();
  const db = new Database(join(folder, 'queue.db'));
  db.prepare(
    `UPDATE jobs SET state = 'active', fence = 1, owner = ?, stalled_count = ?, lease_until = ?`,
  ).run(row.owner, row.stalledCount ?? 0, row.leaseUntil ?? Date.now() + 60_000);
  return { folder, db };
}

async function runsOf(options: EmbeddedQueueOptions, withinMs: number): Promise<number[]> {
  const attempts: number[] = [];
  const queue = openEmbeddedQueue({ pollMs: 10, ...options });
  queue.work({ ...noOther, ingest: async ({ attempt }) => void attempts.push(attempt) }, one);
  await vi
    .waitFor(() => expect(attempts).not.toEqual([]), { timeout: withinMs, interval: 10 })
    .catch(() => {});
  await queue.close();
  return attempts;
}

describe('embedded queue', () => {
  queueContract(async () => ({ implementation: 'embedded', folder: await freshFolder() }));

  it('reclaims a job of another host only after its lease has expired', async () => {
    const { folder, db } = await withActiveJob({ owner: 'elsewhere:1:abc' });
    expect(await runsOf({ folder }, 200)).toEqual([]);
    db.prepare('UPDATE jobs SET lease_until = ?').run(Date.now() - 1);
    db.close();
    expect(await runsOf({ folder }, 10_000)).toEqual([1]);
  });

  it('reclaims the job of an earlier process with the same pid', async () => {
    const { folder, db } = await withActiveJob({ owner: `${hostname()}:${process.pid}:earlier` });
    db.close();
    expect(await runsOf({ folder }, 10_000)).toEqual([1]);
  });

  it('delays a job that stalled repeatedly', async () => {
    const owner = `${hostname()}:${process.pid}:earlier`;
    const { folder, db } = await withActiveJob({ owner, stalledCount: 12 });
    expect(await runsOf({ folder }, 200)).toEqual([]);
    expect(db.prepare('SELECT state, attempts, stalled_count FROM jobs').get()).toEqual({
      state: 'waiting',
      attempts: 0,
      stalled_count: 13,
    });
    db.prepare('UPDATE jobs SET run_at = ?').run(Date.now());
    db.close();
    expect(await runsOf({ folder }, 10_000)).toEqual([1]);
  });

  it('aborts a run that has lost its job, and ignores its outcome', async () => {
    const folder = await freshFolder();
    const queue = openEmbeddedQueue({ folder, pollMs: 10, leaseMs: 400 });
    await queue.add([{ kind: 'ingest', key: 'x', payload }]);
    const db = new Database(join(folder, 'queue.db'));
    const ran = new Promise<unknown>((resolve) => {
      queue.work(
        {
          ...noOther,
          ingest: async ({ signal }) => {
            db.exec(`UPDATE jobs SET fence = fence + 1, owner = 'elsewhere:1:abc'`);
            await new Promise((aborted) => signal.addEventListener('abort', aborted));
            resolve(signal.reason);
          },
        },
        one,
      );
    });
    expect(await ran).toMatchObject({ code: 'cancelled' });
    await queue.close();
    expect(db.prepare('SELECT owner FROM jobs').all()).toEqual([{ owner: 'elsewhere:1:abc' }]);
    db.close();
  });

  it('stores the error of a failed job, and deletes it after a week', async () => {
    const folder = await freshFolder();
    const queue = openEmbeddedQueue({ folder, pollMs: 10 });
    await queue.add([{ kind: 'ingest', key: 'x', payload }]);
    const encrypted = new DeedboxError('encrypted', 'It asks for a password.');
    queue.work({ ...noOther, ingest: () => Promise.reject(encrypted) }, one);
    await vi.waitFor(async () => expect(await queue.counts()).toMatchObject({ failed: 1 }), 20_000);
    await queue.close();
    const db = new Database(join(folder, 'queue.db'));
    const failed = db.prepare('SELECT state, error FROM jobs').all();
    expect(failed).toEqual([{ state: 'failed', error: 'encrypted: It asks for a password.' }]);
    db.prepare('UPDATE jobs SET finished_at = finished_at - ?').run(8 * 24 * 3600_000);
    db.close();
    const later = openEmbeddedQueue({ folder });
    expect(await later.counts()).toMatchObject({ failed: 0 });
    await later.close();
  });

  it('runs a job added in its own process without waiting for the poll', async () => {
    const queue = openEmbeddedQueue({ folder: await freshFolder(), pollMs: 3600_000 });
    const ran = new Promise<string>((resolve) => {
      const ingest = async ({ key }: { key: string }) => resolve(key);
      queue.work({ ...noOther, ingest }, one);
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await queue.add([{ kind: 'ingest', key: 'x', payload }]);
    // Ends with the test's own limit where it has to wait for the poll.
    expect(await ran).toBe('x');
    await queue.close();
  });

  it('retries writing an outcome without running the job again, and reports when it is stuck', async () => {
    const folder = await freshFolder();
    const errors: unknown[] = [];
    const options = { folder, pollMs: 20, leaseMs: 200, stuckAfterMs: 500 };
    const queue = openEmbeddedQueue({ ...options, onError: (error) => errors.push(error) });
    const db = new Database(join(folder, 'queue.db'));
    const ran: string[] = [];
    const ingest = async ({ key }: { key: string }) => {
      ran.push(key);
      if (key === 'x') db.exec('ALTER TABLE jobs RENAME TO hidden');
    };
    const stuck: DeedboxError[] = [];
    queue.work({ ...noOther, ingest }, { ...one, onStuck: (reason) => stuck.push(reason) });
    await queue.add(['x', 'y'].map((key) => ({ kind: 'ingest', key, payload })));
    await vi.waitFor(() => expect(stuck).not.toEqual([]), 20_000);
    expect(stuck[0]).toBeInstanceOf(DeedboxError);
    expect(errors).toHaveLength(1);
    expect(ran).toEqual(['x']);
    db.exec('ALTER TABLE hidden RENAME TO jobs');
    await vi.waitFor(() => expect(ran).toEqual(['x', 'y']), 20_000);
    await vi.waitFor(
      async () => expect(await queue.counts()).toMatchObject({ waiting: 0, active: 0 }),
      20_000,
    );
    expect(ran).toEqual(['x', 'y']);
    db.close();
    await queue.close();
  });

  it('reports an unreadable queue file once, and continues when it is readable', async () => {
    const folder = await freshFolder();
    const errors: unknown[] = [];
    const onError = (error: unknown) => void errors.push(error);
    const queue = openEmbeddedQueue({ folder, pollMs: 10, onError });
    const ran: string[] = [];
    const ingest = async ({ key }: { key: string }) => void ran.push(key);
    queue.work({ ...noOther, ingest }, one);
    const db = new Database(join(folder, 'queue.db'));
    db.exec('ALTER TABLE jobs RENAME TO hidden');
    await vi.waitFor(() => expect(errors).not.toEqual([]), 20_000);
    expect(errors[0]).toMatchObject({ message: expect.stringContaining('jobs') });
    db.exec('ALTER TABLE hidden RENAME TO jobs');
    db.close();
    await queue.add([{ kind: 'ingest', key: 'x', payload }]);
    await vi.waitFor(() => expect(ran).toEqual(['x']), 20_000);
    await queue.close();
  });

  it('fails a job whose stored payload is invalid', async () => {
    const folder = await freshFolder();
    const before = openEmbeddedQueue({ folder });
    await before.add([{ kind: 'ingest', key: 'x', payload }]);
    await before.close();
    const db = new Database(join(folder, 'queue.db'));
    db.exec(`UPDATE jobs SET payload = '{"old":true}'`);
    expect(await runsOf({ folder }, 100)).toEqual([]);
    expect(db.prepare('SELECT state FROM jobs').all()).toEqual([{ state: 'failed' }]);
    db.close();
  });

  it('rejects a file that is not a database, and one of a newer version', async () => {
    const broken = await freshFolder();
    await writeFile(join(broken, 'queue.db'), 'not a database, but long enough to be read as one');
    // The message reaches clients and must not contain the path of the data folder; the cause, for the log, does.
    expect(() => openEmbeddedQueue({ folder: broken })).toThrowError(
      expect.objectContaining({
        code: 'storage_error',
        message: expect.not.stringContaining(broken),
        hint: expect.stringMatching(/^(?!.*\/).*delete/),
        cause: expect.objectContaining({ message: expect.stringContaining(broken) }),
      }),
    );
    const newer = await freshFolder();
    const db = new Database(join(newer, 'queue.db'));
    db.pragma('user_version = 99');
    db.close();
    expect(() => openEmbeddedQueue({ folder: newer })).toThrowError(
      expect.objectContaining({ code: 'storage_error' }),
    );
  });
});

describe('hasOwnerExited', () => {
  it('is true for exited processes of this host alone', () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    expect(hasOwnerExited(thisOwner)).toBe(false);
    expect(hasOwnerExited(`${hostname()}:${dead}:x`)).toBe(true);
    expect(hasOwnerExited(`${hostname()}:${process.pid}:x`)).toBe(true);
    expect(hasOwnerExited(`${hostname()}:${process.ppid}:x`)).toBe(false);
    expect(hasOwnerExited(`elsewhere:${dead}:x`)).toBe(false);
    expect(hasOwnerExited('nonsense')).toBe(false);
  });
});
