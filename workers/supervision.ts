import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../src/settings/config.ts';
import { noWorker } from '../src/sync/sync-notes.ts';
import { databaseInode, hasDatabase } from './data-folder.ts';
import { sweepTemporaryFolders } from './temporary-folder.ts';
import { isWorkerRunning } from './worker-lock.ts';

/** A worker that ran for so long before it died is restarted without an extra delay. */
const stableMs = 60_000;
const maxRestartDelayMs = 60_000;
/** More than a worker needs to release its jobs; then it is killed. */
const stopTimeoutMs = 8000;

function workerEntryPath(): string {
  const extension = extname(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(`./main${extension}`, import.meta.url));
}

function workerArguments({ dataFolder }: Config, inode: number | undefined): string[] {
  return ['--data', dataFolder, ...(inode === undefined ? [] : ['--inode', String(inode)])];
}

/** A worker process that ends when this process does. */
function forkWorker(config: Config, inode: number | undefined): ChildProcess {
  return fork(workerEntryPath(), workerArguments(config, inode), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** A worker process that outlives this one and ends when no job is left. */
function spawnDrainingWorker(config: Config, inode: number | undefined): ChildProcess {
  const child = spawn(
    process.execPath,
    [...process.execArgv, workerEntryPath(), '--drain', ...workerArguments(config, inode)],
    { detached: true, stdio: 'ignore' },
  );
  child.unref();
  return child;
}

const noWorkerStarted =
  `${noWorker}, so nothing is read now. Start one on the server: \`deedbox worker\`; where systemd runs it, ` +
  '`systemctl start deedbox-worker@1`; with Compose, `docker compose up -d`. It takes up what waits.';
const ownWorkerEnded =
  `${noWorker}, so nothing is read now: that of the service has ended. It is started again by itself; if that ` +
  'does not help, the log of the service on the server says why.';

/**
 * Says, for `SyncServices.workerProblem`, when no worker runs for a data folder.
 * @param supervised the worker that this process keeps alive; undefined where it has none
 */
export function workerProblem(
  dataFolder: string,
  supervised: { hasFailed: () => boolean } | undefined,
): string | undefined {
  // one of its own that never ended is being started
  if (supervised && !supervised.hasFailed()) return undefined;
  if (isWorkerRunning(dataFolder, { timeoutMs: 0 })) return undefined;
  return supervised ? ownWorkerEnded : noWorkerStarted;
}

/**
 * Keeps one attached worker process alive until `stop()`. A worker that dies is restarted after a
 * second, later each time that it dies again soon; not when its data folder is gone. To be called
 * while this process has the database open.
 */
export function superviseWorker(config: Config, log: Logger, onRestart: () => void) {
  const inode = databaseInode(config.dataFolder);
  let isStopping = false;
  let restarts = 0;
  let child: ChildProcess | undefined;
  const start = () => {
    if (isStopping) return;
    if (inode === undefined || !hasDatabase(config.dataFolder, inode)) {
      log.error('the data folder is gone: no worker is started');
      return;
    }
    if (child) onRestart();
    const startedAt = Date.now();
    child = forkWorker(config, inode);
    child.on('error', (err) => log.error({ err }, 'the worker could not be started'));
    child.once('exit', (code, signal) => {
      // a worker that was killed has left its copies of files
      sweepTemporaryFolders(config.dataFolder);
      if (isStopping) return;
      if (Date.now() - startedAt > stableMs) restarts = 0;
      const delayMs = Math.min(1000 * 2 ** restarts++, maxRestartDelayMs);
      log.error({ signal, exit: code, again_in: delayMs / 1000 }, 'the worker ended');
      setTimeout(start, delayMs).unref();
    });
  };
  start();
  return {
    /** Whether the worker ended, soon after its start or just now. */
    hasFailed: () => restarts > 0,
    async stop() {
      isStopping = true;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(stopTimeoutMs, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
}

/**
 * Returns a function that starts a draining worker process unless a worker of this data folder runs,
 * for a process that enqueues jobs and may end before they are done. To be called while this process
 * has the database open.
 */
export function drainingWorkerStarter(config: Config, log: Logger): () => void {
  const inode = databaseInode(config.dataFolder);
  let isRunning = false;
  let isRequested = false;
  const ensureWorker = () => {
    const isLocked = isWorkerRunning(config.dataFolder);
    // This process's worker either has no lock yet, or ends and looks at the queue no more: in that
    // case another one follows it.
    isRequested = isRunning && !isLocked;
    if (isRunning || isLocked) return;
    isRunning = true;
    const child = spawnDrainingWorker(config, inode);
    child.once('error', (err) => {
      log.error({ err }, 'no worker process could be started');
      isRunning = false;
    });
    child.once('exit', () => {
      sweepTemporaryFolders(config.dataFolder);
      isRunning = false;
      if (isRequested) ensureWorker();
    });
  };
  return ensureWorker;
}
