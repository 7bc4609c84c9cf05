import { LRUCache } from 'lru-cache';
import type { Redaction } from '../domain/documents.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { readConsistently, replaced } from '../store/read-consistently.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import { findNames } from './find-names.ts';
import { type KnownNames, collectNames } from './name-finder.ts';
import { Masker } from './masker.ts';

/** Size of the name cache in characters: enough for about 50,000 contracts. */
const maxCachedNameCharacters = 10_000_000;
/** Documents whose maskers are cached. */
const maxCachedMaskers = 500;

const noNames: KnownNames = { names: [], families: [] };

const sizeOf = ({ names, families }: KnownNames) =>
  100 + [...names, ...families].reduce((sum, name) => sum + name.length + 20, 0);

interface MaskedDocument {
  document: StoredDocument;
  masker: Masker;
}

/** Masks by document and revision, shared by all principals: they depend on the text alone. */
export class MaskCache {
  readonly redacted: readonly Redaction[];
  readonly #namesByRevision = new LRUCache<string, KnownNames>({
    maxSize: maxCachedNameCharacters,
    sizeCalculation: sizeOf,
  });
  readonly #maskersByRevision = new LRUCache<string, Masker>({ max: maxCachedMaskers });

  constructor(redacted: readonly Redaction[]) {
    this.redacted = redacted;
  }

  /**
   * How a document is masked, and the document itself as it is now, both of one revision; undefined when
   * it is gone.
   * @param scopedIndex without masks
   * @throws DeedboxError `not_ready` when the document is replaced again and again meanwhile
   */
  async forDocument(
    scopedIndex: ScopedIndex,
    document: StoredDocument,
  ): Promise<MaskedDocument | undefined> {
    const found = await this.#maskedDocument(scopedIndex, document);
    return found === replaced ? this.forDocumentId(scopedIndex, document.documentId) : found;
  }

  /** The same of a document by its id. */
  async forDocumentId(
    scopedIndex: ScopedIndex,
    documentId: string,
  ): Promise<MaskedDocument | undefined> {
    return readConsistently(async () => {
      const { documents } = await scopedIndex.documents(
        { documentIds: [documentId], today: '', minClauseConfidence: 0 },
        { sort: 'title', limit: 1 },
      );
      return documents[0] && this.#maskedDocument(scopedIndex, documents[0]);
    });
  }

  async #maskedDocument(
    scopedIndex: ScopedIndex,
    document: StoredDocument,
  ): Promise<MaskedDocument | typeof replaced> {
    const key = `${document.documentId} ${document.revision}`;
    let masker = this.#maskersByRevision.get(key);
    if (!masker) {
      let names = this.redacted.includes('names') ? this.#namesByRevision.get(key) : noNames;
      if (!names) {
        const stored = await scopedIndex.text(document.documentId);
        if (stored?.revision !== document.revision) return replaced;
        names = this.#extractNames(key, stored, document);
      }
      masker = new Masker(this.redacted, names);
      this.#maskersByRevision.set(key, masker);
    }
    return { document, masker };
  }

  #extractNames(key: string, { text }: StoredText, { analysis }: StoredDocument): KnownNames {
    const parties = analysis.parties.map(({ name }) => name);
    const names = collectNames(text, findNames(text), parties);
    this.#namesByRevision.set(key, names);
    return names;
  }
}
