import { table } from '../figures.ts';
import { describeMachine, type Figure, type Result } from '../../training/result-file.ts';

/** The tables of docs/benchmarks.md and the README, from the committed results. */

/** The value of one figure of a result as text. Throws where the result has no such figure. */
function textOf(result: Result, key: string): string {
  const figure = result.figures[key];
  if (!figure) throw new Error(`bench/results/${result.name}.json has no figure "${key}".`);
  return formatFigure(figure);
}

export function formatFigure({ value, unit }: Figure): string {
  if (value === null) return '—';
  if (unit === 'share') return value.toFixed(2);
  if (unit === 'count') return value.toLocaleString('en');
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}

const times = (result: Result, key: string, percentiles: string[]) =>
  percentiles.map((name) => `${name} ${textOf(result, `${key}.${name}`)} ms`).join(', ');

const header = ['what', 'printed by', 'figure'];
const command = (result: Result) => `\`${result.command.replace(/ -- .*/, '')}\``;

/** Where and when results were measured. */
function provenance(results: Result[]): string {
  const lines = results.map(
    ({ name, date, commit, machine }) =>
      `${name} on ${date} at commit ${commit} (${describeMachine(machine)})`,
  );
  return `Measured: ${lines.join('; ')}.`;
}

export function speedTable(bench: Result, clients: Result, audit: Result): string {
  const tools = Object.keys(clients.figures).flatMap(
    (key) => /^tools\.(.+)\.p95$/.exec(key)?.[1] ?? [],
  );
  const slowest = (percentile: string) => {
    const values = tools.map((tool) => clients.figures[`tools.${tool}.${percentile}`]?.value ?? 0);
    return formatFigure({ value: Math.max(...values), unit: 'ms' });
  };
  const rows = [
    [
      `${textOf(bench, 'pdf.ingest.indexed')} PDFs (${textOf(bench, 'pdf.ingest.pages')} pages) read into an empty index`,
      command(bench),
      `${textOf(bench, 'pdf.ingest.rate')} documents a second; the worker peaks at ${textOf(bench, 'pdf.ingest.peakMemory')} MiB`,
    ],
    [
      'start of `deedbox stdio` until `tools/list` is answered',
      command(bench),
      `${textOf(bench, 'contracts.start.p50')} ms, median of 7`,
    ],
    ...['search_passages', 'search_documents'].map((tool) => [
      `\`${tool}\` over ${textOf(bench, 'contracts.ingest.indexed')} contracts (${textOf(bench, 'contracts.index.passages')} passages), over stdio`,
      command(bench),
      times(bench, `contracts.tools.${tool}`, ['p50', 'p95', 'p99']),
    ]),
    [
      `${textOf(clients, 'clients')} clients for ${textOf(clients, 'duration')} seconds, over HTTP with a key: slowest of ${tools.length} tools`,
      command(clients),
      `${textOf(clients, 'answers')} answers a second, ${textOf(clients, 'failures')} failures; p95 ${slowest('p95')} ms, p99 ${slowest('p99')} ms`,
    ],
    [
      'one line of the audit log, written to disk',
      command(audit),
      `${times(audit, 'line, 1 writer', ['p50', 'p95'])}; 50 at the same time: ${times(audit, 'line, 50 writers', ['p50', 'p95'])}`,
    ],
  ];
  return `${table(header, rows)}\n\n${provenance([bench, clients, audit])}`;
}

export function retrievalFiguresTable(retrieval: Result): string {
  const recall = (id: string) => textOf(retrieval, `${id}.recall8`);
  const rows = [
    [
      '"Consider the … between …; …?" over all contracts: share of the labelled characters in the first 8 passages',
      command(retrieval),
      recall('all'),
    ],
    [
      'the same: share of queries whose first passage is in the right contract',
      command(retrieval),
      textOf(retrieval, 'all.rightContract'),
    ],
    ['the question alone, inside the right contract', command(retrieval), recall('contract')],
    [
      'the question alone, inside the right contract, by full text and vectors only',
      command(retrieval),
      recall('contractWithoutClauseTypes'),
    ],
  ];
  return `${table(header, rows)}\n\n${provenance([retrieval])}`;
}

export function clausesAndFactsTable(quality: Result, parties: Result): string {
  const shareRight = (bin: number) => {
    const [right, count] = ['right', 'count'].map(
      (name) => quality.figures[`reliability.${bin}.${name}`]?.value ?? Number.NaN,
    );
    return formatFigure({ value: right! / count!, unit: 'share' });
  };
  const facts = [
    'governing law',
    'agreement date',
    'effective date',
    'expiration date',
    'renewal term',
  ].map((fact) => textOf(quality, `facts.${fact}.right`));
  const rows = [
    [
      "clauses of CUAD's 41 categories, by CUAD's own measure: area under the precision-recall curve; precision at 80% recall",
      command(quality),
      `${textOf(quality, 'cuad.aupr')}; ${textOf(quality, 'cuad.precisionAt80')}`,
    ],
    [
      'clauses with a confidence of 0.8 to 0.9, and of 0.9 and above: share that is right',
      command(quality),
      `${shareRight(8)}; ${shareRight(9)}`,
    ],
    [
      "governing law, agreement date, effective date, expiration date and renewal term: share with the lawyers' value",
      command(quality),
      facts.join(', '),
    ],
    [
      'contracts predicted to have a clause type that have it; contracts predicted to lack it that lack it',
      command(quality),
      `${textOf(quality, 'presence.precision')}; ${textOf(quality, 'presence.absencePrecision')}`,
    ],
    [
      'contracts of which every party is found: by rules; by rules and tagger',
      command(parties),
      `${textOf(parties, 'all.rules.allFound')}; ${textOf(parties, 'all.model.allFound')}`,
    ],
  ];
  const heldOut = textOf(quality, 'facts.expiration date.heldOutShare');
  const note =
    'The rules behind the facts were written on the contracts of half of the companies; on the other ' +
    `half alone, the share for the expiration date is ${heldOut}.`;
  return [table(header, rows), note, provenance([quality, parties])].join('\n\n');
}

/** The most important figures, for the README. */
export function benchmarkSummary(bench: Result, retrieval: Result, quality: Result): string {
  return table(
    [`on ${textOf(bench, 'contracts.ingest.indexed')} contracts of CUAD v1`, 'figure'],
    [
      [
        'share of the labelled text in the first 8 passages; of first passages in the right contract',
        `${textOf(retrieval, 'all.recall8')}; ${textOf(retrieval, 'all.rightContract')}`,
      ],
      [
        "share of governing laws; of expiration dates that equal the lawyers'",
        `${textOf(quality, 'facts.governing law.right')}; ${textOf(quality, 'facts.expiration date.right')}`,
      ],
      [
        'duration of `search_passages`',
        times(bench, 'contracts.tools.search_passages', ['p50', 'p95']),
      ],
      ['PDFs read into the index', `${textOf(bench, 'pdf.ingest.rate')} a second`],
    ],
  );
}
