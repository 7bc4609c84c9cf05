import type { Redaction } from '../documents.ts';
import type { Library } from '../store/library.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import { foundNames } from './found-names.ts';
import { type KnownNames, knownNames } from './known-names.ts';
import { Masker } from './masker.ts';
import { Recent } from './recent.ts';

/** Characters of names that are kept: those of some 50,000 contracts. */
const roomForNames = 10_000_000;
/** Documents whose masks are kept ready. */
const roomForMaskers = 500;

const noNames: KnownNames = { names: [], families: [] };

const sizeOf = ({ names, families }: KnownNames) =>
  100 + [...names, ...families].reduce((sum, name) => sum + name.length + 20, 0);

/** How each document is masked, kept by document and revision; for whoever asks, since that depends on the text alone. */
export class Masks {
  readonly redacted: readonly Redaction[];
  readonly #known = new Recent<KnownNames>(roomForNames);
  readonly #maskers = new Recent<Masker>(roomForMaskers);

  constructor(redacted: readonly Redaction[]) {
    this.redacted = redacted;
  }

  /**
   * The mask of a document, and the document itself as it is now, in one revision; undefined when it
   * is gone. `library` is one without masks.
   */
  async of(
    library: Library,
    document: StoredDocument,
  ): Promise<{ document: StoredDocument; masker: Masker } | undefined> {
    const key = `${document.documentId} ${document.revision}`;
    let masker = this.#maskers.get(key);
    if (!masker) {
      let known = this.redacted.includes('names') ? this.#known.get(key) : noNames;
      if (!known) {
        const stored = await library.text(document.documentId);
        if (stored?.revision !== document.revision) return this.ofId(library, document.documentId);
        known = this.#read(key, stored, document);
      }
      masker = new Masker(this.redacted, known);
      this.#maskers.set(key, masker, 1);
    }
    return { document, masker };
  }

  /** The same of a document by its id. */
  async ofId(library: Library, documentId: string): ReturnType<Masks['of']> {
    const { documents } = await library.documents(
      { documentIds: [documentId], today: '', clauseConfidence: 0 },
      { sort: 'title', limit: 1 },
    );
    return documents[0] && this.of(library, documents[0]);
  }

  #read(key: string, { text }: StoredText, { analysis }: StoredDocument): KnownNames {
    const parties = analysis.parties.map(({ name }) => name);
    const known = knownNames(text, foundNames(text), parties);
    this.#known.set(key, known, sizeOf(known));
    return known;
  }
}
