import type { Clause, SourceFile } from '../domain/documents.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { readConsistently, replaced } from '../store/read-consistently.ts';
import type * as records from '../store/records.ts';
import { isMasked, mask } from './mask.ts';
import { type Masker, maskStrings } from './masker.ts';
import type { MaskCache } from './mask-cache.ts';
import { isPersonName } from './person-names.ts';

/** A URL with its escapes decoded, so that names in it are found: "%20" is a space. */
function decodeUrl(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** A file record, masked; without its URL where that holds a masked name. */
function maskFile({ webUrl, ...file }: SourceFile, masker: Masker): SourceFile {
  const label = (text: string) => masker.maskLabel(text);
  const showsUrl = webUrl !== undefined && !isMasked(label(decodeUrl(webUrl)));
  return {
    ...maskStrings(file, label),
    fileName: label(file.fileName),
    folder: label(file.folder),
    ...(showsUrl && { webUrl }),
  };
}

function maskDocument(document: records.StoredDocument, masker: Masker): records.StoredDocument {
  const { analysis, file } = document;
  return {
    ...document,
    file: maskFile(file, masker),
    analysis: maskStrings(analysis, (text) => masker.maskLabel(text)),
  };
}

/**
 * A scoped index whose results are masked. All responses are made from a scoped index, so this is the
 * only place where masking happens. The whole text is masked, character by character, before any part
 * of it is taken, so offsets, pages and spans stay the same. Searching uses the unmasked text.
 */
export class RedactedIndex implements ScopedIndex {
  readonly #scopedIndex: ScopedIndex;
  readonly #maskCache: MaskCache;

  constructor(scopedIndex: ScopedIndex, maskCache: MaskCache) {
    this.#scopedIndex = scopedIndex;
    this.#maskCache = maskCache;
  }

  get access() {
    return this.#scopedIndex.access;
  }

  get redacted() {
    return this.#maskCache.redacted;
  }

  async documents(
    filter: records.DocumentFilter,
    options: { sort: records.DocumentSort; limit: number; offset?: number },
  ) {
    const { total, documents } = await this.#scopedIndex.documents(filter, options);
    const masked: records.StoredDocument[] = [];
    for (const document of documents) {
      const current = await this.#maskCache.forDocument(this.#scopedIndex, document);
      if (current) masked.push(maskDocument(current.document, current.masker));
    }
    return { total, documents: masked };
  }

  async documentNames(filter: records.DocumentFilter, limit: number) {
    const { total, documents } = await this.documents(filter, { sort: 'title', limit });
    const names = documents.map(({ documentId, analysis, file }) => ({
      documentId,
      title: analysis.title,
      documentType: analysis.documentType,
      fileName: file.fileName,
      folder: file.folder,
      parties: analysis.parties.map(({ name }) => ({ name })),
    }));
    return { total, documents: names };
  }

  async text(documentId: string): Promise<records.StoredText | undefined> {
    return readConsistently(async () => {
      const current = await this.#maskCache.forDocumentId(this.#scopedIndex, documentId);
      const stored = current && (await this.#scopedIndex.text(documentId));
      if (!current || !stored) return undefined;
      if (stored.revision !== current.document.revision) return replaced;
      const { masker } = current;
      const sections = maskStrings(stored.sections, (label) => masker.maskLabel(label));
      return { ...stored, text: masker.maskText(stored.text), sections };
    });
  }

  async clauses(documentIds: string[], options: { types?: string[]; minConfidence: number }) {
    const clauses = await this.#scopedIndex.clauses(documentIds, options);
    const masked = new Map<string, Clause[]>();
    for (const [documentId, found] of clauses) {
      if (found.every(({ value }) => value === undefined)) masked.set(documentId, found);
      else {
        const masker = (await this.#maskCache.forDocumentId(this.#scopedIndex, documentId))?.masker;
        if (masker)
          masked.set(
            documentId,
            maskStrings(found, (value) => masker.maskLabel(value)),
          );
      }
    }
    return masked;
  }

  /** Persons are recognised by the form of their names alone, since a party may be one of many documents. */
  async parties(filter: records.DocumentFilter) {
    return this.#maskParties(await this.#scopedIndex.parties(filter));
  }

  async partiesByWords(words: string[]) {
    return this.#maskParties(await this.#scopedIndex.partiesByWords(words));
  }

  #maskParties<Party extends records.PartyKey>(parties: Party[]): Party[] {
    if (!this.redacted.includes('names')) return parties;
    return parties.map((party) => {
      const { name } = party;
      if (!isPersonName(name)) return party;
      return { ...party, name: mask(name, [{ start: 0, end: name.length }]) };
    });
  }

  documentsByParty(partyKeys: string[]) {
    return this.#scopedIndex.documentsByParty(partyKeys);
  }

  /** Without passages of a revision that was replaced meanwhile: their mask is another one. */
  async passages(spans: records.DocumentSpan[]) {
    const found = await this.#scopedIndex.passages(spans);
    const maskers = await this.#maskersByRevision(found.flat());
    return found.map((passages) =>
      passages.flatMap(({ path, ...location }) => {
        const masker = maskers.get(location.revision);
        return masker ? [{ ...location, path: path.map((label) => masker.maskLabel(label)) }] : [];
      }),
    );
  }

  documentIds(prefix: string, limit: number) {
    return this.#scopedIndex.documentIds(prefix, limit);
  }

  searchDocuments(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#scopedIndex.searchDocuments(terms, filter, limit);
  }

  searchText(...args: Parameters<ScopedIndex['searchText']>) {
    return this.#scopedIndex.searchText(...args);
  }

  countWords(terms: string[], filter: records.DocumentFilter) {
    return this.#scopedIndex.countWords(terms, filter);
  }

  searchVectors(
    vector: Float32Array,
    model: records.ModelIdentity,
    filter: records.DocumentFilter,
    limit: number,
  ) {
    return this.#scopedIndex.searchVectors(vector, model, filter, limit);
  }

  size() {
    return this.#scopedIndex.size();
  }

  files() {
    return this.#scopedIndex.files();
  }

  /** Unmasked: for finding the files that a request names; never part of a response. */
  filesByName(names: string[]) {
    return this.#scopedIndex.filesByName(names);
  }

  version() {
    return this.#scopedIndex.version();
  }

  onChange(listener: () => void) {
    return this.#scopedIndex.onChange(listener);
  }

  async #maskersByRevision(passages: records.PassageLocation[]): Promise<Map<string, Masker>> {
    const documentIds = [...new Set(passages.map(({ documentId }) => documentId))];
    const maskers = new Map<string, Masker>();
    if (documentIds.length === 0) return maskers;
    const { documents } = await this.#scopedIndex.documents(
      { documentIds, today: '', minClauseConfidence: 0 },
      { sort: 'title', limit: documentIds.length },
    );
    for (const document of documents) {
      const current = await this.#maskCache.forDocument(this.#scopedIndex, document);
      if (current) maskers.set(current.document.revision, current.masker);
    }
    return maskers;
  }
}
