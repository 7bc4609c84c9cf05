import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { passageTokenizer } from '../src/store/sqlite/full-text.ts';
import { findCorpus, readCorpus } from './corpus.ts';
import { segmentPassages } from './passages.ts';

/** Rarer words do not matter: they are always looked up. */
const minShare = 0.001;

/**
 * `npm run train:words`: counts in how many passages of the contracts of ../shared/cuad each word stands, as
 * full-text search stems it, and writes src/store/sqlite/word-shares.ts.
 */
const corpus = findCorpus();
if (!corpus) throw new Error('There is no ../shared/cuad beside the repository.');
const db = new Database(':memory:');
db.exec(`CREATE VIRTUAL TABLE passages USING fts5 (
    body, content = '', tokenize = '${passageTokenizer}');
  CREATE VIRTUAL TABLE words USING fts5vocab (passages, row);`);
const insert = db.prepare('INSERT INTO passages (rowid, body) VALUES (?, ?)');
let passages = 0;
for (const contract of readCorpus(corpus)) {
  for (const { text } of segmentPassages(contract)) insert.run((passages += 1), text);
}
const words = db
  .prepare<[number], { term: string; doc: number }>(
    'SELECT term, doc FROM words WHERE doc >= ? ORDER BY doc DESC, term',
  )
  .all(passages * minShare);

const lines: string[] = [];
let line = '';
for (const { term, doc } of words) {
  const entry = `${term} ${((doc / passages) * 1000).toFixed(1)},`;
  if (line.length + entry.length > 90) {
    lines.push(line);
    line = '';
  }
  line += entry;
}
lines.push(line);
writeFileSync(
  join(import.meta.dirname, '../src/store/sqlite/word-shares.ts'),
  `/**
 * In how many of 1,000 passages of contracts a word stands, as full-text search stems it; the commonest first.
 * Counted by \`npm run train:words\` over ${passages.toLocaleString('en')} passages of CUAD v1; words in fewer than one are left out.
 */
const shares =
${lines.map((text) => `  '${text}'`).join(' +\n')};

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
console.log(`${words.length} words of ${passages} passages`);
