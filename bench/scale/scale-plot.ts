import { percentile } from '../figures.ts';
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
import type { Point } from './scale.ts';

const [left, right, top, bottom] = [66, 620, 40, 300];

/** Rate of reading and p95 of the slowest search against the number of contracts, on logarithmic scales. */
export function scalePlot(points: Point[]): string {
  const counts = points.map(({ contracts }) => contracts);
  const [smallest, largest] = [Math.min(...counts), Math.max(...counts)];
  const range = Math.log(largest / smallest) || 1;
  const x = (count: number) => left + (Math.log(count / smallest) / range) * (right - left);
  const y = (value: number) => bottom - (Math.log10(Math.max(value, 1)) / 3) * (bottom - top);
  const series: [string, string, (point: Point) => number][] = [
    [colours.first, 'contracts read a second', ({ added, ingest }) => added / ingest.seconds],
    [colours.second, 'p95 of the slowest search, ms', slowestSearch],
    [colours.good, 'own memory of a reader, MiB', ({ answers }) => answers.ownMiB],
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
        d: pathThrough(points.map((point) => [x(point.contracts), y(value(point))])),
        fill: 'none',
        stroke: colour,
        'stroke-width': 2.5,
      }),
      ...points.map((point) =>
        dot(x(point.contracts), y(value(point)), 4, colour, `${name}: ${value(point).toFixed(1)}`),
      ),
    ]),
    ...legend(
      left,
      342,
      series.map(([colour, name]) => [colour, name]),
    ),
  ]);
}

function slowestSearch({ answers }: Point): number {
  const searches = answers.tools.filter(({ name }) => name.startsWith('search_'));
  return Math.max(...searches.map(({ times }) => percentile(times, 0.95)));
}
