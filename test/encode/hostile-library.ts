import type { SearchEngine } from '../../src/composition/app.ts';
import { clause, indexRevision, pending, revisionOf } from '../contract/store-samples.ts';

const evidence = [{ start: 0, end: 30 }];

/**
 * Stores a contract for each name, whose file, folder, title, parties, values and headings it is, with real
 * vectors, and a file of each name that failed. Returns the ids of the contracts in the order of the names.
 */
export async function writeLibrary(
  { store, embedder }: Pick<SearchEngine, 'store' | 'embedder'>,
  names: string[],
  sentencesOf: (name: string) => string[],
): Promise<string[]> {
  await store.putSync({
    syncId: 'sync-1',
    sources: ['folder:/contracts'],
    kind: 'full',
    state: 'done',
    createdAt: '2026-01-10T09:00:00.000Z',
  });
  const ids: string[] = [];
  for (const [at, name] of names.entries()) {
    const revision = revisionOf(`file-${at}`, sentencesOf(name), {
      contentHash: `hash-${at}`,
      file: { fileName: name, folder: `folder/${name}`, webUrl: `https://files.example/${name}` },
      parties: [name, `Firm ${at}`],
      partyKeys: [name, `Firm ${at}`].map((party, n) => ({ key: `party ${n} ${at}`, name: party })),
      analysis: {
        title: name,
        documentType: at % 5 === 0 ? 'amendment' : 'nda',
        parties: [name, `Firm ${at}`].map((party) => ({ name: party, role: name, evidence })),
        governingLaw: { value: name, evidence },
        expirationDate: {
          value: '2020-01-31',
          basis: 'stated',
          explanation: `From ${name}.`,
          evidence,
        },
        renewalTerm: {
          kind: 'automatic',
          value: name,
          length: { count: 1, unit: 'year' },
          evidence,
        },
        noticePeriod: { value: name, length: { count: 30, unit: 'day' }, evidence },
        clauses: [clause('audit_rights', 0.9, name), clause('governing_law', 0.8)],
      },
    });
    const sections = [{ ...revision.sections[0]!, title: name, path: ['Terms', name] }];
    const vectors = await embedder.embedPassages(revision.passages.map((one) => one.indexText));
    const passages = revision.passages.map((one, n) => ({
      ...one,
      path: ['Terms', name],
      vector: vectors[n]!,
    }));
    const model = embedder.identity;
    ids.push(await indexRevision(store, { ...revision, sections, passages, model }));
    await store.recordFiles([
      {
        ...pending(`failed-${at}`),
        fileName: name,
        folder: name,
        state: 'failed',
        reason: 'corrupt',
        detail: `The file ${name} is damaged.`,
        attempts: 1,
      },
    ]);
  }
  return ids;
}
