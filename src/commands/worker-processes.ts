import { type ChildProcess, fork, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../settings/config.ts';

function workerEntryPath(): string {
  const extension = extname(fileURLToPath(import.meta.url));
  return fileURLToPath(new URL(`../../workers/main${extension}`, import.meta.url));
}

/** A worker process that ends with this one. */
export function forkWorker(config: Config) {
  return fork(workerEntryPath(), ['--attached', '--data', config.dataFolder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** A worker process that outlives this one and ends when nothing is left to do. */
export function spawnDrainingWorker(config: Config): ChildProcess {
  const child = spawn(
    process.execPath,
    [...process.execArgv, workerEntryPath(), '--drain', '--data', config.dataFolder],
    { detached: true, stdio: 'ignore' },
  );
  child.unref();
  return child;
}
