/**
 * `npm run bench:segmentation`: how well sentences fit the clauses that lawyers labelled in
 * ../shared/cuad, by the Jaccard index of their sets of words, as in CUAD's evaluation.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Span } from '../src/domain/documents.ts';
import { segment } from '../src/segment/segment.ts';

interface LabelledContract {
  name: string;
  text: string;
  clauses: Record<string, Span[]>;
}

const notClauses = new Set([
  'Document Name',
  'Parties',
  'Agreement Date',
  'Effective Date',
  'Expiration Date',
  'Renewal Term',
  'Notice Period To Terminate Renewal',
  'Governing Law',
]);
const maxRun = 40;

function measure(root: string): void {
  const halves = [new Tally('companies, half 1'), new Tally('companies, half 2')];
  let characters = 0;
  let milliseconds = 0;
  for (const line of readFileSync(join(root, 'labels.jsonl'), 'utf8').trim().split('\n')) {
    const contract = JSON.parse(line) as LabelledContract;
    const text = readFileSync(join(root, contract.text), 'utf8');
    const started = performance.now();
    const { sentences, headersAndFooters } = segment(text, [
      { number: 1, start: 0, end: text.length },
    ]);
    milliseconds += performance.now() - started;
    characters += text.length;
    const half = halves[hash(/^[A-Za-z0-9]*/.exec(contract.name)![0].toLowerCase()) % 2]!;
    for (const [category, spans] of Object.entries(contract.clauses)) {
      if (notClauses.has(category)) continue;
      for (const span of spans) {
        const [run, single] = fit(text, sentences, span);
        half.add(run, single, cutByPage(text, headersAndFooters, span));
      }
    }
  }
  for (const half of halves) half.print();
  console.log(`${((characters / milliseconds) * 1000).toFixed(0)} characters a second`);
}

/** The best Jaccard index with a labelled span of a run of sentences, and of a single sentence. */
function fit(text: string, sentences: Span[], label: Span): [run: number, single: number] {
  const labelWords = words(text.slice(label.start, label.end));
  let first = sentences.findIndex((sentence) => sentence.end > label.start);
  if (first < 0) return [0, 0];
  first = Math.max(0, first - 1);
  let last = first;
  while (last + 1 < sentences.length && sentences[last + 1]!.start < label.end) last++;
  let run = 0;
  let single = 0;
  for (let i = first; i <= last; i++) {
    for (let j = i; j <= last && j - i < maxRun; j++) {
      const found = jaccard(labelWords, words(text.slice(sentences[i]!.start, sentences[j]!.end)));
      run = Math.max(run, found);
      if (i === j) single = Math.max(single, found);
    }
  }
  return [run, single];
}

/** Whether a label begins or ends at a page break: sentences continue across it, labels do not. */
function cutByPage(text: string, headersAndFooters: Span[], label: Span): boolean {
  const before = text.slice(0, label.start).trimEnd().length;
  const after =
    label.end + (text.slice(label.end).length - text.slice(label.end).trimStart().length);
  const pageBreak = /\n\s*\n\s*\n\s*\n/;
  return (
    headersAndFooters.some((span) => span.end === before || span.start === after) ||
    pageBreak.test(text.slice(before, label.start)) ||
    pageBreak.test(text.slice(label.end, after))
  );
}

function words(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}

function jaccard(a: Set<string>, b: Set<string>): number {
  let both = 0;
  for (const word of a) if (b.has(word)) both++;
  return both / Math.max(1, a.size + b.size - both);
}

function hash(name: string): number {
  let value = 0;
  for (const char of name) value = (value * 31 + char.codePointAt(0)!) % 1_000_003;
  return value;
}

interface Fit {
  run: number;
  single: number;
  cut: boolean;
}

class Tally {
  readonly #name: string;
  readonly #all: Fit[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  add(run: number, single: number, cut: boolean): void {
    this.#all.push({ run, single, cut });
  }

  print(): void {
    this.#line('all', this.#all);
    this.#line(
      'not cut by the end of a page',
      this.#all.filter(({ cut }) => !cut),
    );
  }

  #line(which: string, fits: Fit[]): void {
    const share = (predicate: (fit: Fit) => boolean) =>
      `${((100 * fits.filter(predicate).length) / Math.max(1, fits.length)).toFixed(1)} %`;
    console.log(
      `${this.#name}: ${fits.length} labelled clauses (${which}): ` +
        `run of sentences ≥ 0.5: ${share(({ run }) => run >= 0.5)}, ` +
        `≥ 0.8: ${share(({ run }) => run >= 0.8)}; ` +
        `single sentence ≥ 0.5: ${share(({ single }) => single >= 0.5)}`,
    );
  }
}

const folder = join(import.meta.dirname, '../../shared/cuad');
if (!existsSync(folder)) {
  console.log('There is no ../shared/cuad beside the repository: nothing to measure.');
} else {
  measure(folder);
}
