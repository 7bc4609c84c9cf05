import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { packageRoot } from '../../src/settings/config.ts';
import { clauseTypesMarkdown } from '../../src/mcp/resources/resources.ts';
import { readResult, type Result } from '../../training/result-file.ts';
import {
  benchmarkSummary,
  clausesAndFactsTable,
  retrievalFiguresTable,
  speedTable,
} from './benchmarks-page.ts';
import { replacePart } from './marked-part.ts';
import {
  clauseCard,
  embeddingCard,
  partiesCard,
  rankingCard,
  reliabilitySvg,
} from './model-cards.ts';
import { scaleTable, vectorsTable } from './scale-page.ts';
import { scalePlot } from './scale-plot.ts';
import { settingsTables } from './settings-page.ts';
import { toolReference, toolSummary } from './tools-page.ts';

/**
 * Prints the documentation that derives from the code and from bench/results: tools, settings, clause
 * types, benchmarks and the figures of the model cards. `--write` puts each part between its marks in
 * its file, `--check` exits with 1 if a file is out of date. A part whose results are not committed
 * stays as it is.
 */

function clauseTable(): string {
  const own = clauseTypes.filter((type) => type.origin !== 'cuad').length;
  return `${clauseTypes.length - own} categories of CUAD and ${own} of Deedbox's own.\n\n${clauseTypesMarkdown()}`;
}

/** Formats committed results; undefined where one of them is missing. */
function fromResults(
  names: string[],
  format: (...results: Result[]) => string,
): string | undefined {
  const results = names.flatMap((name) => readResult(name) ?? []);
  return results.length === names.length ? format(...results) : undefined;
}

function vectorsTables(): string | undefined {
  const results = ['vectors', 'vectors-large'].flatMap((name) => readResult(name) ?? []);
  return results.length > 0 ? vectorsTable(...results) : undefined;
}

interface Part {
  file: string;
  /** The part stands between `<!-- mark:begin -->` and `<!-- mark:end -->`; else it is the file. */
  mark?: string;
  content: string | undefined;
}

const benchmarks = 'docs/benchmarks.md';
const parts: Part[] = [
  { mark: 'tools', file: 'README.md', content: toolSummary() },
  {
    mark: 'benchmarks',
    file: 'README.md',
    content: fromResults(['bench', 'retrieval', 'quality'], benchmarkSummary),
  },
  { mark: 'tools', file: 'docs/tools.md', content: toolReference() },
  { mark: 'settings', file: 'docs/settings.md', content: settingsTables() },
  { mark: 'clause-types', file: 'docs/clause-types.md', content: clauseTable() },
  {
    mark: 'speed',
    file: benchmarks,
    content: fromResults(['bench', 'clients', 'audit'], speedTable),
  },
  {
    mark: 'retrieval',
    file: benchmarks,
    content: fromResults(['retrieval'], retrievalFiguresTable),
  },
  {
    mark: 'clauses-and-facts',
    file: benchmarks,
    content: fromResults(['quality', 'parties'], clausesAndFactsTable),
  },
  { mark: 'vectors', file: benchmarks, content: vectorsTables() },
  { mark: 'scale', file: benchmarks, content: fromResults(['scale'], scaleTable) },
  { file: 'docs/scale.svg', content: fromResults(['scale'], scalePlot) },
  {
    mark: 'figures',
    file: 'models/contract-clauses/README.md',
    content: fromResults(['quality'], clauseCard),
  },
  {
    file: 'models/contract-clauses/reliability.svg',
    content: fromResults(['quality'], reliabilitySvg),
  },
  {
    mark: 'figures',
    file: 'models/contract-parties/README.md',
    content: fromResults(['parties'], partiesCard),
  },
  {
    mark: 'figures',
    file: 'models/contract-embedding/README.md',
    content: fromResults(['embedding'], embeddingCard),
  },
  {
    mark: 'figures',
    file: 'models/passage-ranking/README.md',
    content: fromResults(['ranking'], rankingCard),
  },
];

for (const { mark, file, content } of parts) {
  if (content === undefined) continue;
  const path = join(packageRoot(), file);
  const before = readFileSync(path, 'utf8');
  const after = mark === undefined ? content : replacePart(before, mark, content, file);
  if (process.argv.includes('--write')) {
    writeFileSync(path, after);
  } else if (process.argv.includes('--check')) {
    if (after === before) continue;
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${content}\n\n`);
  }
}
