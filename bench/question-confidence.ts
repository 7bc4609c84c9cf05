import { Embedder } from '../src/embed/embedder.ts';
import { prominences } from '../src/search/question-confidence.ts';
import { findCorpus, readCorpus, splitByCompany, type CuadContract } from '../training/corpus.ts';
import { passagesOf } from '../training/passages.ts';
import { overlap, union } from '../training/spans.ts';
import { questions } from './questions.ts';
import { learnWithout } from './retrieval-halves.ts';

/**
 * Fits and judges the confidence of passages that are given for a question in free words
 * (src/search/question-confidence.ts) on ../shared/cuad: every question of questions.ts is put to
 * every contract, answered there or not, with an embedding model learned from the other half of the
 * companies and without clause types. Prints the fit over all, and reliability tables of fits that
 * saw neither the company nor, in the second, the question.
 */

interface Shown {
  company: string;
  category: string;
  passages: number;
  prominence: number;
  answers: boolean;
}

interface Fit {
  intercept: number;
  perProminence: number;
}

/** Passages looked at for each question: the nearest. */
const nearest = 5;

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** A passage answers when it holds a quarter of what lawyers marked, or is half of it itself. */
async function judge(contract: CuadContract, embedder: Embedder): Promise<Shown[]> {
  const passages = passagesOf(contract);
  const vectors = await embedder.embedPassages(passages.map(({ text }) => text));
  const shown: Shown[] = [];
  for (const [category, question] of Object.entries(questions)) {
    const asked = await embedder.embedQuery(question);
    const above = prominences(vectors.map((vector) => dot(vector, asked)));
    const marked = union(contract.labels.get(category) ?? []);
    const length = marked.reduce((sum, span) => sum + span.end - span.start, 0);
    const best = above.map((_, at) => at).sort((a, b) => above[b]! - above[a]!);
    for (const at of best.slice(0, nearest)) {
      const passage = passages[at]!;
      const held = marked.reduce((sum, span) => sum + overlap(passage, span), 0);
      shown.push({
        company: contract.company,
        category,
        passages: passages.length,
        prominence: above[at]!,
        answers: held > 0 && (held >= length / 4 || held >= (passage.end - passage.start) / 2),
      });
    }
  }
  return shown;
}

const probability = ({ intercept, perProminence }: Fit, { prominence }: Shown) =>
  1 / (1 + Math.exp(-(intercept + perProminence * prominence)));

/** Logistic regression on one feature, by Newton's method. */
function fit(shown: Shown[]): Fit {
  const found: Fit = { intercept: 0, perProminence: 0 };
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const one of shown) {
      const p = probability(found, one);
      const error = p - (one.answers ? 1 : 0);
      const weight = p * (1 - p);
      g0 += error;
      g1 += error * one.prominence;
      h00 += weight;
      h01 += weight * one.prominence;
      h11 += weight * one.prominence ** 2;
    }
    const determinant = h00 * h11 - h01 * h01;
    found.intercept -= (h11 * g0 - h01 * g1) / determinant;
    found.perProminence -= (h00 * g1 - h01 * g0) / determinant;
  }
  return found;
}

/** Each passage with the probability by a fit that saw nothing of its fold. */
function heldOut(shown: Shown[], foldOf: (one: Shown) => string): { p: number; one: Shown }[] {
  const names = [...new Set(shown.map(foldOf))].sort();
  const fold = (one: Shown) => names.indexOf(foldOf(one)) % 5;
  return [0, 1, 2, 3, 4].flatMap((held) => {
    const found = fit(shown.filter((one) => fold(one) !== held));
    return shown
      .filter((one) => fold(one) === held)
      .map((one) => ({ p: probability(found, one), one }));
  });
}

function printTable(title: string, judged: { p: number; one: Shown }[]): void {
  process.stdout.write(`\n${title}\n  said        passages  mean said  that answer\n`);
  const edges = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.001];
  edges.slice(1).forEach((to, at) => {
    const bin = judged.filter(({ p }) => p >= edges[at]! && p < to);
    if (bin.length === 0) return;
    const said = bin.reduce((sum, { p }) => sum + p, 0) / bin.length;
    const right = bin.filter(({ one }) => one.answers).length / bin.length;
    const range = `${edges[at]!.toFixed(2)}–${Math.min(to, 1).toFixed(2)}`;
    process.stdout.write(
      `  ${range}  ${String(bin.length).padStart(10)}  ${said.toFixed(2).padStart(9)}  ${right.toFixed(2).padStart(11)}\n`,
    );
  });
}

async function measure(corpus: string): Promise<void> {
  const shown: Shown[] = [];
  const halves = splitByCompany(readCorpus(corpus)) as [CuadContract[], CuadContract[]];
  for (const [half, contracts] of halves.entries()) {
    const embedder = await Embedder.open({ model: learnWithout(half, halves) });
    for (const contract of contracts) shown.push(...(await judge(contract, embedder)));
  }
  const { intercept, perProminence } = fit(shown);
  process.stdout.write(
    `fit: intercept ${intercept.toFixed(2)}, perProminence ${perProminence.toFixed(2)} ` +
      `(${shown.length} passages, ${shown.filter((one) => one.answers).length} that answer)\n`,
  );
  const byCompany = heldOut(shown, (one) => one.company);
  printTable('companies not fitted on', byCompany);
  printTable(
    'questions not fitted on',
    heldOut(shown, (one) => one.category),
  );
  printTable(
    'contracts of fewer than 40 passages (companies not fitted on)',
    byCompany.filter(({ one }) => one.passages < 40),
  );
}

const corpus = findCorpus();
if (corpus) await measure(corpus);
else process.stdout.write('../shared/cuad is not there: nothing to measure.\n');
