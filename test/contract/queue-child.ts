import type { Queue } from '../../src/queue/queue.ts';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';

/** How a child process opens the same queue as the test that starts it. */
export type QueueAddress =
  { implementation: 'embedded'; folder: string } | { implementation: 'bullmq'; url: string };

export function openQueueAt(address: QueueAddress): Queue {
  const retry = { maxAttempts: 3, baseDelayMs: 20, maxDelayMs: 100 };
  const onError = (error: unknown) => console.error(error);
  return address.implementation === 'embedded'
    ? openEmbeddedQueue({ folder: address.folder, pollMs: 20, retry, onError })
    : openBullmqQueue({ url: address.url, instanceId: 'test', leaseMs: 1000, retry, onError });
}

// As a process: `hang` starts a job and never ends it; `work` says when it is
// ready, then the key of each job it runs.
const [mode, address] = process.argv.slice(2);
if (mode === 'hang' || mode === 'work') {
  const queue = openQueueAt(JSON.parse(address ?? '') as QueueAddress);
  const handler = async ({ key }: { key: string }) => {
    process.stdout.write(`${key}\n`);
    await new Promise((resolve) => setTimeout(resolve, mode === 'hang' ? 3600_000 : 5));
  };
  const workers = queue.work(
    { request: handler, sync: handler, ingest: handler },
    { concurrency: { request: 1, sync: 1, ingest: 4 } },
  );
  if (mode === 'work') process.stdout.write('ready\n');
  process.on('SIGTERM', () => void workers.stop().then(() => queue.close()));
}
