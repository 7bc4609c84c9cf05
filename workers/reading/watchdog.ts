import { Worker } from 'node:worker_threads';

/**
 * Source text, because on Node 20 a worker thread cannot load TypeScript. A thread, so that it acts
 * even while the file being read keeps the main thread in an endless loop.
 */
const watchdogSource = `
  const { parent, memoryLimit, task, notices } = require('node:worker_threads').workerData;
  const { writeSync } = require('node:fs');
  const orphaned = () => {
    if (process.ppid !== parent) return true;
    try { process.kill(parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
  };
  const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const [taskNumber, taskLimit] = [0, 1];
  let current = 0;
  let startedAt = 0;
  const isOutOfTime = () => {
    const number = Atomics.load(task, taskNumber);
    if (number !== current) [current, startedAt] = [number, cpuMs()];
    const limit = Atomics.load(task, taskLimit);
    return limit > 0 && cpuMs() - startedAt > limit;
  };
  const end = (notice) => {
    try { writeSync(2, notice); } catch {}
    process.kill(process.pid, 'SIGKILL');
  };
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryLimit) end(notices.memory);
    else if (isOutOfTime()) end(notices.time);
    else if (orphaned()) end('');
  }, 50);
`;

/** Written to standard error before the process is killed; V8 writes the first for its heap as well. */
export const notices = { memory: 'watchdog: out of memory', time: 'watchdog: out of time' };

/** Limits this process while it works on a task. */
export interface Watchdog {
  /** Starts a task that may use `cpuMs` milliseconds of CPU time, over all threads. */
  begin(cpuMs: number): void;
  /** Ends the task: until the next one there is no limit on time. */
  end(): void;
}

/** Kills this process when it exceeds a limit or its parent has ended. */
export function startWatchdog(memoryLimitBytes: number): Watchdog {
  const task = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(watchdogSource, {
    eval: true,
    execArgv: [],
    workerData: { parent: process.ppid, memoryLimit: memoryLimitBytes, task, notices },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  return {
    begin(cpuMs) {
      Atomics.add(task, 0, 1);
      Atomics.store(task, 1, Math.ceil(cpuMs));
    },
    end() {
      Atomics.store(task, 1, 0);
    },
  };
}
