import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mammoth from 'mammoth';
import { PDFParse } from 'pdf-parse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainText } from '../../samples/rendering/source.ts';
import { readSamples, renderSamples } from '../../samples/render.ts';

const committed = join(dirname(fileURLToPath(import.meta.url)), '../../samples');
const samples = readSamples();

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort();

describe('the committed contracts', () => {
  let rendered: string;
  beforeAll(async () => {
    rendered = mkdtempSync(join(tmpdir(), 'deedbox-samples-'));
    await renderSamples(rendered);
  });
  afterAll(() => rmSync(rendered, { recursive: true, force: true }));

  it('are what the sources render to, byte for byte', () => {
    const names = filesUnder(join(rendered, 'contracts'));
    expect(filesUnder(join(committed, 'contracts'))).toEqual(names);
    for (const name of names) {
      const expected = readFileSync(join(rendered, 'contracts', name));
      const actual = readFileSync(join(committed, 'contracts', name));
      expect(actual.equals(expected), `${name} is stale: npx tsx samples/render.ts`).toBe(true);
    }
  });

  it('have the facts of the sources', () => {
    const [actual, expected] = [committed, rendered].map((folder) =>
      readFileSync(join(folder, 'facts.json'), 'utf8'),
    );
    expect(actual).toBe(expected);
  });

  it('cover every format', () => {
    const endings = filesUnder(join(committed, 'contracts')).map((name) => extname(name));
    expect(new Set(endings)).toEqual(new Set(['.pdf', '.docx', '.md', '.html', '.txt']));
  });
});

describe.each(samples.map((sample) => [sample.options.file, sample] as const))(
  '%s',
  (file, sample) => {
    const text = plainText(sample);

    it.each(sample.options.questions)('answers "$question" once', ({ answer }) => {
      expect(text.split(answer)).toHaveLength(2);
    });

    it('names its parties and, where it states them, its dates', () => {
      const { parties, agreement_date, effective_date, expiration_date } = sample.options.facts;
      for (const { name } of parties) expect(text).toContain(name);
      const stated = expiration_date?.basis === 'stated' ? expiration_date.value : undefined;
      for (const date of [agreement_date, effective_date, stated]) {
        if (date) expect(text).toMatch(longDatePattern(date));
      }
    });

    it('has a renewal that follows its first term', () => {
      const { renewal, expiration_date, renewal_term, notice_period } = sample.options.facts;
      if (!renewal) return;
      expect(renewal_term).toBeDefined();
      expect(notice_period).toBeDefined();
      const days = (Date.parse(renewal.first) - Date.parse(expiration_date?.value ?? '')) / 864e5;
      expect([0, 1]).toContain(days);
    });

    it('has the same text in its file as in its source', async () => {
      const fileText = await readLettersAndDigits(join(committed, 'contracts', file));
      const answers = sample.options.questions.map(({ answer }) => lettersAndDigits(answer));
      for (const answer of answers) expect(fileText).toContain(answer);
    });
  },
);

function longDatePattern(date: string): RegExp {
  const format = (locale: string) =>
    new Date(date).toLocaleDateString(locale, { dateStyle: 'long', timeZone: 'UTC' });
  return new RegExp(`${format('en-US')}|${format('en-GB')}`);
}

/** Letters and digits only, since lines, hyphens and quotation marks vary. */
const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]+/gu, '');

async function readLettersAndDigits(path: string): Promise<string> {
  const bytes = readFileSync(path);
  if (path.endsWith('.docx')) {
    return lettersAndDigits((await mammoth.extractRawText({ buffer: bytes })).value);
  }
  if (!path.endsWith('.pdf'))
    return lettersAndDigits(bytes.toString('utf8').replace(/<[^>]*>/g, ''));
  const parser = new PDFParse({ data: new Uint8Array(bytes) });
  try {
    return lettersAndDigits((await parser.getText({ pageJoiner: '' })).text);
  } finally {
    await parser.destroy();
  }
}
