import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { forkWorker } from './worker-processes.ts';
import type { Config } from '../settings/config.ts';

/** A worker that ran so long without dying, in milliseconds, is started again at once. */
const stableMs = 60_000;

/** Keeps one worker process alive; a crash costs a second, and longer when it repeats. */
export function superviseWorker(config: Config, log: Logger, onRestart: () => void) {
  let isStopping = false;
  let restarts = 0;
  let startedAt = Date.now();
  let child = forkWorker(config);
  const watch = () => {
    child.on('error', (err) => log.error({ err }, 'the worker could not be started'));
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      if (Date.now() - startedAt > stableMs) restarts = 0;
      const delay = Math.min(1000 * 2 ** restarts++, 60_000);
      log.error({ signal, exit: code, again_in: delay / 1000 }, 'the worker ended');
      setTimeout(() => {
        if (isStopping) return;
        startedAt = Date.now();
        child = forkWorker(config);
        onRestart();
        watch();
      }, delay).unref();
    });
  };
  watch();
  return {
    async stop() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(8000, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
}
