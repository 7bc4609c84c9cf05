import type { Embedder } from '../embed/embedder.ts';
import type { Store } from '../store/store.ts';

/** What every question needs. Both are read from only. */
export interface SearchServices {
  store: Store;
  embedder: Embedder;
  /** Today's date, `YYYY-MM-DD`; on it depends which contracts are in force. */
  today(): string;
}
