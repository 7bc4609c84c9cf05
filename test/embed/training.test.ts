import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedder, type Embedder } from '../../src/embed/embedder.ts';
import { companyOf, splitByCompany, type Contract } from '../../training/corpus.ts';
import { learnLanguage, learnQuestions, prepareContracts } from '../../training/learn.ts';
import {
  characterRecall,
  scoreBm25,
  scoreCosine,
  type RetrievalCase,
} from '../../training/retrieval.ts';
import { writeEmbeddingModel } from '../../training/write-model.ts';

const sentences: Record<string, string> = {
  'Governing Law':
    'This contract shall be construed under the statutes of the State of Ruritania without regard to conflicts of principles.',
  Insurance:
    'The contractor keeps coverage against accidents and fire with a reputable insurer and names the customer in its policy.',
  'Audit Rights':
    'Upon ten days warning the customer may inspect the books and ledgers of the contractor at its premises once a year.',
  '': 'The machine is painted green, weighs two tons and is to be driven to the harbour by the first carrier that is free.',
};

/** Contracts of four clauses in changing order, one of them without a label. */
function writeContracts(count: number): Contract[] {
  return Array.from({ length: count }, (_, index) => {
    const labels: Contract['labels'] = new Map();
    let text = 'AGREEMENT\n\n';
    const entries = Object.entries(sentences);
    for (let n = 0; n < entries.length; n++) {
      const [category, sentence] = entries[(n + index) % entries.length]!;
      const clause = `${n + 1}. ${sentence} ${sentence} ${sentence} ${sentence}`;
      if (category)
        labels.set(category, [{ start: text.length, end: text.length + clause.length }]);
      text += `${clause}\n\n`;
    }
    const name = `Company${index}_AGREEMENT`;
    return { name, company: companyOf(name), text, labels };
  });
}

function train(folder: string): void {
  const prepared = prepareContracts(writeContracts(8));
  const ignoreLog = (): void => undefined;
  writeEmbeddingModel(
    folder,
    learnQuestions(learnLanguage(prepared, ignoreLog), prepared, ignoreLog),
  );
}

describe('training', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deedbox-trained-'));
  let embedder: Embedder;

  beforeAll(async () => {
    train(folder);
    embedder = await openEmbedder({ model: folder });
  });
  afterAll(async () => {
    await embedder.close();
    rmSync(folder, { recursive: true });
  });

  it('writes a model that finds the clause for a question it was not trained on', async () => {
    const categories = Object.keys(sentences);
    const vectors = await embedder.embedPassages(Object.values(sentences));
    for (const [question, category] of [
      ['choice of law', 'Governing Law'],
      ['what insurance is there', 'Insurance'],
      ['may we audit the books', 'Audit Rights'],
    ]) {
      const query = await embedder.embedQuery(question!);
      const scores = vectors.map((vector) =>
        vector.reduce((sum, value, k) => sum + value * query[k]!, 0),
      );
      expect(categories[scores.indexOf(Math.max(...scores))]).toBe(category);
    }
  });

  it('is deterministic', () => {
    const secondFolder = mkdtempSync(join(tmpdir(), 'deedbox-trained-'));
    train(secondFolder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map((file) => file.name).sort()).toEqual([
      'config.json',
      'model_quantized.onnx',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      const other = path.replace(folder, secondFolder);
      expect(readFileSync(path).equals(readFileSync(other))).toBe(true);
    }
    rmSync(secondFolder, { recursive: true });
  });
});

describe('character recall', () => {
  it('counts labelled characters in the best passages, once each', () => {
    const one: RetrievalCase = {
      category: 'Insurance',
      passages: [0, 10, 20, 30].map((start) => ({ start, end: start + 10 })),
      labels: [
        { start: 5, end: 15 },
        { start: 10, end: 15 },
        { start: 35, end: 45 },
      ],
      cosine: Float64Array.of(0.1, 0.9, 0.5, 0.2),
      bm25: Float64Array.of(3, 0, 0, 2),
    };
    expect(characterRecall([one], scoreCosine, 1).macro).toBeCloseTo(5 / 20);
    expect(characterRecall([one], scoreBm25, 2).micro).toBeCloseTo(10 / 20);
  });

  it('is measured on halves that share no company', () => {
    const named = ['ACME, INC_1', 'Acme (2)', 'acme_3', 'Bolt Corp', 'BOLT-1', 'Zeta_9'].map(
      (name) => ({ name, company: companyOf(name), text: '', labels: new Map() }),
    );
    const [first, second] = splitByCompany(named);
    expect(first.length + second.length).toBe(named.length);
    const companies = new Set(first.map(({ company }) => company));
    expect(second.some(({ company }) => companies.has(company))).toBe(false);
    expect(first.filter(({ company }) => company === 'acme')).toHaveLength(3);
  });
});
