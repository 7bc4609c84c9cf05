import { parseArgs } from 'node:util';
import { searchDocuments } from '../../src/search/search-documents.ts';
import { findCorpus, readCorpus } from '../../training/corpus.ts';
import { table } from '../figures.ts';
import { type Archive, openArchive } from './archive.ts';
import { expiryQuestions } from './expiry-questions.ts';
import { lawQuestions } from './law-questions.ts';
import { ndaQuestions, noNdaQuestions, strangerQuestions } from './nda-questions.ts';
import type { BenchQuestion } from './question.ts';
import { typeQuestions } from './type-questions.ts';

/**
 * `npm run bench:search`: questions that ask which contracts there are, made of the labels of ../shared/cuad
 * and ../shared/kleister, and how many are answered rightly. `--questions N` asks about N of each kind,
 * `--kind NAME` one kind, `--data FOLDER` of an archive that was read, `--errors` prints the wrong answers.
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

const kinds: Record<string, (archive: Archive) => BenchQuestion[]> = {
  'no-nda': (archive) => noNdaQuestions(archive, count),
  nda: (archive) => ndaQuestions(archive, count),
  stranger: strangerQuestions,
  expiry: (archive) => expiryQuestions(archive, count),
  law: (archive) => lawQuestions(archive, count),
  type: (archive) => typeQuestions(archive, count),
};

async function measure(archive: Archive, kind: string, questions: BenchQuestion[]) {
  const errors = new Map<string, number>();
  const fileNameOf = (id: string) => archive.fileNames.get(id) ?? '?';
  for (const question of questions) {
    const answer = await searchDocuments(archive.context, { query: question.query, limit: 10 });
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
  return [
    kind,
    String(questions.length),
    (1 - wrong / Math.max(1, questions.length)).toFixed(3),
    [...errors].map(([error, times]) => `${error}: ${times}`).join('; '),
  ];
}

const corpus = findCorpus();
if (corpus) {
  const archive = await openArchive(corpus, readCorpus(corpus), options.data);
  const rows: string[][] = [];
  for (const [kind, make] of Object.entries(kinds)) {
    if (options.kind !== undefined && options.kind !== kind) continue;
    rows.push(await measure(archive, kind, make(archive)));
  }
  await archive.close();
  process.stdout.write(`${table(['kind', 'questions', 'right', 'errors'], rows)}\n`);
} else {
  process.stdout.write('There is no ../shared/cuad beside the repository: nothing to measure.\n');
}
