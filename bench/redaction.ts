import { performance } from 'node:perf_hooks';
import type { Redaction, Span } from '../src/domain/documents.ts';
import { findNames } from '../src/redact/find-names.ts';
import { collectNames } from '../src/redact/name-finder.ts';
import { maskCharacter } from '../src/redact/mask.ts';
import { Masker } from '../src/redact/masker.ts';
import { readSamples } from '../samples/render.ts';
import { plainText } from '../samples/rendering/source.ts';
import { findCorpus, readCorpus } from '../training/corpus.ts';
import { percentile, table } from './figures.ts';
import { findLabelSpans, readLabels } from './redaction-labels.ts';

/**
 * `npm run bench:redaction`: how much of what is to be hidden is hidden in the sample contracts, against
 * labels made by reading them, and how long masking takes, on real contracts where CUAD is there.
 */

const print = (text: string) => process.stdout.write(`${text}\n`);

const overlaps = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** Runs of hidden words in a masked text. */
function maskedRuns(text: string): Span[] {
  const run = new RegExp(`${maskCharacter}+(?:[ \\u00a0]${maskCharacter}+)*`, 'g');
  return Array.from(text.matchAll(run), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
}

interface Counts {
  labelled: number;
  hidden: number;
  runs: number;
  right: number;
}

/** Of one kind, over all samples: labelled words that are wholly hidden, and hidden runs that are labelled. */
function measure(kind: Redaction): Counts {
  const labels = readLabels();
  const counts: Counts = { labelled: 0, hidden: 0, runs: 0, right: 0 };
  for (const sample of readSamples()) {
    const { file, facts } = sample.options;
    const text = plainText(sample);
    const parties = facts.parties.map(({ name }) => name);
    const known = collectNames(text, findNames(text), parties);
    const masked = new Masker([kind], known).maskText(text);
    const labelSpans = findLabelSpans(text, labels[file]![kind]);
    const runs = maskedRuns(masked);
    const isHidden = ({ start, end }: Span) => !/[^\s█]/.test(masked.slice(start, end));
    counts.labelled += labelSpans.length;
    counts.hidden += labelSpans.filter(isHidden).length;
    counts.runs += runs.length;
    counts.right += runs.filter((run) => labelSpans.some((span) => overlaps(run, span))).length;
  }
  return counts;
}

/** Milliseconds for a text that was not seen before, and for one whose names are known. */
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
  String(counts.hidden),
  counts.hidden / counts.labelled,
  String(counts.runs),
  counts.right / counts.runs,
];

function main(): void {
  print('The sample contracts, on which the rules were written:\n');
  print(
    table(
      ['what', 'labelled', 'wholly hidden', 'recall', 'hidden runs', 'precision'],
      [countRow(measure('amounts'), 'amounts'), countRow(measure('names'), 'names and contacts')],
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
    table(['', 'p50', 'p95', 'p99', 'most'], [row('never seen', firstMs), row('again', repeatMs)]),
  );
}

main();
