import type { Logger } from 'pino';
import type { RequestContext } from '../request/context.ts';
import type { SearchContext } from '../search/context.ts';
import type { ScopedSyncs } from '../sync/scoped-syncs.ts';
import type { CallQueue } from './call-queue.ts';

/** What the tools, resources and prompts work on, for one call. */
export interface McpServices extends SearchContext {
  syncs: ScopedSyncs;
  /**
   * To be called before anything of a contract is shown. Rejects with `not_ready` where the permissions
   * of the principal are older than this service allows.
   */
  requireFreshPermissions(): Promise<void>;
}

/** Opens the services for one call, so that a permission that was withdrawn is gone with the next. */
export type ServicesFactory = (context: RequestContext) => Promise<McpServices>;

/** Opens the services to show something of contracts; see `requireFreshPermissions`. */
export async function openToRead(
  open: ServicesFactory,
  context: RequestContext,
): Promise<McpServices> {
  const services = await open(context);
  await services.requireFreshPermissions();
  return services;
}

/** What the handlers of one connection share. */
export interface Connection {
  open: ServicesFactory;
  /** The context of the connection. A call over HTTP has one of its own, see `callContext`. */
  context: RequestContext;
  /** Where calls wait for their turn. */
  callQueue: CallQueue;
  /** Receives the details of failures that are withheld from the client. */
  log?: Logger | undefined;
}
