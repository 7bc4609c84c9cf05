import { findCorpus } from '../training/corpus.ts';
import { writeResult } from '../training/result-file.ts';
import { table } from './figures.ts';
import { measureHalves } from './retrieval-halves.ts';
import {
  retrievalCategoryTable,
  retrievalResultFigures,
  retrievalTable,
  type RetrievalTable,
} from './retrieval.ts';

/** `npm run bench:retrieval`: how well search finds the passages that lawyers labelled, on CUAD. */
const format = ({ header, rows }: RetrievalTable) => table(header, rows);

const corpus = findCorpus();
if (corpus) {
  const report = await measureHalves(corpus);
  const queries = report.rows[0]!.halves.map((half) => half.queries);
  writeResult({
    name: 'retrieval',
    command: 'npm run bench:retrieval',
    corpus: `CUAD v1: ${queries.join(' + ')} queries`,
    figures: retrievalResultFigures(report),
  });
  process.stdout.write(
    `Retrieval on ${report.machine}; ${queries.join(' + ')} queries, mean (half 1, half 2)\n\n` +
      `${format(retrievalTable(report))}\n\n${format(retrievalCategoryTable(report))}\n`,
  );
} else {
  process.stdout.write('There is no ../shared/cuad beside the repository: nothing to measure.\n');
}
