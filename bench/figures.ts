import { readFileSync } from 'node:fs';
import { figureOf, type Figures } from '../training/result-file.ts';

/** The value below which a share `p` of the sorted values lies (nearest rank). */
export function percentile(values: number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

/** Peak resident memory of a process so far, in MiB; NaN where there is no /proc. */
export function peakMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Rows of cells as a Markdown table; numbers have three significant digits or more. */
export function table(header: string[], rows: (string | number)[][]): string {
  const cell = (value: string | number) =>
    typeof value === 'string' ? value : value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 3);
  const line = (cells: (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** p50, p95, p99 and the maximum of times in milliseconds, for the result file. */
export function timeFigures(name: string, times: number[]): Figures {
  return {
    [`${name}.p50`]: figureOf(percentile(times, 0.5), 'ms'),
    [`${name}.p95`]: figureOf(percentile(times, 0.95), 'ms'),
    [`${name}.p99`]: figureOf(percentile(times, 0.99), 'ms'),
    [`${name}.max`]: figureOf(Math.max(...times), 'ms'),
  };
}
