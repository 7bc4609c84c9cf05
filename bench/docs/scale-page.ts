import { table } from '../figures.ts';
import { describeMachine, type Result } from '../../training/result-file.ts';
import { formatFigure } from './benchmarks-page.ts';
import { measuredCounts } from './scale-plot.ts';

/** The tables of docs/benchmarks.md on the vector index and on 50,000 contracts. */

const provenance = ({ corpus, command, date, commit, machine }: Result) =>
  `${corpus}. \`${command}\` on ${date} at commit ${commit} (${describeMachine(machine)}).`;

const names: Record<string, string> = {
  deedbox: 'Deedbox (clusters, 8 bits)',
  'hnswlib-node': '`hnswlib-node` (HNSW, 32-bit floats, in memory)',
  usearch: '`usearch` (HNSW, 8 bits, mapped file)',
  'sqlite-vec': '`sqlite-vec` (flat, 8 bits)',
};
const shares = ['all', '50', '10', '1', '0_1'];

/** Build time, size, recall and time of a search for each index, by filter; one table a result. */
export function vectorsTable(...results: Result[]): string {
  const header = [
    'index',
    'build, s of CPU',
    'MiB',
    'no filter: recall@10, p50 / p95 ms',
    ...shares.slice(1).map((share) => `${share.replace('_', '.')} %`),
  ];
  return results
    .map((result) => {
      const value = (key: string) => {
        const figure = result.figures[key];
        return figure ? formatFigure(figure) : '—';
      };
      const measured = Object.keys(names).filter((key) => `${key}.size` in result.figures);
      const rows = measured.map((key) => [
        names[key]!,
        value(`${key}.build`),
        result.figures[`${key}.size`]!.value!.toFixed(0),
        ...shares.map((share) => {
          const recall = result.figures[`${key}.${share}.recall10`]!.value!.toFixed(3);
          return `${recall}, ${value(`${key}.${share}.p50`)} / ${value(`${key}.${share}.p95`)}`;
        }),
      ]);
      return `${provenance(result)}\n\n${table(header, rows)}`;
    })
    .join('\n\n');
}

/** Every figure of `bench:scale` by the number of contracts. */
export function scaleTable(result: Result): string {
  const counts = measuredCounts(result);
  const suffixes = [
    ...new Set(Object.keys(result.figures).flatMap((key) => /^at\d+\.(.+)$/.exec(key)?.[1] ?? [])),
  ];
  const rows = suffixes.map((suffix) => [
    suffix,
    ...counts.map((count) => {
      const figure = result.figures[`at${count}.${suffix}`];
      if (!figure) return '—';
      const { value, unit } = figure;
      if (unit === 'bytes') return `${((value ?? 0) / 1e9).toFixed(2)} GB`;
      const text = unit === 'share' ? (value ?? 0).toFixed(3) : formatFigure(figure);
      return unit === 'count' || unit === 'share' ? text : `${text} ${unit}`;
    }),
  ]);
  const header = ['figure', ...counts.map((count) => count.toLocaleString('en'))];
  const stages = Object.entries(result.figures)
    .filter(([key]) => key.startsWith('stages.'))
    .map(([key, figure]) => `${key.slice('stages.'.length)} ${formatFigure(figure)}`);
  return (
    `${provenance(result)}\n\n${table(header, rows)}\n\n` +
    `Each stage alone on one core, contracts a second: ${stages.join(', ')}.`
  );
}
