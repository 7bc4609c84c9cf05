import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simpleDocx } from '../extract/fixtures.ts';
import { deedbox, samples, temporaryFolder } from '../support/cli.ts';

const characters = 5_000_000;
const repeated = (text: string) => text.repeat(Math.ceil(characters / text.length));
const numbered = (line: (n: number) => string) => {
  let text = '';
  for (let n = 1; text.length < characters; n += 1) text += line(n);
  return text;
};

/** Texts that hold one pattern and nothing else. Short ones are repeated, so that each is as long. */
const texts: Record<string, string> = {
  underscores: repeated('__\n'),
  'numbered-lines': repeated('1.\n'),
  'lettered-lines': repeated('(a)\n'),
  'spaced-dots': repeated('. . . '),
  names: repeated('ACME\n'),
  'one-word': repeated('A'),
  'one-line': repeated('the parties agree that '),
  'one-sentence': repeated('the parties, and each of them,\n'),
  headings: numbered((n) => `${n}. Governing Law\n`),
  parties: numbered((n) => `Party ${n} Inc., a Delaware corporation, and `),
  dates: repeated('dated as of January 1, 2024, '),
  'defined-terms': numbered((n) => `("Term ${n}") `),
  contents: numbered((n) => `Article ${n} ${'.'.repeat(40)} ${n}\n`),
  'page-breaks': repeated('a\f'),
  brackets: repeated('('),
  quotes: repeated('“'),
  spaces: `Agreement${repeated(' ')}.`,
  tabs: repeated('a\t'),
  marks: `Agreement ${repeated('\u0301')}`,
  digits: repeated('1'),
};

it('ends the sync with each poisonous file read or failed, and reads the others', async () => {
  const folder = temporaryFolder();
  const data = temporaryFolder();
  cpSync(join(samples), join(folder, 'good'), { recursive: true });
  mkdirSync(join(folder, 'poison'));
  for (const [name, text] of Object.entries(texts))
    writeFileSync(join(folder, 'poison', `${name}.txt`), text);
  const paragraphs = Array.from({ length: 100 }, () => ' .'.repeat(50_000));
  writeFileSync(join(folder, 'poison', 'dots.docx'), await simpleDocx(...paragraphs));

  const { stdout, stderr } = await deedbox('--data', data, 'ingest', folder, '--json');
  const sync = JSON.parse(stdout) as Record<string, unknown> & {
    failures: { file_name: string; reason: string }[];
  };
  expect(sync, stderr).toMatchObject({ state: 'done', pending: 0 });
  const reasons = ['too_large', 'timed_out', 'no_text', 'corrupt'];
  for (const { file_name: name, reason } of sync.failures) {
    expect(
      Object.keys(texts)
        .map((key) => `${key}.txt`)
        .concat('dots.docx'),
    ).toContain(name);
    expect(reasons).toContain(reason);
  }
  const { stdout: found } = await deedbox('--data', data, 'search', 'governing law', '--json');
  expect(found).toContain('document_id');
}, 1_800_000);
