import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../src/settings/config.ts';
import type { SyncStatusResponse } from '../src/search/response-schemas.ts';
import { peakMemory } from './figures.ts';

/** The built command line of a checkout. */
export const programOf = (checkout: string) => join(checkout, 'dist', 'src', 'main.js');

export const program = programOf(packageRoot());

export interface IngestRun {
  status: SyncStatusResponse;
  seconds: number;
  /** Peak resident memory of the process, without its parser children, in MiB. */
  peakMiB: number;
}

/** Runs `deedbox ingest` on a folder as a process, and measures it from outside. */
export async function runIngest(
  folder: string,
  data: string,
  programPath = program,
): Promise<IngestRun> {
  const startedAt = performance.now();
  const args = [programPath, 'ingest', folder, '--json', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let peakMiB = 0;
  const sampling = setInterval(() => {
    if (child.pid) peakMiB = Math.max(peakMiB, peakMemory(child.pid) || 0);
  }, 50);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(sampling);
  // 1: some files could not be read
  if (code !== 0 && code !== 1) throw new Error(`deedbox ingest exited with ${String(code)}`);
  return {
    status: JSON.parse(output) as SyncStatusResponse,
    seconds: (performance.now() - startedAt) / 1000,
    peakMiB,
  };
}
