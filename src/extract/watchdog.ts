import { Worker } from 'node:worker_threads';

/**
 * Source text, because on Node 20 a worker thread cannot load TypeScript. It runs beside the parser,
 * so it acts even while the parser is stuck in a loop.
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

/** What the watchdog writes to standard error before it kills for memory, as V8 does for its heap. */
const notice = 'watchdog: out of memory';

/** Kills this process as soon as it holds more than `memoryLimit` bytes or its parent is gone. */
export function startWatchdog(memoryLimitBytes: number): void {
  const worker = new Worker(watchdogSource, {
    eval: true,
    execArgv: [],
    workerData: { parent: process.ppid, memoryLimit: memoryLimitBytes, notice },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
}
