import { openSqliteStore } from '../../src/store/sqlite.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';

/** Writes documents into a folder, replacing and removing some, until it is killed. */
const [folder = '', seed = '0'] = process.argv.slice(2);
const store = await openSqliteStore({ folder });
process.send?.('ready');
for (let round = Number(seed); ; round += 1) {
  const fileId = `file-${round % 30}`;
  const sentences = Array.from(
    { length: 20 + (round % 17) },
    (_, index) => `Revision ${round} of ${fileId} says ${index * round}.`,
  );
  if (round % 11 === 10) await store.removeFiles([fileId]);
  else if (round % 7 === 6) await store.updateIndex();
  else await indexRevision(store, revisionOf(fileId, sentences, { contentHash: `${round}` }));
  process.send?.(round);
}
