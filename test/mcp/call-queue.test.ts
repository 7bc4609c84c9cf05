import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CallQueue } from '../../src/mcp/call-queue.ts';

const seed = Number(process.env['TEST_SEED'] ?? 7);

it('answers all, in the order in which they came, never more at once than allowed, also where some fail', async () => {
  const taskLists = fc.array(fc.record({ length: fc.nat(4), fails: fc.boolean() }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), taskLists, async (maxConcurrent, tasks) => {
      const queue = new CallQueue({ maxConcurrent });
      const started: number[] = [];
      let running = 0;
      let highest = 0;
      const results = tasks.map(({ length, fails }, n) =>
        queue.run('ann', async () => {
          started.push(n);
          highest = Math.max(highest, (running += 1));
          for (let turn = 0; turn < length; turn += 1) await nextTurn();
          running -= 1;
          if (fails) throw new Error(String(n));
          return n;
        }),
      );
      const settledResults = await Promise.allSettled(results);
      expect(settledResults.map(({ status }) => status === 'rejected')).toEqual(
        tasks.map((q) => q.fails),
      );
      expect(started).toEqual(tasks.map((_, n) => n));
      expect(highest).toBeLessThanOrEqual(Math.max(1, maxConcurrent - 1));
      await expect(queue.run('ann', async () => 'free again')).resolves.toBe('free again');
    }),
    { seed, numRuns: 50 },
  );
});

it('lets the event loop go round between two answers', async () => {
  const queue = new CallQueue({ maxConcurrent: 2 });
  let rounds = 0;
  let isDone = false;
  const count = () => {
    rounds += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 100 }, () => queue.run('ann', async () => {})));
  isDone = true;
  expect(rounds).toBeGreaterThan(40);
});

it('lets callers take turns, and leaves a place to those who come later', async () => {
  const queue = new CallQueue({ maxConcurrent: 3 });
  const started: string[] = [];
  let release = () => {};
  const blocked = new Promise<void>((resolve) => (release = resolve));
  const slow = Array.from({ length: 20 }, (_, n) =>
    queue.run('ann', async () => {
      started.push(`ann ${n}`);
      await blocked;
    }),
  );
  await queue.run('bob', async () => started.push('bob'));
  expect(started).toEqual(['ann 0', 'ann 1', 'bob']);
  release();
  const ended = slow.map((call, n) => call.then(() => n));
  const carl = queue.run('carl', async () => 'carl');
  expect(await Promise.race([carl, Promise.all(ended)])).toBe('carl');
  await Promise.all(ended);
});

it('rejects a call of a caller of whom as many wait as may, and none of others', async () => {
  const queue = new CallQueue({ maxConcurrent: 2, maxPending: 3 });
  let release = () => {};
  const blocked = new Promise<void>((resolve) => (release = resolve));
  const call = (caller: string) =>
    queue.answer(
      caller,
      () => blocked,
      async () => caller,
    );
  const pending = [call('ann'), call('ann'), call('ann')];
  const refusal = { limit: 'pending_calls', status: 429 };
  await expect(call('ann')).rejects.toMatchObject(refusal);
  expect(() => queue.requireCapacity('ann')).toThrow(expect.objectContaining(refusal));
  pending.push(call('bob'));
  release();
  expect(await Promise.all(pending)).toEqual(['ann', 'ann', 'ann', 'bob']);
  await expect(call('ann')).resolves.toBe('ann');
});
