import { parseArgs } from 'node:util';
import { openReader, openWorker } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { asDeedboxError } from '../src/errors.ts';
import { showPresence } from './presence.ts';
import { startWorker } from './worker.ts';

/** A worker process: runs the queue's jobs until it is told to stop, or until none is left. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, drain: { type: 'boolean', default: false } },
  });
  const config = readConfig({ DEEDBOX_DATA: values.data });
  const reader = await openReader(config);
  const worker = openWorker(config, reader, (line) => process.stderr.write(`${line}\n`));
  const presence = showPresence(config.dataFolder);
  const running = startWorker(worker.services, {
    concurrency: config.concurrency,
    onRetired: () => presence.release(),
  });

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    presence.release();
    await running.stop(5000);
    await worker.close();
    await reader.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  if (process.connected) process.on('disconnect', () => void stop());
  if (values.drain) {
    await running.drained();
    presence.release();
    await running.drained();
    await stop();
  }
}

main().catch((error: unknown) => {
  const { message, hint } = asDeedboxError(error);
  process.stderr.write(`deedbox worker: ${message}${hint ? ` ${hint}` : ''}\n`);
  process.exit(2);
});
