import { existsSync } from 'node:fs';
import type { Queue } from '../../src/queue/queue.ts';
import { openBullmqQueue } from '../../src/queue/bullmq.ts';
import { openEmbeddedQueue } from '../../src/queue/embedded.ts';

/** How a child process opens the same queue as the test that starts it. */
export type QueueAddress = { leaseMs?: number } & (
  { implementation: 'embedded'; folder: string } | { implementation: 'bullmq'; url: string }
);

export function openQueueAt(address: QueueAddress): Queue {
  const { leaseMs } = address;
  const retry = { maxAttempts: 3, baseDelayMs: 20, maxDelayMs: 100 };
  const onError = (error: unknown) => console.error(error);
  return address.implementation === 'embedded'
    ? openEmbeddedQueue({ folder: address.folder, pollMs: 20, leaseMs, retry, onError })
    : openBullmqQueue({
        url: address.url,
        instanceId: 'test',
        leaseMs: leaseMs ?? 1000,
        retry,
        onError,
      });
}

/** Blocks this process, and with it the heartbeats of its workers, until the file exists. */
function blockUntilExists(file: string): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(file)) Atomics.wait(never, 0, 0, 20);
}

// As a process, with a mode, an address and a file as arguments. `hang` starts a job and never ends
// it; `block` starts a job, blocks until the file exists, and ends it then; `work` prints "ready" and
// runs jobs. Each prints the keys of the jobs that it starts.
const [mode, address, file = ''] = process.argv.slice(2);
if (mode === 'hang' || mode === 'block' || mode === 'work') {
  const queue = openQueueAt(JSON.parse(address ?? '') as QueueAddress);
  const handler = async ({ key }: { key: string }) => {
    process.stdout.write(`${key}\n`);
    if (mode === 'block') blockUntilExists(file);
    else await new Promise((resolve) => setTimeout(resolve, mode === 'hang' ? 3600_000 : 5));
  };
  const workers = queue.work(
    { request: handler, sync: handler, ingest: handler },
    { concurrency: { request: 1, sync: 1, ingest: 4 } },
  );
  if (mode === 'work') process.stdout.write('ready\n');
  process.on('SIGTERM', () => void workers.stop().then(() => queue.close()));
}
