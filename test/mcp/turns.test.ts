import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Turns } from '../../src/mcp/turns.ts';

const seed = Number(process.env['TEST_SEED'] ?? 7);

it('answers all, in the order in which they came, never more at once than allowed, also where some fail', async () => {
  const questions = fc.array(fc.record({ length: fc.nat(4), fails: fc.boolean() }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), questions, async (most, asked) => {
      const turns = new Turns(most);
      const begun: number[] = [];
      let running = 0;
      let highest = 0;
      const answers = asked.map(({ length, fails }, n) =>
        turns.take(async () => {
          begun.push(n);
          highest = Math.max(highest, (running += 1));
          for (let turn = 0; turn < length; turn += 1) await nextTurn();
          running -= 1;
          if (fails) throw new Error(String(n));
          return n;
        }),
      );
      const ended = await Promise.allSettled(answers);
      expect(ended.map(({ status }) => status === 'rejected')).toEqual(asked.map((q) => q.fails));
      expect(begun).toEqual(asked.map((_, n) => n));
      expect(highest).toBeLessThanOrEqual(most);
      await expect(turns.take(async () => 'free again')).resolves.toBe('free again');
    }),
    { seed, numRuns: 50 },
  );
});

it('lets the event loop go round between two answers', async () => {
  const turns = new Turns(2);
  let rounds = 0;
  let over = false;
  const count = () => {
    rounds += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await Promise.all(Array.from({ length: 100 }, () => turns.take(async () => {})));
  over = true;
  expect(rounds).toBeGreaterThan(40);
});
