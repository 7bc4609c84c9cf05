import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { acquireWorkerLock } from '../../workers/worker-lock.ts';
import { heartbeatFile, temporaryFolders } from '../../workers/temporary-folder.ts';
import { startWorker } from '../../workers/worker.ts';
import { openSearchEngine, openWorker } from '../composition/app.ts';
import { type Config, packageVersion } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';

/** Milliseconds that jobs which run have to end, before they are given back. */
const shutdownTimeoutMs = 5000;
/** Milliseconds between two signs of life, and how old the last may be. */
const heartbeatMs = 5000;
const heartbeatTimeoutMs = 60_000;

/**
 * `deedbox worker`: runs the queue's jobs until SIGINT or SIGTERM, or until none is left. Any number
 * of them share a queue. Resolves with the exit code; throws why it takes no more jobs by itself.
 */
export async function worker(
  config: Config,
  options: { drain: boolean; attached?: boolean },
): Promise<number> {
  if (options.attached && !process.connected) return 0;
  const stopController = new AbortController();
  const stop = () => stopController.abort();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (options.attached) process.on('disconnect', stop);

  const engine = await openSearchEngine(config);
  const opened = await openWorker(config, engine);
  engine.log.info({ version: packageVersion(), at_once: config.concurrency }, 'the worker began');
  const workerLock = acquireWorkerLock(config.dataFolder);
  const running = startWorker(opened.services, { concurrency: config.concurrency });
  const heartbeatTimer = startHeartbeat(opened.tempFolder, () => engine.queue.counts());
  try {
    const stopRequested = stopController.signal.aborted
      ? Promise.resolve()
      : once(stopController.signal, 'abort');
    const drained = async () => {
      await running.drained();
      workerLock.release();
      await running.drained(); // what was added while this worker still showed itself
    };
    const stoppedItself = running.stopped.then((reason) => {
      throw reason;
    });
    await Promise.race(
      options.drain ? [stopRequested, stoppedItself, drained()] : [stopRequested, stoppedItself],
    );
  } finally {
    clearInterval(heartbeatTimer);
    workerLock.release();
    await running.stop(shutdownTimeoutMs);
    await opened.close();
    await engine.close();
    engine.log.info('the worker ended');
  }
  return 0;
}

/** Writes a file again and again for as long as this process goes round and its queue answers. */
function startHeartbeat(folder: string, checkQueue: () => Promise<unknown>): NodeJS.Timeout {
  const writeHeartbeat = async () => {
    await checkQueue();
    writeFileSync(join(folder, heartbeatFile), '');
  };
  const beat = () => void writeHeartbeat().catch(() => {}); // the sign stays away: that says it
  beat();
  return setInterval(beat, heartbeatMs);
}

/**
 * `deedbox worker --check`: whether the worker of this machine, or this container, goes round and
 * reaches its queue.
 * @throws DeedboxError `not_ready` where none does
 */
export function checkWorker(config: Config): number {
  const all = temporaryFolders(config.dataFolder);
  const own = readdirSync(all).filter((name) => name.startsWith(`${hostname()}-`));
  const heartbeats = own.map((name) =>
    statSync(join(all, name, heartbeatFile), { throwIfNoEntry: false }),
  );
  const last = Math.max(0, ...heartbeats.map((heartbeat) => heartbeat?.mtimeMs ?? 0));
  if (Date.now() - last < heartbeatTimeoutMs) return 0;
  throw new DeedboxError('not_ready', 'No worker here has shown a sign of life for a minute.', {
    hint: 'Look at its log: the queue may not answer.',
  });
}
