import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retryDelayMs, stallDelayMs } from '../../src/queue/backoff.ts';
import { JobTable, openQueueDatabase } from '../../src/queue/job-table.ts';

const leaseMs = 60_000;
const maxDelayMs = 300_000;
const start = Date.parse('2026-06-15T10:00:00Z');

let folder: string;
let db: Database.Database;
let table: JobTable;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  folder = mkdtempSync(join(tmpdir(), 'deedbox-queue-'));
  db = openQueueDatabase(folder);
  table = new JobTable(db, { leaseMs, maxDelayMs });
});

afterEach(() => {
  vi.useRealTimers();
  db.close();
  rmSync(folder, { recursive: true });
});

const setTime = (ms: number) => vi.setSystemTime(start + ms);

function add(key: string, payload = '1', priority = 10): void {
  table.add([{ kind: 'ingest', key, payload, priority }]);
}

const claim = () => table.claim('ingest');

describe('a lease', () => {
  it('is extended by heartbeats, and its job is reclaimed once it has expired', () => {
    add('x');
    const first = claim()!;
    setTime(leaseMs - 1);
    expect(table.extend(first)).toBe(true);
    setTime(2 * leaseMs - 1);
    table.reclaimExpired();
    expect(claim()).toBeUndefined();
    setTime(2 * leaseMs);
    table.reclaimExpired();
    expect(claim()).toMatchObject({ key: 'x', attempts: 0 });
  });

  it('is reclaimed if the clock was set back since', () => {
    add('x');
    claim();
    setTime(-2 * leaseMs);
    table.reclaimExpired();
    expect(claim()).toMatchObject({ key: 'x' });
  });

  it('rejects every outcome of a run whose job was reclaimed and claimed again', () => {
    add('x');
    const stale = claim()!;
    setTime(leaseMs + 1);
    table.reclaimExpired();
    const current = claim()!;
    expect(current.fence).toBeGreaterThan(stale.fence);
    table.complete(stale);
    table.fail(stale, 'failed');
    table.retry(stale, 'failed', 0);
    table.release(stale);
    expect(table.extend(stale)).toBe(false);
    expect(table.counts()).toEqual({ waiting: 0, active: 1, failed: 0 });
    expect(table.extend(current)).toBe(true);
    table.complete(current);
    expect(table.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  it('that expires repeatedly delays the job, and other jobs run first', () => {
    add('unlucky', '1', 0);
    add('other');
    const expire = () => {
      expect(claim()).toMatchObject({ key: 'unlucky' });
      vi.setSystemTime(Date.now() + leaseMs + 1);
      table.reclaimExpired();
    };
    for (let times = 1; times <= 3; times += 1) expire();
    expect(claim()).toMatchObject({ key: 'other' });
    expect(claim()).toBeUndefined();
    vi.setSystemTime(Date.now() + stallDelayMs(3));
    expect(claim()).toMatchObject({ key: 'unlucky', attempts: 0 });
  });
});

describe('the order of claims', () => {
  it('is by priority, then by adding', () => {
    add('late', '1', 10);
    add('later', '1', 10);
    add('urgent', '1', 0);
    expect([claim()?.key, claim()?.key, claim()?.key]).toEqual(['urgent', 'late', 'later']);
  });

  it('puts a retried job behind those that have not waited for a delay', () => {
    add('failing');
    table.retry(claim()!, 'failed', 1000);
    setTime(2000);
    add('new');
    expect([claim()?.key, claim()?.key]).toEqual(['new', 'failing']);
  });
});

describe('a retry', () => {
  it('waits for its delay and counts the attempt', () => {
    add('x');
    table.retry(claim()!, 'failed', 1000);
    expect(table.counts()).toEqual({ waiting: 1, active: 0, failed: 0 });
    setTime(999);
    expect(claim()).toBeUndefined();
    setTime(1000);
    expect(claim()).toMatchObject({ attempts: 1 });
  });

  it('does not wait longer than the longest delay when the clock is set back', () => {
    add('x');
    table.retry(claim()!, 'failed', maxDelayMs);
    setTime(-1);
    expect(claim()).toMatchObject({ attempts: 1 });
  });

  it('starts again without delay if the job was added again meanwhile', () => {
    add('x');
    const first = claim()!;
    add('x', '2', 0);
    table.retry(first, 'failed', 1000);
    expect(claim()).toMatchObject({ payload: '2', priority: 0, attempts: 0 });
  });
});

it('releases a job without delay and without counting the attempt', () => {
  add('x');
  table.retry(claim()!, 'failed', 0);
  table.release(claim()!);
  expect(claim()).toMatchObject({ attempts: 1 });
});

it('deletes failed jobs once they are old enough', () => {
  add('x');
  table.fail(claim()!, 'failed');
  setTime(1000);
  table.purge(1000);
  expect(table.counts()).toMatchObject({ failed: 1 });
  setTime(1001);
  table.purge(1000);
  expect(table.counts()).toMatchObject({ failed: 0 });
});

describe('backoff', () => {
  const policy = { maxAttempts: 9, baseDelayMs: 100, maxDelayMs: 500 };

  it('doubles the upper bound of a random delay up to the maximum', () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    expect([1, 2, 3, 4, 9].map((attempt) => retryDelayMs(attempt, policy))).toEqual([
      50, 100, 200, 250, 250,
    ]);
    random.mockReturnValue(0);
    expect(retryDelayMs(4, policy)).toBe(0);
    random.mockRestore();
  });

  it('delays a stalled job from the third time on, at most ten minutes', () => {
    expect([1, 2, 3, 4, 5, 40].map(stallDelayMs)).toEqual([0, 0, 100, 200, 400, 600_000]);
  });
});
