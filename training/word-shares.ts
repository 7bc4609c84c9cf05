import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { foldText, wordsOf } from '../src/domain/fold-text.ts';
import { passageTokenizer } from '../src/store/sqlite/full-text.ts';
import { findCorpus, readCorpus } from './corpus.ts';
import { segmentPassages } from './passages.ts';

/** Rarer words do not matter: they are always looked up. */
const minShare = 0.001;

/** A word of fewer contracts is a name, however often it stands there. */
const minContracts = 10;

/**
 * `npm run train:words`: counts in how many passages of the contracts of ../shared/cuad each word stands, as
 * full-text search stems it and as it is written, and writes src/store/sqlite/word-shares.ts
 * and src/domain/common-words.ts.
 */
const corpus = findCorpus();
if (!corpus) throw new Error('There is no ../shared/cuad beside the repository.');
const db = new Database(':memory:');
db.exec(`CREATE VIRTUAL TABLE passages USING fts5 (
    body, content = '', tokenize = '${passageTokenizer}');
  CREATE VIRTUAL TABLE words USING fts5vocab (passages, row);`);
const insert = db.prepare('INSERT INTO passages (rowid, body) VALUES (?, ?)');
/** In how many passages and contracts each word stands as it is written. */
const forms = new Map<string, { passages: number; contracts: Set<string> }>();
let passages = 0;
for (const contract of readCorpus(corpus)) {
  for (const { text } of segmentPassages(contract)) {
    insert.run((passages += 1), foldText(text));
    for (const form of new Set(wordsOf(foldText(text)))) {
      const known = forms.get(form) ?? { passages: 0, contracts: new Set() };
      forms.set(form, { ...known, passages: known.passages + 1 });
      known.contracts.add(contract.name);
    }
  }
}
const words = db
  .prepare<[number], { term: string; doc: number }>(
    'SELECT term, doc FROM words WHERE doc >= ? ORDER BY doc DESC, term',
  )
  .all(passages * minShare);

const count = passages.toLocaleString('en');
writeFileSync(
  join(import.meta.dirname, '../src/store/sqlite/word-shares.ts'),
  `/**
 * In how many of 1,000 passages of contracts a word stands, as full-text search stems it; the commonest first.
 * Counted by \`npm run train:words\` over ${count} passages of CUAD v1; words in fewer than one are left out.
 */
const shares =
${listed(words.map(({ term, doc }) => `${term} ${((doc / passages) * 1000).toFixed(1)}`))};

/** The share of passages, 0 to 1, in which a stem is expected; 0 for those that are rare. */
export const wordShares: ReadonlyMap<string, number> = new Map(
  shares
    .split(',')
    .slice(0, -1)
    .map((entry) => {
      const [stem, share] = entry.split(' ') as [string, string];
      return [stem, Number(share) / 1000];
    }),
);
`,
);
const common = [...forms]
  .filter(([, one]) => one.passages >= passages * minShare && one.contracts.size >= minContracts)
  .map(([form]) => form);
writeFileSync(
  join(import.meta.dirname, '../src/domain/common-words.ts'),
  `const words =
${listed(common.sort())};

/**
 * Words that stand in at least one of 1,000 passages, and in ${minContracts} contracts or more, as they are written there, folded.
 * Counted by \`npm run train:words\` over ${count} passages of CUAD v1.
 */
export const commonWords: ReadonlySet<string> = new Set(words.split(',').slice(0, -1));
`,
);
console.log(`${words.length} stems and ${common.length} words of ${passages} passages`);

/** The entries, each with a comma behind it, as string literals that are added up. */
function listed(entries: string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const entry of entries) {
    if (line.length + entry.length + 1 > 90) {
      lines.push(line);
      line = '';
    }
    line += `${entry},`;
  }
  return [...lines, line].map((text) => `  '${text}'`).join(' +\n');
}
