import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { program } from '../ingest.ts';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';

export interface MeasuredIngest {
  status: SyncStatusResponse;
  seconds: number;
  /** CPU of the process and all that it started. */
  cpuSeconds: number;
  /** The longest time without a line of progress. */
  silenceSeconds: number;
  /** Peaks of memory that is not shared: of the worker, of its largest reader, and of all together. */
  workerMiB: number;
  readerMiB: number;
  totalMiB: number;
}

/** Runs `deedbox ingest` and measures it from outside, by /proc. */
export async function measureIngest(folder: string, data: string): Promise<MeasuredIngest> {
  const startedAt = performance.now();
  const args = [program, 'ingest', folder, '--json', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [workerMiB, readerMiB, totalMiB, cpuSeconds, silenceMs] = [0, 0, 0, 0, 0];
  const ended = new Map<number, number>();
  const sampling = setInterval(() => {
    const tree = processTree(child.pid!);
    const memory = tree.map(({ pid }) => privateMiB(pid));
    workerMiB = Math.max(workerMiB, memory[0] ?? 0);
    readerMiB = Math.max(readerMiB, ...memory.slice(1));
    totalMiB = Math.max(
      totalMiB,
      memory.reduce((sum, value) => sum + value, 0),
    );
    for (const { pid, cpu } of tree) ended.set(pid, cpu);
    cpuSeconds = [...ended.values()].reduce((sum, value) => sum + value, 0);
  }, 500);
  let lastLine = performance.now();
  const heard = () => {
    silenceMs = Math.max(silenceMs, performance.now() - lastLine);
    lastLine = performance.now();
  };
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', heard);
  const code = await new Promise((resolve) => child.once('close', resolve));
  heard();
  clearInterval(sampling);
  if (code !== 0 && code !== 1) throw new Error(`deedbox ingest exited with ${String(code)}`);
  return {
    status: JSON.parse(output) as SyncStatusResponse,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds,
    silenceSeconds: silenceMs / 1000,
    workerMiB,
    readerMiB,
    totalMiB,
  };
}

/** The process and its descendants, with the seconds of CPU each has taken. */
function processTree(root: number): { pid: number; cpu: number }[] {
  const parents = new Map<number, { parent: number; cpu: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const cpu = (Number(fields[11]) + Number(fields[12])) / 100;
      parents.set(Number(name), { parent: Number(fields[1]), cpu });
    } catch {
      // It has ended meanwhile.
    }
  }
  const found = [root];
  for (const pid of found) {
    for (const [other, { parent }] of parents) if (parent === pid) found.push(other);
  }
  return found.map((pid) => ({ pid, cpu: parents.get(pid)?.cpu ?? 0 }));
}

/** Memory of a process that no other shares and no file backs. */
export function privateMiB(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
