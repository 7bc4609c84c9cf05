/**
 * `npm run bench:extract [-- DIR] [--texts DIR] [--out DIR]`: compares the readers of PDFs, and Debian's
 * pdftotext where it is installed, on the PDFs in a folder: CPU time a page, files that each cannot
 * read, and how well each text fits the one in --texts with the same name, and PDFium's, by F1 of runs
 * of three words. By default on ../shared/cuad, whose PDFs are in `pdf` and texts in `contracts`.
 *
 * --out DIR writes the texts, as NAME.READER.txt
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse as parsePath } from 'node:path';
import { parseArgs } from 'node:util';
import { extractPdf } from '../src/extract/pdf.ts';
import { readWithPdfParse } from '../src/extract/pdf-parse-reader.ts';
import type { PdfText } from '../src/extract/pdf-text.ts';
import { readWithPdfium } from '../src/extract/pdfium-reader.ts';
import { findCorpus } from '../training/corpus.ts';
import { table } from './figures.ts';

/** The texts of one reader by the names of the files; those that it cannot read are missing. */
interface Reading {
  reader: string;
  texts: Map<string, string>;
  cpuMs: number;
}

/** Reads all files with one reader. */
async function measure(
  reader: string,
  read: (data: Buffer) => Promise<PdfText>,
  files: Map<string, Buffer>,
): Promise<Reading & { pages: number }> {
  // the first file loads the library
  await read([...files.values()][0]!).catch(() => {});
  const texts = new Map<string, string>();
  let pages = 0;
  const start = process.cpuUsage();
  for (const [name, data] of files) {
    const text = await read(data).catch(() => undefined);
    if (!text) continue;
    texts.set(name, text.pages.join('\n\n'));
    pages += text.pages.length;
  }
  const { user, system } = process.cpuUsage(start);
  return { reader, texts, cpuMs: (user + system) / 1000, pages };
}

/** As `extractPdf` reads: with the reader that it chooses, and its checks. */
async function readAsDeedbox(data: Buffer): Promise<PdfText> {
  const { text, pages, title } = await extractPdf(data);
  return { pages: pages.map(({ start, end }) => text.slice(start, end).trimEnd()), title };
}

/** The same of pdftotext; undefined where it is not installed. Starting it for each file is included. */
function measurePdftotext(folder: string, names: string[]): Reading | undefined {
  if (spawnSync('pdftotext', ['-v']).error) return undefined;
  const out = mkdtempSync(join(tmpdir(), 'deedbox-pdftotext-'));
  try {
    const script = 'cd "$0"; for f; do pdftotext -q "$f" "$OUT/$f.txt"; done; times';
    const { stdout } = spawnSync('/bin/sh', ['-c', script, folder, ...names], {
      env: { ...process.env, OUT: out },
      encoding: 'utf8',
    });
    const texts = new Map(
      names
        .filter((name) => existsSync(join(out, `${name}.txt`)))
        .map((name) => [name, readFileSync(join(out, `${name}.txt`), 'utf8')]),
    );
    return { reader: 'pdftotext', texts, cpuMs: childrenCpuMs(stdout) };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** From the shell's `times`, which prints the user and system time of its children last. */
function childrenCpuMs(output: string): number {
  const times = [...output.matchAll(/(\d+)m([\d.]+)s/g)].slice(-2);
  return times.reduce(
    (sum, [, minutes, seconds]) => sum + +minutes! * 60_000 + +seconds! * 1000,
    0,
  );
}

/** The runs of three words of a text, with their counts. */
function countRuns(text: string): Map<string, number> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const runs = new Map<string, number>();
  for (let at = 0; at + 2 < words.length; at++) {
    const run = words.slice(at, at + 3).join(' ');
    runs.set(run, (runs.get(run) ?? 0) + 1);
  }
  return runs;
}

/** The F1 of two texts by their runs of three words. */
function similarity(a: string, b: string): number {
  const [runsA, runsB] = [countRuns(a), countRuns(b)];
  const size = (runs: Map<string, number>) => [...runs.values()].reduce((sum, n) => sum + n, 0);
  let shared = 0;
  for (const [run, count] of runsA) shared += Math.min(count, runsB.get(run) ?? 0);
  return (2 * shared) / Math.max(1, size(runsA) + size(runsB));
}

/** The mean similarity of the texts of the files that both have, or a dash. */
function meanSimilarity(texts: Map<string, string>, others: Map<string, string>): number | string {
  const shared = [...texts].filter(([name]) => others.has(name));
  if (shared.length === 0) return '-';
  const sum = shared.reduce(
    (total, [name, text]) => total + similarity(text, others.get(name)!),
    0,
  );
  return (sum / shared.length).toFixed(4);
}

/** The given texts of files, by the name without its extension. */
function readTexts(folder: string | undefined, names: string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const path = folder && join(folder, `${parsePath(name).name}.txt`);
    if (path && existsSync(path)) texts.set(name, readFileSync(path, 'utf8'));
  }
  return texts;
}

// pdf.js leaves rejected promises behind when it gives up on a file
process.on('unhandledRejection', () => {});
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { texts: { type: 'string' }, out: { type: 'string' } },
});
const corpus = findCorpus();
const folder = positionals[0] ?? (corpus && join(corpus, 'pdf'));
if (folder === undefined) throw new Error('Name a folder of PDFs: there is no ../shared/cuad.');
const defaultTexts = corpus && positionals.length === 0 ? join(corpus, 'contracts') : undefined;
const names = readdirSync(folder)
  .filter((name) => /\.pdf$/i.test(name))
  .sort();
if (names.length === 0) throw new Error(`There is no PDF in ${folder}.`);
const files = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
const given = readTexts(values.texts ?? defaultTexts, names);
const pdfium = await measure('PDFium', readWithPdfium, files);
const used = await measure('as Deedbox reads', readAsDeedbox, files);
const pdfParse = await measure('pdf-parse', readWithPdfParse, files);
const pdftotext = measurePdftotext(folder, names);
const pages = Math.max(pdfium.pages, pdfParse.pages);
const readings: Reading[] = [pdfium, used, pdfParse, ...(pdftotext ? [pdftotext] : [])];

const rows = readings.map(({ reader, texts, cpuMs }) => [
  reader,
  (cpuMs / pages).toFixed(2),
  meanSimilarity(texts, given),
  reader === pdfium.reader ? '-' : meanSimilarity(texts, pdfium.texts),
  String(names.length - texts.size),
]);
console.log(`${names.length} PDFs with ${pages} pages, ${given.size} of them with a text\n`);
console.log(
  table(['reader', 'CPU ms a page', 'F1 with the text', 'F1 with PDFium', 'failed'], rows),
);
if (!pdftotext) console.log('\npdftotext is not installed (poppler-utils).');
for (const { reader, texts } of readings) {
  for (const name of names) if (!texts.has(name)) console.log(`${reader} cannot read ${name}`);
  if (values.out === undefined) continue;
  for (const [name, text] of texts) writeFileSync(join(values.out, `${name}.${reader}.txt`), text);
}
