import { performance } from 'node:perf_hooks';
import type { Redaction, Span } from '../src/domain/documents.ts';
import { findNames } from '../src/redact/find-names.ts';
import { collectNames } from '../src/redact/name-finder.ts';
import { maskCharacter } from '../src/redact/mask.ts';
import { Masker } from '../src/redact/masker.ts';
import { readSamples } from '../samples/render.ts';
import { plainText } from '../samples/rendering/source.ts';
import { findCorpus, readCorpus } from '../training/corpus.ts';
import { figureOf, writeResult, type Figures } from '../training/result-file.ts';
import { percentile, table, timeFigures } from './figures.ts';
import { findLabelSpans, readLabels } from './redaction-labels.ts';

/**
 * `npm run bench:redaction`: recall and precision of masking on the sample contracts, against labels
 * made by hand, and how long masking takes on the contracts of CUAD; on the samples where there is no
 * CUAD, and then no bench/results/redaction.json is written.
 */

const print = (text: string) => process.stdout.write(`${text}\n`);

const overlaps = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** Runs of masked words. */
function maskedRuns(text: string): Span[] {
  const run = new RegExp(`${maskCharacter}+(?:[ \\u00a0]${maskCharacter}+)*`, 'g');
  return Array.from(text.matchAll(run), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
}

interface Counts {
  labelled: number;
  /** Labelled spans of which every character is masked. */
  masked: number;
  /** Runs of masked words, and those that overlap a label. */
  runs: number;
  right: number;
}

/** Counts of one kind over all samples. */
function measure(kind: Redaction): Counts {
  const labels = readLabels();
  const counts: Counts = { labelled: 0, masked: 0, runs: 0, right: 0 };
  for (const sample of readSamples()) {
    const { file, facts } = sample.options;
    const text = plainText(sample);
    const parties = facts.parties.map(({ name }) => name);
    const known = collectNames(text, findNames(text), parties);
    const masked = new Masker([kind], known).maskText(text);
    const labelSpans = findLabelSpans(text, labels[file]![kind]);
    const runs = maskedRuns(masked);
    const isMasked = ({ start, end }: Span) => !/[^\s█]/.test(masked.slice(start, end));
    counts.labelled += labelSpans.length;
    counts.masked += labelSpans.filter(isMasked).length;
    counts.runs += runs.length;
    counts.right += runs.filter((run) => labelSpans.some((span) => overlaps(run, span))).length;
  }
  return counts;
}

/** Milliseconds for a text whose names are not known yet, and for the same text again. */
function speed(texts: string[]): { firstMs: number[]; repeatMs: number[] } {
  const firstMs: number[] = [];
  const repeatMs: number[] = [];
  for (const text of texts) {
    const begin = performance.now();
    const masker = new Masker(['amounts', 'names'], collectNames(text, findNames(text), []));
    masker.maskText(text);
    const firstDone = performance.now();
    masker.maskText(text);
    firstMs.push(firstDone - begin);
    repeatMs.push(performance.now() - firstDone);
  }
  return { firstMs, repeatMs };
}

const countRow = (counts: Counts, kind: string) => [
  kind,
  String(counts.labelled),
  String(counts.masked),
  counts.masked / counts.labelled,
  String(counts.runs),
  counts.right / counts.runs,
];

const countFigures = (kind: string, counts: Counts): Figures => ({
  [`${kind}.labelled`]: figureOf(counts.labelled, 'count'),
  [`${kind}.masked`]: figureOf(counts.masked, 'count'),
  [`${kind}.recall`]: figureOf(counts.masked / counts.labelled, 'share'),
  [`${kind}.runs`]: figureOf(counts.runs, 'count'),
  [`${kind}.precision`]: figureOf(counts.right / counts.runs, 'share'),
});

function main(): void {
  const [amounts, names] = [measure('amounts'), measure('names')];
  print('The sample contracts, on which the rules were written:\n');
  print(
    table(
      ['what', 'labelled', 'wholly masked', 'recall', 'masked runs', 'precision'],
      [countRow(amounts, 'amounts'), countRow(names, 'names and contacts')],
    ),
  );
  const folder = findCorpus();
  const texts = folder
    ? readCorpus(folder).map(({ text }) => text)
    : readSamples().map((sample) => plainText(sample));
  const { firstMs, repeatMs } = speed(texts);
  const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  print(
    `\n${texts.length} ${folder ? 'contracts of CUAD' : 'samples'}, ${Math.round(characters)} characters each on average; milliseconds for a whole text:\n`,
  );
  const row = (what: string, times: number[]) => [
    what,
    ...[0.5, 0.95, 0.99].map((part) => percentile(times, part).toFixed(1)),
    Math.max(...times).toFixed(1),
  ];
  print(
    table(
      ['', 'p50', 'p95', 'p99', 'maximum'],
      [row('first time', firstMs), row('again', repeatMs)],
    ),
  );
  if (!folder) return;
  writeResult({
    name: 'redaction',
    command: 'npm run bench:redaction',
    corpus: `the samples; for speed, ${texts.length} contracts of CUAD v1`,
    figures: {
      ...countFigures('amounts', amounts),
      ...countFigures('names', names),
      ...timeFigures('first time', firstMs),
      ...timeFigures('again', repeatMs),
    },
  });
}

main();
