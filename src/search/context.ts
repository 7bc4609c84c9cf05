import type { Embedder } from '../embed/embedder.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';

/** What every question needs, for one who asks. */
export interface SearchContext {
  /** What that one may read, and nothing else. */
  scopedIndex: ScopedIndex;
  embedder: Pick<Embedder, 'identity' | 'embedQuery'>;
  /** Today's date, `YYYY-MM-DD`; on it depends which contracts are in force. */
  today(): string;
  /** Is told of contracts that a note of the answer names, beside those that the answer lists. */
  additionalDisclosures?: (documentIds: string[]) => void;
}
