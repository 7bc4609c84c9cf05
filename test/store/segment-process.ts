import { openSqliteStore } from '../../src/store/sqlite.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';

/** Replaces large documents and writes their vectors into segments, so that merges follow, until it is killed. */
const [folder = '', seed = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ folder });
process.send?.('ready');
for (let round = Number(seed); ; round += 1) {
  const sentences = Array.from(
    { length: 700 },
    (_, index) => `Clause ${index} of round ${round} says ${index * round}.`,
  );
  await indexRevision(store, revisionOf(`file-${round % 40}`, sentences));
  await store.updateIndex();
  process.send?.(round);
}
