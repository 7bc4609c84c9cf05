import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { forkWorker } from './worker-processes.ts';
import type { Config } from '../config.ts';

/** A worker that ran so long without dying, in milliseconds, is started again at once. */
const settled = 60_000;

/** Keeps one worker process alive; a crash costs a second, and longer when it repeats. */
export function superviseWorker(config: Config, log: Logger, restarted: () => void) {
  let stopping = false;
  let restarts = 0;
  let began = Date.now();
  let child = forkWorker(config);
  const watch = () => {
    child.on('error', (err) => log.error({ err }, 'the worker could not be started'));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - began > settled) restarts = 0;
      const delay = Math.min(1000 * 2 ** restarts++, 60_000);
      log.error({ signal, exit: code, again_in: delay / 1000 }, 'the worker ended');
      setTimeout(() => {
        if (stopping) return;
        began = Date.now();
        child = forkWorker(config);
        restarted();
        watch();
      }, delay).unref();
    });
  };
  watch();
  return {
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(8000, undefined, { ref: false })]);
      child.kill('SIGKILL');
    },
  };
}
