import { Worker } from 'node:worker_threads';

/**
 * Source text, because on Node 20 a worker thread cannot load TypeScript. A thread, so that it acts
 * even while the parser is in an endless loop.
 */
const watchdogSource = `
  const { parent, memoryLimit, notice } = require('node:worker_threads').workerData;
  const { writeSync } = require('node:fs');
  const orphaned = () => {
    if (process.ppid !== parent) return true;
    try { process.kill(parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
  };
  setInterval(() => {
    const tooMuch = process.memoryUsage.rss() > memoryLimit;
    if (!tooMuch && !orphaned()) return;
    try { if (tooMuch) writeSync(2, notice); } catch {}
    process.kill(process.pid, 'SIGKILL');
  }, 50);
`;

/** Written to standard error before the process is killed for memory, as V8 does for its heap. */
const notice = 'watchdog: out of memory';

/** Kills this process when it uses more than `memoryLimitBytes` or its parent has ended. */
export function startWatchdog(memoryLimitBytes: number): void {
  const worker = new Worker(watchdogSource, {
    eval: true,
    execArgv: [],
    workerData: { parent: process.ppid, memoryLimit: memoryLimitBytes, notice },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
}
