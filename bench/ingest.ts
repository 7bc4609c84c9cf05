import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../src/settings/config.ts';
import type { SyncStatusResponse } from '../src/search/response-schemas.ts';
import { peakMemory } from './figures.ts';

export const entry = join(packageRoot(), 'dist', 'src', 'main.js');

export interface IngestRun {
  status: SyncStatusResponse;
  seconds: number;
  /** Peak resident memory of the ingesting process, without its parsing children, in MiB. */
  peak: number;
}

/** Runs `deedbox ingest` on a folder as a user would, and measures it from outside. */
export async function runIngest(
  folder: string,
  data: string,
  env: Record<string, string> = {},
): Promise<IngestRun> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [entry, 'ingest', folder, '--json', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let peak = 0;
  const watch = setInterval(() => {
    if (child.pid) peak = Math.max(peak, peakMemory(child.pid) || 0);
  }, 50);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0 && code !== 1) throw new Error(`deedbox ingest ended with ${String(code)}`);
  return {
    status: JSON.parse(output) as SyncStatusResponse,
    seconds: (performance.now() - startedAt) / 1000,
    peak,
  };
}
