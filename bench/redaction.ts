import { performance } from 'node:perf_hooks';
import type { Redaction, Span } from '../src/documents.ts';
import { foundNames } from '../src/redact/found-names.ts';
import { knownNames } from '../src/redact/known-names.ts';
import { maskCharacter } from '../src/redact/mask.ts';
import { Masker } from '../src/redact/masker.ts';
import { readSamples } from '../samples/render.ts';
import { plainText } from '../samples/rendering/source.ts';
import { findCorpus, readCorpus } from '../training/corpus.ts';
import { percentile, table } from './figures.ts';
import { labelled, readLabels } from './redaction-labels.ts';

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
    const known = knownNames(text, foundNames(text), parties);
    const masked = new Masker([kind], known).text(text);
    const expected = labelled(text, labels[file]![kind]);
    const runs = maskedRuns(masked);
    const isHidden = ({ start, end }: Span) => !/[^\s█]/.test(masked.slice(start, end));
    counts.labelled += expected.length;
    counts.hidden += expected.filter(isHidden).length;
    counts.runs += runs.length;
    counts.right += runs.filter((run) => expected.some((span) => overlaps(run, span))).length;
  }
  return counts;
}

/** Milliseconds for a text that was not seen before, and for one whose names are known. */
function speed(texts: string[]): { first: number[]; again: number[] } {
  const first: number[] = [];
  const again: number[] = [];
  for (const text of texts) {
    const begin = performance.now();
    const masker = new Masker(['amounts', 'names'], knownNames(text, foundNames(text), []));
    masker.text(text);
    const seen = performance.now();
    masker.text(text);
    first.push(seen - begin);
    again.push(performance.now() - seen);
  }
  return { first, again };
}

const shown = (counts: Counts, kind: string) => [
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
      [shown(measure('amounts'), 'amounts'), shown(measure('names'), 'names and contacts')],
    ),
  );
  const folder = findCorpus();
  const texts = folder
    ? readCorpus(folder).map(({ text }) => text)
    : readSamples().map((sample) => plainText(sample));
  const { first, again } = speed(texts);
  const characters = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  print(
    `\n${texts.length} ${folder ? 'contracts of CUAD' : 'samples'}, ${Math.round(characters)} characters each on average; milliseconds for a whole text:\n`,
  );
  const row = (what: string, times: number[]) => [
    what,
    ...[0.5, 0.95, 0.99].map((part) => percentile(times, part).toFixed(1)),
    Math.max(...times).toFixed(1),
  ];
  print(table(['', 'p50', 'p95', 'p99', 'most'], [row('never seen', first), row('again', again)]));
}

main();
