import type { Result } from '../../training/result-file.ts';
import {
  colours,
  dot,
  drawing,
  element,
  label,
  legend,
  line,
  pathThrough,
} from '../quality/svg.ts';

const [left, right, top, bottom] = [66, 620, 40, 300];

/** The numbers of contracts at which `bench:scale` measured, ascending. */
export function measuredCounts({ figures }: Result): number[] {
  const counts = Object.keys(figures).flatMap((key) => /^at(\d+)\./.exec(key)?.[1] ?? []);
  return [...new Set(counts)].map(Number).sort((a, b) => a - b);
}

/** Rate of reading, p95 of the slowest search and memory of a reader by the number of contracts. */
export function scalePlot(result: Result): string {
  const counts = measuredCounts(result);
  const [smallest, largest] = [Math.min(...counts), Math.max(...counts)];
  const range = Math.log(largest / smallest) || 1;
  const x = (count: number) => left + (Math.log(count / smallest) / range) * (right - left);
  const y = (value: number) => bottom - (Math.log10(Math.max(value, 1)) / 3) * (bottom - top);
  const valueOf = (key: string) => result.figures[key]?.value ?? 0;
  const series: [string, string, (count: number) => number][] = [
    [colours.first, 'contracts read a second', (count) => valueOf(`at${count}.rate`)],
    [colours.second, 'p95 of the slowest search, ms', (count) => slowestSearch(result, count)],
    [colours.good, 'own memory of a reader, MiB', (count) => valueOf(`at${count}.memory.stdio`)],
  ];
  return drawing(760, 360, 'Speed and memory against the number of contracts', [
    ...[1, 10, 100, 1000].flatMap((value) => [
      line(left, y(value), right, y(value)),
      label(left - 8, y(value) + 4, String(value), { 'text-anchor': 'end' }),
    ]),
    ...counts.map((count) =>
      label(x(count), bottom + 20, count.toLocaleString('en'), { 'text-anchor': 'middle' }),
    ),
    ...series.flatMap(([colour, name, value]) => [
      element('path', {
        d: pathThrough(counts.map((count) => [x(count), y(value(count))])),
        fill: 'none',
        stroke: colour,
        'stroke-width': 2.5,
      }),
      ...counts.map((count) =>
        dot(x(count), y(value(count)), 4, colour, `${name}: ${value(count).toFixed(1)}`),
      ),
    ]),
    ...legend(
      left,
      342,
      series.map(([colour, name]) => [colour, name]),
    ),
  ]);
}

function slowestSearch({ figures }: Result, count: number): number {
  const values = Object.entries(figures).flatMap(([key, { value }]) =>
    key.startsWith(`at${count}.search_`) && key.endsWith('.p95') ? [value ?? 0] : [],
  );
  return Math.max(...values);
}
