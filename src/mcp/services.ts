import type { SearchServices } from '../search/search.ts';
import type { AskedSyncs } from '../sync/asked-syncs.ts';

/** What the tools, resources and prompts work on, for one who asks. */
export interface McpServices extends SearchServices {
  syncs: AskedSyncs;
}

/**
 * The services for the one who asks on a connection. Called anew for each question, so that a right
 * that was withdrawn is gone with the next.
 */
export type OpenServices = () => Promise<McpServices>;
