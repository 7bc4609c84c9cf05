import type { SearchContext } from '../search/context.ts';
import type { ScopedSyncs } from '../sync/scoped-syncs.ts';

/** What the tools, resources and prompts work on, for one who asks. */
export interface McpServices extends SearchContext {
  syncs: ScopedSyncs;
}

/**
 * The services for the one who asks on a connection. Called anew for each question, so that a right
 * that was withdrawn is gone with the next.
 */
export type ServicesFactory = () => Promise<McpServices>;
