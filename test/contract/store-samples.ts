import type { Analysis, Clause, SourceFile } from '../../src/domain/documents.ts';
import type { ScopedIndex } from '../../src/store/scoped-index.ts';
import type {
  DocumentFilter,
  FileRecord,
  ModelIdentity,
  NewRevision,
  StoredPassage,
} from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';

/** A fresh, empty store. */
export interface StoreUnderTest {
  store: Store;
  /** Opens the same data again, as another process would. */
  reopen: () => Promise<Store>;
  /** Closes everything opened and deletes the data. */
  dispose(): Promise<void>;
}

export const dimensions = 16;

export const model: ModelIdentity = { name: 'tiny', checksum: 'a'.repeat(64), dimensions };

/** Matches every document. */
export const unfiltered: DocumentFilter = { today: '2026-06-15', minClauseConfidence: 0.5 };

/** An index of all documents. */
export const unrestricted = (store: Store): ScopedIndex => store.scopedTo('unrestricted');

/** All passages of a document, by position. */
export async function passagesOf(
  scopedIndex: ScopedIndex,
  documentId: string,
): Promise<StoredPassage[]> {
  const [passages] = await scopedIndex.passages([
    { documentId, start: 0, end: Number.MAX_SAFE_INTEGER },
  ]);
  return passages!;
}

/** A unit vector that depends on the words alone: texts that share words are near each other. */
export function vectorOf(text: string): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['']) {
    let seed = 2166136261;
    for (const character of word) {
      seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 16777619);
    }
    for (let i = 0; i < dimensions; i += 1) {
      seed = Math.imul(seed ^ (seed >>> 15), 2246822519) + i;
      sum[i] = (sum[i] ?? 0) + (seed >>> 8) / 2 ** 24 - 0.5;
    }
  }
  return unit(sum);
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector) || 1;
  return vector.map((number) => number / length);
}

export function sourceFile(fileId: string, change: Partial<SourceFile> = {}): SourceFile {
  return {
    fileId,
    source: 'folder:/contracts',
    fileName: fileId.slice(fileId.lastIndexOf('/') + 1),
    folder: fileId.includes('/') ? fileId.slice(0, fileId.lastIndexOf('/')) : '',
    size: 1000,
    modifiedAt: '2026-01-10T09:00:00.000Z',
    changeKey: '1',
    aclEntries: ['anyone'],
    ...change,
  };
}

export function pending(fileId: string, syncId = 'sync-1'): FileRecord {
  return { ...sourceFile(fileId), state: 'pending', attempts: 0, syncId };
}

export function analysisOf(change: Partial<Analysis> = {}): Analysis {
  return {
    title: 'Services Agreement',
    documentType: 'services',
    documentTypeEvidence: [],
    parties: [],
    signed: { value: 'unknown', evidence: [] },
    clauses: [],
    ...change,
  };
}

export function clause(type: string, confidence: number, value?: string): Clause {
  return { type, confidence, start: 0, end: 5, ...(value !== undefined && { value }) };
}

/** A revision with one passage per sentence. */
export function revisionOf(
  fileId: string,
  sentences: string[],
  change: Partial<Omit<NewRevision, 'analysis' | 'file'>> & {
    analysis?: Partial<Analysis>;
    file?: Partial<SourceFile>;
    parties?: string[];
  } = {},
): NewRevision {
  const { parties = [], file, analysis, ...rest } = change;
  const text = sentences.join('\n');
  let start = 0;
  const passages = sentences.map((sentence, ordinal) => {
    const span = { start, end: start + sentence.length };
    start = span.end + 1;
    const path = [`${ordinal + 1} Terms`];
    return { ...span, ordinal, path, indexText: sentence, vector: vectorOf(sentence) };
  });
  const middle = passages[Math.floor(passages.length / 2)]?.start ?? 0;
  return {
    file: sourceFile(fileId, file),
    contentHash: `hash of ${text}`,
    syncId: 'sync-1',
    mediaType: 'text/plain',
    text,
    pages: [
      { number: 1, start: 0, end: middle },
      { number: 2, start: middle, end: text.length },
    ],
    sections: [
      { kind: 'body', level: 1, title: 'Terms', path: ['Terms'], start: 0, end: text.length },
    ],
    passages,
    analysis: analysisOf({
      parties: parties.map((name) => ({ name, evidence: [{ start: 0, end: 5 }] })),
      ...analysis,
    }),
    partyKeys: parties.map((name) => ({ key: name.toLowerCase(), name })),
    pipeline: '1',
    model,
    ...rest,
  };
}

/**
 * Records the file of a revision and stores the revision, as a sync and an ingest do; returns the id of
 * the document.
 */
export async function indexRevision(store: Store, revision: NewRevision): Promise<string> {
  const { file, syncId } = revision;
  const known = await store.file(file.fileId);
  await store.recordFiles([{ state: 'pending', attempts: 0, ...known, ...file, syncId }]);
  if (!(await store.replaceDocumentIfUnchanged(revision))) {
    throw new Error(`${file.fileId} has changed meanwhile.`);
  }
  return (await store.file(file.fileId))!.documentId!;
}
