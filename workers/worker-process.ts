import { once } from 'node:events';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openSearchEngine } from '../src/composition/app.ts';
import { DeedboxError } from '../src/errors/errors.ts';
import { type Config, packageVersion } from '../src/settings/config.ts';
import { requireDatabase } from './data-folder.ts';
import { openWorkerServices } from './services.ts';
import { heartbeatFile, startSweeping, temporaryFolders } from './temporary-folder.ts';
import { acquireWorkerLock } from './worker-lock.ts';
import { startWorker } from './worker.ts';

/** Time that running jobs have to end before they are released to other workers. */
const shutdownTimeoutMs = 5000;
/** An attached worker whose parent process is gone ends after this time, whatever it waits for. */
const forcedExitMs = 15_000;
/** Pauses of a slow copy are shorter. */
const maybeIncompleteMs = 10_000;
const heartbeatMs = 5000;
const heartbeatTimeoutMs = 60_000;

export interface WorkerProcessOptions {
  /** Ends when no job is left. */
  drain: boolean;
  /** Ends with the process that forked this one: when its IPC channel closes. */
  attached?: boolean;
  /** Ends, and creates nothing, where the data folder has not this database; see `databaseInode`. */
  inode?: number | undefined;
}

/**
 * `deedbox worker`: runs the queue's jobs until SIGINT or SIGTERM. Any number of these processes share
 * a queue. Resolves with the exit code; throws the reason when the worker stops by itself, see
 * `Worker.stopped`.
 */
export async function runWorkerProcess(
  config: Config,
  options: WorkerProcessOptions,
): Promise<number> {
  if (options.attached && !process.connected) return 0;
  if (options.inode !== undefined) requireDatabase(config.dataFolder, options.inode);
  const stopController = new AbortController();
  const stop = () => stopController.abort();
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (options.attached) process.on('disconnect', () => stopWithin(forcedExitMs, stop));

  const engine = await openSearchEngine(config, { lazyModel: true });
  const opened = await openWorkerServices(config, engine);
  const { concurrency, dataFolder } = config;
  engine.log.info({ version: packageVersion(), at_once: concurrency }, 'the worker began');
  const workerLock = acquireWorkerLock(dataFolder);
  // a draining worker works for a process that watches nothing
  const services = {
    ...opened.services,
    maybeIncompleteMs: options.drain ? 0 : maybeIncompleteMs,
  };
  const running = startWorker(services, { concurrency, dataFolder });
  const stopSweeping = startSweeping(dataFolder);
  const heartbeatTimer = startHeartbeat(opened.tempFolder, () => engine.queue.counts());
  try {
    const stopRequested = stopController.signal.aborted
      ? Promise.resolve()
      : once(stopController.signal, 'abort');
    const drained = async () => {
      await running.drained();
      workerLock.release();
      await running.drained(); // jobs that were added while other processes relied on this worker
    };
    const stoppedItself = running.stopped.then((reason) => {
      throw reason;
    });
    await Promise.race(
      options.drain ? [stopRequested, stoppedItself, drained()] : [stopRequested, stoppedItself],
    );
  } finally {
    clearInterval(heartbeatTimer);
    stopSweeping();
    workerLock.release();
    await running.stop(shutdownTimeoutMs);
    await opened.close();
    await engine.close();
    engine.log.info('the worker ended');
  }
  return 0;
}

function stopWithin(timeoutMs: number, stop: () => void): void {
  setTimeout(() => process.exit(2), timeoutMs).unref();
  stop();
}

/** Touches a file regularly while the event loop of this process runs and its queue answers. */
function startHeartbeat(folder: string, checkQueue: () => Promise<unknown>): NodeJS.Timeout {
  const writeHeartbeat = async () => {
    await checkQueue();
    writeFileSync(join(folder, heartbeatFile), '', { mode: 0o600 });
  };
  const beat = () => void writeHeartbeat().catch(() => {}); // `deedbox worker --check` sees its age
  beat();
  return setInterval(beat, heartbeatMs);
}

/**
 * `deedbox worker --check`: whether a worker of this machine or container is alive and reaches its
 * queue. Returns the exit code.
 * @throws DeedboxError `not_ready` where none is
 */
export function checkWorker(config: Config): number {
  const all = temporaryFolders(config.dataFolder);
  const own = readdirSync(all).filter((name) => name.startsWith(`${hostname()}-`));
  const heartbeats = own.map((name) =>
    statSync(join(all, name, heartbeatFile), { throwIfNoEntry: false }),
  );
  const last = Math.max(0, ...heartbeats.map((heartbeat) => heartbeat?.mtimeMs ?? 0));
  if (Date.now() - last < heartbeatTimeoutMs) return 0;
  throw new DeedboxError('not_ready', 'No worker on this machine has been alive for a minute.', {
    hint: 'Look at its log: the queue may not answer.',
  });
}
