import type { Clause, SourceFile, Span } from '../documents.ts';
import type { Library } from '../store/library.ts';
import type * as records from '../store/records.ts';
import { isMasked, mask } from './mask.ts';
import { type Masker, shown } from './masker.ts';
import type { Masks } from './masks.ts';
import { isPersonName } from './person-names.ts';

/** The address as text, so that a name in it is seen: "%20" is a space. */
function readable(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

/** A file's record without what is hidden; an address that would tell it is left out. */
function shownFile({ webUrl, ...file }: SourceFile, masker: Masker): SourceFile {
  const label = (text: string) => masker.label(text);
  const kept = webUrl !== undefined && !isMasked(label(readable(webUrl)));
  return {
    ...shown(file, label),
    fileName: label(file.fileName),
    folder: label(file.folder),
    ...(kept && { webUrl }),
  };
}

function shownDocument(document: records.StoredDocument, masker: Masker): records.StoredDocument {
  const { analysis, file } = document;
  return {
    ...document,
    file: shownFile(file, masker),
    analysis: shown(analysis, (text) => masker.label(text)),
  };
}

/**
 * What one who asks may read, without what is hidden. All that is told of contracts is made from a
 * library, so this is the one place where it is hidden: the whole text is masked before any part of it
 * is taken, character by character, so that offsets, pages and spans stay what they are. What is looked
 * for is looked for in what the contracts say.
 */
export class RedactedLibrary implements Library {
  readonly #library: Library;
  readonly #masks: Masks;

  constructor(library: Library, masks: Masks) {
    this.#library = library;
    this.#masks = masks;
  }

  get access() {
    return this.#library.access;
  }

  get redacted() {
    return this.#masks.redacted;
  }

  async documents(
    filter: records.DocumentFilter,
    options: { sort: records.DocumentSort; limit: number; offset?: number },
  ) {
    const { total, documents } = await this.#library.documents(filter, options);
    const masked: records.StoredDocument[] = [];
    for (const document of documents) {
      const found = await this.#masks.of(this.#library, document);
      if (found) masked.push(shownDocument(found.document, found.masker));
    }
    return { total, documents: masked };
  }

  async text(documentId: string): Promise<records.StoredText | undefined> {
    for (;;) {
      const found = await this.#masks.ofId(this.#library, documentId);
      const stored = found && (await this.#library.text(documentId));
      if (!found || !stored) return undefined;
      if (stored.revision !== found.document.revision) continue; // replaced meanwhile
      const { masker } = found;
      const sections = shown(stored.sections, (label) => masker.label(label));
      return { ...stored, text: masker.text(stored.text), sections };
    }
  }

  async clauses(documentIds: string[], options: { types?: string[]; minConfidence: number }) {
    const clauses = await this.#library.clauses(documentIds, options);
    const masked = new Map<string, Clause[]>();
    for (const [documentId, found] of clauses) {
      if (found.every(({ value }) => value === undefined)) masked.set(documentId, found);
      else {
        const masker = (await this.#masks.ofId(this.#library, documentId))?.masker;
        if (masker)
          masked.set(
            documentId,
            shown(found, (value) => masker.label(value)),
          );
      }
    }
    return masked;
  }

  /** Persons are told by their names alone here, for a name is many documents'. */
  async parties(filter: records.DocumentFilter) {
    const parties = await this.#library.parties(filter);
    if (!this.redacted.includes('names')) return parties;
    return parties.map((party) => {
      const { name } = party;
      if (!isPersonName(name)) return party;
      return { ...party, name: mask(name, [{ start: 0, end: name.length }]) };
    });
  }

  contractsNaming(partyKeys: string[]) {
    return this.#library.contractsNaming(partyKeys);
  }

  async passages(documentId: string, span?: Span) {
    const masker = (await this.#masks.ofId(this.#library, documentId))?.masker;
    if (!masker) return [];
    const passages = await this.#library.passages(documentId, span);
    return passages.map((passage) => ({
      ...passage,
      path: passage.path.map((heading) => masker.label(heading)),
    }));
  }

  documentIds(prefix: string, limit: number) {
    return this.#library.documentIds(prefix, limit);
  }

  searchDocuments(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#library.searchDocuments(terms, filter, limit);
  }

  searchText(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#library.searchText(terms, filter, limit);
  }

  searchVectors(
    vector: Float32Array,
    model: records.ModelIdentity,
    filter: records.DocumentFilter,
    limit: number,
  ) {
    return this.#library.searchVectors(vector, model, filter, limit);
  }

  size() {
    return this.#library.size();
  }

  files() {
    return this.#library.files();
  }

  /** As they are: to find what somebody names, and never to be told. */
  filesCalled(names: string[]) {
    return this.#library.filesCalled(names);
  }

  version() {
    return this.#library.version();
  }

  onChange(listener: () => void) {
    return this.#library.onChange(listener);
  }
}
