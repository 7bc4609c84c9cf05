/** `npm run bench:retrieval`: how well questions find the passages that lawyers marked. */
import { findCorpus } from '../training/corpus.ts';
import { table } from './figures.ts';
import { measureHalves } from './retrieval-halves.ts';
import { retrievalCategoryTable, retrievalTable, type RetrievalTable } from './retrieval-report.ts';

const print = ({ header, rows }: RetrievalTable) => table(header, rows);

const corpus = findCorpus();
if (corpus) {
  const report = await measureHalves(corpus);
  const queries = report.rows[0]!.halves.map((half) => half.queries);
  process.stdout.write(
    `Retrieval on ${report.machine}; ${queries.join(' + ')} queries, mean (half 1, half 2)\n\n` +
      `${print(retrievalTable(report))}\n\n${print(retrievalCategoryTable(report))}\n`,
  );
} else {
  process.stdout.write('../shared/cuad is not there: nothing to measure.\n');
}
