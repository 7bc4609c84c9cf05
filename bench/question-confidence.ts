import { dotProduct } from '../src/embed/dot-product.ts';
import { Embedder } from '../src/embed/embedder.ts';
import { zScores } from '../src/search/question-confidence.ts';
import { findCorpus, readCorpus, splitByCompany, type CuadContract } from '../training/corpus.ts';
import { segmentPassages } from '../training/passages.ts';
import { overlap, union } from '../training/spans.ts';
import { questions } from '../training/questions.ts';
import { trainWithout } from '../training/halves.ts';

/**
 * `npm run bench:question-confidence`: fits and evaluates the confidence of passages returned for a
 * free question (src/search/question-confidence.ts) on ../shared/cuad. Every question of questions.ts is
 * asked of every contract, whether it has an answer or not, with an embedding model trained on the other
 * half of the companies and without clause types. Prints the fit over all passages, and reliability
 * tables of cross-validated fits: by company, and by question.
 */

interface LabelledPassage {
  company: string;
  category: string;
  passages: number;
  zScore: number;
  answers: boolean;
}

interface Fit {
  intercept: number;
  perZScore: number;
}

/** Nearest passages that are labelled for each question. */
const maxPassages = 5;

/** A passage answers if it has a quarter of the labelled characters, or half of its own are labelled. */
async function labelPassages(
  contract: CuadContract,
  embedder: Embedder,
): Promise<LabelledPassage[]> {
  const passages = segmentPassages(contract);
  const vectors = await embedder.embedPassages(passages.map(({ text }) => text));
  const labelled: LabelledPassage[] = [];
  for (const [category, question] of Object.entries(questions)) {
    const queryVector = await embedder.embedQuery(question);
    const zScoreList = zScores(vectors.map((vector) => dotProduct(vector, queryVector)));
    const labelSpans = union(contract.labels.get(category) ?? []);
    const length = labelSpans.reduce((sum, span) => sum + span.end - span.start, 0);
    const best = zScoreList.map((_, at) => at).sort((a, b) => zScoreList[b]! - zScoreList[a]!);
    for (const at of best.slice(0, maxPassages)) {
      const passage = passages[at]!;
      const labelledCharacters = labelSpans.reduce((sum, span) => sum + overlap(passage, span), 0);
      labelled.push({
        company: contract.company,
        category,
        passages: passages.length,
        zScore: zScoreList[at]!,
        answers:
          labelledCharacters > 0 &&
          (labelledCharacters >= length / 4 ||
            labelledCharacters >= (passage.end - passage.start) / 2),
      });
    }
  }
  return labelled;
}

const probability = ({ intercept, perZScore }: Fit, { zScore }: LabelledPassage) =>
  1 / (1 + Math.exp(-(intercept + perZScore * zScore)));

/** Logistic regression on one feature, by Newton's method. */
function fit(labelled: LabelledPassage[]): Fit {
  const found: Fit = { intercept: 0, perZScore: 0 };
  for (let step = 0; step < 50; step++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const one of labelled) {
      const p = probability(found, one);
      const error = p - (one.answers ? 1 : 0);
      const weight = p * (1 - p);
      g0 += error;
      g1 += error * one.zScore;
      h00 += weight;
      h01 += weight * one.zScore;
      h11 += weight * one.zScore ** 2;
    }
    const determinant = h00 * h11 - h01 * h01;
    found.intercept -= (h11 * g0 - h01 * g1) / determinant;
    found.perZScore -= (h00 * g1 - h01 * g0) / determinant;
  }
  return found;
}

/** Each passage with its probability by a fit on the other folds. */
function crossValidate(
  labelled: LabelledPassage[],
  foldOf: (one: LabelledPassage) => string,
): { p: number; one: LabelledPassage }[] {
  const names = [...new Set(labelled.map(foldOf))].sort();
  const fold = (one: LabelledPassage) => names.indexOf(foldOf(one)) % 5;
  return [0, 1, 2, 3, 4].flatMap((heldOutFold) => {
    const found = fit(labelled.filter((one) => fold(one) !== heldOutFold));
    return labelled
      .filter((one) => fold(one) === heldOutFold)
      .map((one) => ({ p: probability(found, one), one }));
  });
}

function printTable(title: string, predictions: { p: number; one: LabelledPassage }[]): void {
  process.stdout.write(`\n${title}\n  confidence  passages       mean  that answer\n`);
  const edges = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.001];
  edges.slice(1).forEach((to, at) => {
    const bin = predictions.filter(({ p }) => p >= edges[at]! && p < to);
    if (bin.length === 0) return;
    const meanProbability = bin.reduce((sum, { p }) => sum + p, 0) / bin.length;
    const right = bin.filter(({ one }) => one.answers).length / bin.length;
    const range = `${edges[at]!.toFixed(2)}–${Math.min(to, 1).toFixed(2)}`;
    process.stdout.write(
      `  ${range}  ${String(bin.length).padStart(10)}  ${meanProbability.toFixed(2).padStart(9)}  ${right.toFixed(2).padStart(11)}\n`,
    );
  });
}

async function measure(corpus: string): Promise<void> {
  const labelled: LabelledPassage[] = [];
  const halves = splitByCompany(readCorpus(corpus));
  for (const [half, contracts] of halves.entries()) {
    const embedder = await Embedder.open({ model: trainWithout(half, halves) });
    for (const contract of contracts) labelled.push(...(await labelPassages(contract, embedder)));
  }
  const { intercept, perZScore } = fit(labelled);
  process.stdout.write(
    `fit: intercept ${intercept.toFixed(2)}, perZScore ${perZScore.toFixed(2)} ` +
      `(${labelled.length} passages, ${labelled.filter((one) => one.answers).length} that answer)\n`,
  );
  const byCompany = crossValidate(labelled, (one) => one.company);
  printTable('cross-validated by company', byCompany);
  printTable(
    'cross-validated by question',
    crossValidate(labelled, (one) => one.category),
  );
  printTable(
    'contracts of fewer than 40 passages, cross-validated by company',
    byCompany.filter(({ one }) => one.passages < 40),
  );
}

const corpus = findCorpus();
if (corpus) await measure(corpus);
else
  process.stdout.write('There is no ../shared/cuad beside the repository: nothing to measure.\n');
