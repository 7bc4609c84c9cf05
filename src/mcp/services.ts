import type { SearchServices } from '../search/search.ts';
import type { SyncServices } from '../sync/syncs.ts';

/** What the tools, resources and prompts work on, shared by every connection of a process. */
export interface McpServices extends SearchServices, SyncServices {}

/** Services that are open, or how to open them when the first question needs them. */
export type ServicesSource = McpServices | (() => Promise<McpServices>);

export type OpenServices = () => Promise<McpServices>;

/**
 * Opens the services at most once, on first use; an opening that failed is tried again by the next
 * caller. `opened` is called once with them.
 */
export function openOnce(
  source: ServicesSource,
  opened: (services: McpServices) => void = () => {},
): OpenServices {
  let services: Promise<McpServices> | undefined;
  return () => {
    services ??= Promise.resolve(typeof source === 'function' ? source() : source).then(
      (value) => {
        opened(value);
        return value;
      },
      (error: unknown) => {
        services = undefined;
        throw error;
      },
    );
    return services;
  };
}
