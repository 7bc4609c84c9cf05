import { parseArgs } from 'node:util';
import { searchDocuments } from '../../src/search/search-documents.ts';
import { type CuadContract, findCorpus, readCorpus } from '../../training/corpus.ts';
import { figureOf, type Figures, writeResult } from '../../training/result-file.ts';
import { table } from '../figures.ts';
import { type LabelledIndex, openLabelledIndex } from './labelled-index.ts';
import { expiryQuestions } from './expiry-questions.ts';
import { lawQuestions } from './law-questions.ts';
import { ndaQuestions, noNdaQuestions, strangerQuestions } from './nda-questions.ts';
import type { BenchQuestion } from './question.ts';
import { typeQuestions } from './type-questions.ts';
import { measureWords } from './word-figures.ts';

/**
 * `npm run bench:search`: questions that ask which contracts there are, made of the labels of ../shared/cuad
 * and ../shared/kleister, and words that stand in one contract of CUAD; how many are answered rightly. `--questions N` asks about N of each kind,
 * `--kind NAME` one kind, `--data FOLDER` of an index that was made, `--errors` prints the wrong answers.
 */
const { values: options } = parseArgs({
  options: {
    questions: { type: 'string', default: '150' },
    kind: { type: 'string' },
    data: { type: 'string' },
    errors: { type: 'boolean', default: false },
  },
});
const count = Number(options.questions);

const kinds: Record<string, (labelled: LabelledIndex) => BenchQuestion[]> = {
  'no-nda': (labelled) => noNdaQuestions(labelled, count),
  nda: (labelled) => ndaQuestions(labelled, count),
  stranger: strangerQuestions,
  expiry: (labelled) => expiryQuestions(labelled, count),
  law: (labelled) => lawQuestions(labelled, count),
  type: (labelled) => typeQuestions(labelled, count),
};

const figures: Figures = {};

/** Rows for words that stand in one contract. */
async function measureRareWords(labelled: LabelledIndex, contracts: CuadContract[]) {
  const measured = await measureWords(labelled, contracts, count);
  return Object.entries(measured).flatMap(([kind, { queries, ...found }]) =>
    Object.entries(found).map(([name, right]) => {
      figures[`word.${kind}.${name}`] = figureOf(right / queries, 'share');
      return [`word, ${kind}: ${name}`, String(queries), (right / queries).toFixed(3), ''];
    }),
  );
}

async function measure(labelled: LabelledIndex, kind: string, questions: BenchQuestion[]) {
  const errors = new Map<string, number>();
  const fileNameOf = (id: string) => labelled.fileNames.get(id) ?? '?';
  for (const question of questions) {
    const answer = await searchDocuments(labelled.context, { query: question.query, limit: 10 });
    const error = question.error(answer, fileNameOf);
    if (error === undefined) continue;
    errors.set(error, (errors.get(error) ?? 0) + 1);
    if (options.errors) {
      const understood = (answer.understood ?? []).map(
        ({ words, filter, value }) => `${filter} <${words}> ${value}`,
      );
      process.stdout.write(
        `${kind}: ${error}: ${question.query}\n    ${understood.join(' | ')}\n    ${answer.summary ?? ''}\n    ` +
          `${answer.documents
            .slice(0, 3)
            .map((one) => `${one.file_name} (${one.document_type})`)
            .join(' | ')}\n`,
      );
    }
  }
  const wrong = [...errors.values()].reduce((sum, one) => sum + one, 0);
  const right = 1 - wrong / Math.max(1, questions.length);
  figures[`${kind}.questions`] = figureOf(questions.length, 'count');
  figures[`${kind}.right`] = figureOf(right, 'share');
  return [
    kind,
    String(questions.length),
    right.toFixed(3),
    [...errors].map(([error, times]) => `${error}: ${times}`).join('; '),
  ];
}

const corpus = findCorpus();
if (corpus) {
  const contracts = readCorpus(corpus);
  const labelled = await openLabelledIndex(corpus, contracts, options.data);
  const rows: string[][] = [];
  for (const [kind, make] of Object.entries(kinds)) {
    if (options.kind !== undefined && options.kind !== kind) continue;
    rows.push(await measure(labelled, kind, make(labelled)));
  }
  if (options.kind === undefined || options.kind === 'word') {
    rows.push(...(await measureRareWords(labelled, contracts)));
  }
  await labelled.close();
  if (options.kind === undefined) {
    writeResult({
      name: 'search',
      command: 'npm run bench:search',
      corpus: `CUAD v1: ${contracts.length} contracts; Kleister NDA: ${labelled.ndas.length}`,
      figures,
    });
  }
  process.stdout.write(`${table(['kind', 'questions', 'right', 'errors'], rows)}\n`);
} else {
  process.stdout.write('There is no ../shared/cuad beside the repository: nothing to measure.\n');
}
