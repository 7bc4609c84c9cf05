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
      const queue = new CallQueue(maxConcurrent);
      const started: number[] = [];
      let running = 0;
      let highest = 0;
      const results = tasks.map(({ length, fails }, n) =>
        queue.run(async () => {
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
      expect(highest).toBeLessThanOrEqual(maxConcurrent);
      await expect(queue.run(async () => 'free again')).resolves.toBe('free again');
    }),
    { seed, numRuns: 50 },
  );
});

it('lets the event loop go round between two answers', async () => {
  const queue = new CallQueue(2);
  let rounds = 0;
  let isDone = false;
  const count = () => {
    rounds += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 100 }, () => queue.run(async () => {})));
  isDone = true;
  expect(rounds).toBeGreaterThan(40);
});
