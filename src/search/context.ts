import type { Embedder } from '../embed/embedder.ts';
import type { DisclosureRecorder } from '../request/disclosure-recorder.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';

/** What every search needs, for one principal. */
export interface SearchContext {
  /** The contracts that the principal may read, and no others. */
  scopedIndex: ScopedIndex;
  embedder: Pick<Embedder, 'embedPassages' | 'embedQuery' | 'identity'>;
  /** Today's date, `YYYY-MM-DD`; which contracts are in force depends on it. */
  today(): string;
  /** Records the contracts and spans that the answer discloses. */
  disclosure: DisclosureRecorder;
}
