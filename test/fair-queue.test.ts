import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairQueue } from '../src/domain/fair-queue.ts';

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('add' as const), owner: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constantFrom('take' as const, 'end' as const) }),
  ),
  { maxLength: 80 },
);

it('takes the longest waiting job of the owner of whom the fewest run, within the limit', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), (sequence, maxRunning) => {
      const queue = new FairQueue<{ owner: string; number: number }>(maxRunning);
      const waiting: { owner: string; number: number }[] = [];
      const running: string[] = [];
      const runningOf = (owner: string) => running.filter((other) => other === owner).length;
      for (const [number, step] of sequence.entries()) {
        if (step.kind === 'add') {
          const job = { owner: step.owner, number };
          queue.add(step.owner, job);
          waiting.push(job);
        } else if (step.kind === 'end') {
          const owner = running.shift();
          if (owner !== undefined) queue.end(owner);
        } else {
          const job = queue.take();
          const allowed = waiting.filter(({ owner }) => runningOf(owner) < maxRunning);
          if (!job) {
            expect(allowed).toEqual([]);
            continue;
          }
          const fewest = Math.min(...allowed.map(({ owner }) => runningOf(owner)));
          expect(runningOf(job.owner)).toBe(fewest);
          expect(waiting.find(({ owner }) => owner === job.owner)).toBe(job);
          waiting.splice(waiting.indexOf(job), 1);
          running.push(job.owner);
        }
      }
      expect(new Set(queue.clear())).toEqual(new Set(waiting));
      expect(queue.take()).toBeUndefined();
    }),
  );
});

it('lets owners take turns', () => {
  const queue = new FairQueue<string>(9);
  for (const job of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) queue.add(job[0]!, job);
  const order: string[] = [];
  for (let job = queue.take(); job !== undefined; job = queue.take()) {
    order.push(job);
    queue.end(job[0]!);
  }
  expect(order).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});
