import type { Embedder } from '../embed/embedder.ts';
import type { Library } from '../store/library.ts';

/** What every question needs, for one who asks. */
export interface SearchServices {
  /** What that one may read, and nothing else. */
  library: Library;
  embedder: Embedder;
  /** Today's date, `YYYY-MM-DD`; on it depends which contracts are in force. */
  today(): string;
  /** Is told of contracts that a note of the answer names, beside those that the answer lists. */
  alsoNamed?: (documentIds: string[]) => void;
}
