import { Worker } from 'node:worker_threads';

/**
 * Source text, because on Node 20 a worker thread cannot load TypeScript. It runs beside the parser,
 * so it acts even while the parser is stuck in a loop.
 */
const watch = `
  const { parent, memoryLimit } = require('node:worker_threads').workerData;
  const orphaned = () => {
    if (process.ppid !== parent) return true;
    try { process.kill(parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
  };
  setInterval(() => {
    if (process.memoryUsage.rss() > memoryLimit || orphaned()) process.kill(process.pid, 'SIGKILL');
  }, 50);
`;

/** Kills this process as soon as it holds more than `memoryLimit` bytes or its parent is gone. */
export function startWatchdog(memoryLimit: number): void {
  const worker = new Worker(watch, {
    eval: true,
    execArgv: [],
    workerData: { parent: process.ppid, memoryLimit },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
}
