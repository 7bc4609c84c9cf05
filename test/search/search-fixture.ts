import { DisclosureRecorder } from '../../src/request/disclosure-recorder.ts';
import type { SearchContext } from '../../src/search/context.ts';
import type { Store } from '../../src/store/store.ts';
import {
  indexRevision,
  model,
  revisionOf,
  unrestricted,
  vectorOf,
} from '../contract/store-samples.ts';
import type { CleanUp } from '../support/clean-up.ts';
import { openStore, temporaryFolder } from '../store/temporary-stores.ts';

/** A search context over a small store, whose embedder places texts by their words alone. */
export interface SearchFixture {
  store: Store;
  context: SearchContext;
  /** Writes a document with one passage for each sentence, and returns its id. */
  write: (...revision: Parameters<typeof revisionOf>) => Promise<string>;
}

export const wordEmbedder: SearchContext['embedder'] = {
  identity: model,
  embedPassages: async (texts) => texts.map((text) => vectorOf(text)),
  embedQuery: async (text) => vectorOf(text),
};

/** Over an empty store in a folder of its own, closed when the test ends, or when `cleanUp` says. */
export async function openSearchFixture(cleanUp?: CleanUp): Promise<SearchFixture> {
  const store = await openStore(await temporaryFolder(cleanUp), cleanUp);
  return {
    store,
    context: {
      scopedIndex: unrestricted(store),
      embedder: wordEmbedder,
      today: () => '2026-06-15',
      disclosure: new DisclosureRecorder(),
    },
    write: (...revision) => indexRevision(store, revisionOf(...revision)),
  };
}
