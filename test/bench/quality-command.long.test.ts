import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clausesAndFactsTable } from '../../bench/docs/benchmarks-page.ts';
import { clauseCard, reliabilitySvg } from '../../bench/docs/model-cards.ts';
import type { QualityFigures } from '../../bench/quality/quality-figures.ts';
import { cardFigures } from '../../bench/quality/report.ts';
import { readResult, rounded } from '../../training/result-file.ts';

/** `npm run bench:quality` as a process, on synthetic contracts. */

const root = join(import.meta.dirname, '..', '..');
const law = 'This Agreement is governed by the laws of the State of Vermont.';
const clauses: Record<string, string> = {
  'Document Name': 'HONEY SUPPLY AGREEMENT',
  'Governing Law': law,
  Insurance: 'Seller shall maintain liability insurance of one million dollars and name Buyer as an additional insured.',
}; // prettier-ignore

function contractText(company: string): string {
  return [
    'HONEY SUPPLY AGREEMENT',
    `This Honey Supply Agreement is made on March 3, 2019 between ${company} Apiaries, Inc., a Vermont corporation (“Seller”), and Larch Tea House LLC (“Buyer”).`,
    `1. Supply. Seller sells and Buyer buys forty jars of honey in each month of the year.`,
    `2. Insurance. ${clauses['Insurance']}`,
    `3. Governing Law. ${law}`,
    '4. Confidentiality. Each party keeps the confidential information of the other secret and does not disclose it to third parties.',
  ].join('\n\n');
}

async function writePdf(file: string, text: string): Promise<void> {
  const document = new PDFDocument();
  const stream = createWriteStream(file);
  document.pipe(stream);
  document.fontSize(11).text(text.replaceAll(/[“”]/g, '"'));
  document.end();
  await once(stream, 'finish');
}

const folder = mkdtempSync(join(tmpdir(), 'deedbox-quality-'));
const corpus = join(folder, 'corpus');
const out = join(folder, 'out');

function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = ['--import', 'tsx', join(root, 'bench', 'quality', 'quality.ts'), ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

beforeAll(async () => {
  mkdirSync(join(corpus, 'contracts'), { recursive: true });
  mkdirSync(join(corpus, 'pdf'));
  const lines = [];
  for (const company of ['BIRCH', 'CEDAR', 'HAZEL', 'ROWAN']) {
    const text = contractText(company);
    const name = `${company}_03_03_2019-EX-1-SUPPLY`;
    writeFileSync(join(corpus, 'contracts', `${name}.txt`), text);
    const pdf = company === 'ROWAN' ? null : `pdf/${name}.pdf`;
    if (pdf) await writePdf(join(corpus, pdf), text);
    const spans = Object.entries(clauses).map(([category, words]) => {
      const start = text.indexOf(words);
      return [category, [{ start, end: start + words.length }]];
    });
    lines.push({
      name,
      text: `contracts/${name}.txt`,
      pdf,
      answers: { 'Document Name': 'HONEY SUPPLY AGREEMENT', 'Governing Law': 'Vermont' },
      clauses: Object.fromEntries(spans),
    });
  }
  const half = { queries: 2, recall8: 0.25, precision1: 0.5, highlight1: 0.5, rightContract: 1 };
  const wholeQuery = {
    name: 'whole query',
    halves: [half, { ...half, recall8: 0.75 }],
    categories: [],
  };
  mkdirSync(out);
  writeFileSync(
    join(out, 'retrieval.json'),
    JSON.stringify({ on: '2020-02-02', machine: 'an old one', rows: [wholeQuery] }),
  );
  const json = lines.map((line) => JSON.stringify(line)).join('\n');
  writeFileSync(join(corpus, 'labels.jsonl'), `${json}\n`);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Elements that are not closed properly, and stray angle brackets. */
function unbalanced(markup: string): string[] {
  const openTags: string[] = [];
  const wrong: string[] = [];
  const tag = /<(\/?)([a-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>/g;
  for (const [, closes, name = '', , empty] of markup.matchAll(tag)) {
    if (closes) {
      if (openTags.pop() !== name) wrong.push(name);
    } else if (!empty) openTags.push(name);
  }
  return [...wrong, ...openTags, ...(markup.replaceAll(tag, '').match(/[<>]/g) ?? [])];
}

describe('bench:quality', () => {
  it('measures, prints, and writes a self-contained report', { timeout: 120_000 }, async () => {
    const { code, stdout, stderr } = await run(['--corpus', corpus, '--out', out, '--folds', '2']);
    expect(code, stderr).toBe(0);

    const figures = JSON.parse(readFileSync(join(out, 'figures.json'), 'utf8')) as QualityFigures;
    expect(figures).toMatchObject({ contracts: 4, companies: 4, folds: 2, pdfs: 3 });
    expect(figures.categories['Governing Law']!.first.value).toBe(1);
    expect(figures.facts['governing law']!.counts).toMatchObject({ right: 4, wrong: 0 });
    expect(figures.pdfDifference.some(({ tooLow }) => tooLow)).toBe(false);
    expect(figures.ownTypes['confidentiality']!.counts.headed).toBe(4);
    expect(figures.speed.median).toBeGreaterThan(0);

    const aupr = figures.cuad.aupr.value.toFixed(3);
    expect(stdout).toContain(`| AUPR | ${aupr} |`);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain(aupr);
    expect(report).not.toMatch(/(?:src|href)="(?!#)|NaN|undefined|Infinity/);
    const drawings = report.match(/<svg.*?<\/svg>/gs) ?? [];
    expect(report).toContain('Measured on 2020-02-02 on an old one, 2 + 2 queries');
    expect(report).toContain('0.500 (0.250, 0.750)');
    expect(drawings).toHaveLength(5);
    for (const drawing of drawings) expect(unbalanced(drawing)).toEqual([]);
  });

  it('exits with 1 and names the figure that fell where a PDF lacks a clause of the text', async () => {
    const corpusWithoutLaw = join(folder, 'torn');
    cpSync(corpus, corpusWithoutLaw, { recursive: true });
    const name = 'BIRCH_03_03_2019-EX-1-SUPPLY';
    await writePdf(
      join(corpusWithoutLaw, 'pdf', `${name}.pdf`),
      contractText('BIRCH').replace(law, ''),
    );
    const { code, stderr } = await run([
      '--corpus',
      corpusWithoutLaw,
      '--out',
      join(folder, 'torn-out'),
      '--folds',
      '2',
    ]);
    expect(code, stderr).toBe(1);
    expect(stderr).toMatch(/Too far below the texts on PDFs:.*fact: governing law \(-0\.333\)/);
  }, 120_000);

  it('writes a result from which the same model card is generated', () => {
    const figures = JSON.parse(readFileSync(join(out, 'figures.json'), 'utf8')) as QualityFigures;
    const result = readResult('quality', out)!;
    expect(result.figures['cuad.aupr']).toMatchObject({
      value: rounded(figures.cuad.aupr.value),
      unit: 'share',
      interval: figures.cuad.aupr.interval.map(rounded),
    });
    const card = clauseCard(result);
    expect(card).toContain(`| AUPR | ${figures.cuad.aupr.value.toFixed(3)} |`);
    expect(card).toBe(cardFigures(figures));
    expect(reliabilitySvg(result)).toBe(readFileSync(join(out, 'reliability.svg'), 'utf8'));
    expect(unbalanced(reliabilitySvg(result))).toEqual([]);
    const tagger = { value: 0.83, unit: 'share' as const };
    const parties = { 'all.rules.allFound': tagger, 'all.model.allFound': tagger };
    const table = clausesAndFactsTable(result, { ...result, name: 'parties', figures: parties });
    expect(table).toContain(`| ${figures.cuad.aupr.value.toFixed(2)}; `);
    expect(table).toContain('| 0.83; 0.83 |');
  });

  it('reports a wrong option, and measures nothing', async () => {
    const folds = await run(['--corpus', corpus, '--out', out, '--folds', 'many']);
    expect(folds).toMatchObject({
      code: 2,
      stdout: '',
      stderr: '--folds must be a whole number above 0, not "many".\n',
    });
    const nowhere = await run(['--corpus', join(folder, 'nowhere'), '--out', out]);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toMatch(/^There is no labels\.jsonl in .*nowhere/);
  });
});
