import {
  McpServer,
  type Resource,
  type ScopeChallengeHandler,
  SdkError,
  SdkErrorCode,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import type { Scope } from '../access/caller.ts';
import { packageVersion } from '../settings/config.ts';
import { type Disclosure, defaultDisclosure } from '../settings/disclosure.ts';
import { redactionSentence } from '../search/redaction-notes.ts';
import {
  withToolAudit,
  requestIdentityOf,
  type ObservabilityOptions,
  qualifiedScope,
  grantedScopes,
} from './audit-events.ts';
import { type ArgumentCompleters, registerCompletions } from './completions.ts';
import type { ResourceNotifier, Subscriber } from './resource-notifier.ts';
import { protocolFailure } from './failures.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources/resources.ts';
import { InFlightCalls } from './in-flight-calls.ts';
import type { ServicesFactory } from './services.ts';
import { toolSchema } from './tools/tool-schema.ts';
import type { ToolCall } from './tools/tool.ts';
import { tools } from './tools/tools.ts';
import { FairScheduler } from './fair-scheduler.ts';

export interface McpOptions extends ObservabilityOptions {
  /** Announces changed resources to clients that hold a connection. */
  notifier?: ResourceNotifier;
  /** Milliseconds that sync_documents waits before it hands back a job; 20 s where it is left out. */
  syncTimeoutMs?: number;
  extension?: Extension;
  /** Takes in every tool call, so that its services can outlast it. */
  calls?: InFlightCalls;
  /** Whose turn it is to be answered, where many ask. */
  scheduler?: FairScheduler;
  /** Aborted when the service is about to close: what could wait longer answers with what it has. */
  shutdownSignal?: AbortSignal;
  /** What one answer may tell; the usual where it is left out. */
  disclosure?: Disclosure;
  /** Aborted when the client gives up the one request that this server answers. */
  requestSignal?: AbortSignal;
}

/** Adds to what a server offers, for callers that need more of the protocol than Deedbox does. */
export interface Extension {
  options: Pick<ServerOptions, 'requestState'>;
  /** Called before the server is served; returns the resources that it adds to the list. */
  register(server: McpServer): Resource[];
  /** By prompt: the arguments of prompts of its own that can be completed. */
  completions?: ArgumentCompleters;
}

/** Well under the minute after which clients give up on a call. */
const defaultSyncTimeoutMs = 20_000;
/** The definition changes with the program alone; contents change at any time. */
const definitionCacheHint = { ttlMs: 300_000, cacheScope: 'private' } as const;

const instructions =
  'Deedbox answers from the organisation’s own contracts, with proof. Find contracts with ' +
  'search_documents, wording with search_passages, clauses with extract_clauses, and read with ' +
  'get_document. Quote verbatim with page and link. What is reported as not found was not found: say ' +
  'so, do not guess. If a contract seems to be missing, get_sync_status says whether and why it could ' +
  'not be read. Searching stays on the machines that run Deedbox; what a tool returns goes to you and to ' +
  'your provider, and may be written down: ask for no more than the question needs.';

/** A client with a token can ask for more of its user; for one with a key the tool says what it lacks. */
function scopeChallengeFor(scope: Scope | undefined): ScopeChallengeHandler | undefined {
  if (scope === undefined) return undefined;
  return ({ authInfo }) => {
    const isMissing = !grantedScopes(authInfo).includes(scope);
    const usesToken = requestIdentityOf(authInfo)?.caller.authMethod === 'token';
    if (!isMissing || !usesToken) return undefined;
    return {
      scopes: [qualifiedScope(authInfo, 'documents:read'), qualifiedScope(authInfo, scope)],
    };
  };
}

const inputSchemaCache = new Map<number | undefined, ReturnType<typeof toolSchema>[]>();

/** What each tool takes, as it is shown where an answer tells of so many contracts at most. */
function inputSchemasFor(documents: number | undefined) {
  const cached = inputSchemaCache.get(documents);
  const inputSchemas = cached ?? tools.map(({ input }) => toolSchema(input, 'input', documents));
  inputSchemaCache.set(documents, inputSchemas);
  return inputSchemas;
}

const toolConfigs = tools.map((tool) => ({
  title: tool.title,
  description: tool.description,
  annotations: tool.annotations,
  outputSchema: toolSchema(tool.output, 'output'),
  scopeChallenge: scopeChallengeFor(tool.scope),
}));

/**
 * A call ends with its connection too, which says nothing of what the client wants, except where the
 * stream of the call is all there is to give up (2026-07-28 over HTTP).
 */
function isCancelled(
  { aborted, reason }: AbortSignal,
  requestSignal: AbortSignal | undefined,
): boolean {
  const isConnectionClosed =
    reason instanceof SdkError && reason.code === SdkErrorCode.ConnectionClosed;
  return aborted && (!isConnectionClosed || requestSignal?.aborted === true);
}

function createToolCall(
  ctx: ServerContext,
  options: McpOptions,
  additionalDisclosures: Set<string>,
): ToolCall {
  const { syncTimeoutMs, requestSignal, shutdownSignal, log, disclosure } = options;
  const { signal } = ctx.mcpReq;
  return {
    additionalDisclosures,
    signal,
    log,
    scopes: grantedScopes(ctx.http?.authInfo),
    isCancelled: () => isCancelled(signal, requestSignal),
    disclosure: disclosure ?? defaultDisclosure,
    timeoutMs: () => (shutdownSignal?.aborted ? 0 : (syncTimeoutMs ?? defaultSyncTimeoutMs)),
    async reportProgress(progress, total, message) {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      if (progressToken === undefined) return;
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total, message },
      });
    },
  };
}

/** Notices to the client of this server; a connection that has gone needs none. */
export function subscriberFor(server: McpServer): Subscriber {
  return {
    uris: new Set(),
    notifyListChanged: () => void server.server.sendResourceListChanged().catch(() => {}),
    notifyUpdated: (uri) => void server.server.sendResourceUpdated({ uri }).catch(() => {}),
  };
}

/** Subscriptions as clients up to 2025-11-25 make them, for as long as their connection lasts. */
function serveSubscriptions(
  server: McpServer,
  open: ServicesFactory,
  { notifier, log }: McpOptions,
) {
  const subscriber = subscriberFor(server);
  server.server.oninitialized = () => notifier?.subscribe(subscriber);
  server.server.onclose = () => notifier?.unsubscribe(subscriber);
  server.server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    try {
      await open();
      subscriber.uris.add(uri);
      await notifier?.recordState(uri);
      return {};
    } catch (error) {
      throw protocolFailure(error, uri, log);
    }
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    subscriber.uris.delete(uri);
    return {};
  });
}

/**
 * A server for one connection or one request of one who asks. Nothing is opened until a tool, a
 * resource or a completion needs it.
 */
export function createMcpServer(open: ServicesFactory, options: McpOptions = {}): McpServer {
  const { disclosure = defaultDisclosure } = options;
  const server = new McpServer(
    {
      name: 'deedbox',
      title: 'Deedbox',
      version: packageVersion(),
      description: 'Contracts in, cited answers out',
    },
    {
      instructions:
        disclosure.redacted.length > 0
          ? `${instructions} ${redactionSentence(disclosure.redacted)}`
          : instructions,
      capabilities: {
        tools: { listChanged: false },
        prompts: { listChanged: false },
        resources: { listChanged: true, subscribe: true },
        completions: {},
      },
      cacheHints: {
        'server/discover': definitionCacheHint,
        'tools/list': definitionCacheHint,
        'prompts/list': definitionCacheHint,
        'resources/templates/list': definitionCacheHint,
      },
      ...options.extension?.options,
    },
  );
  const { calls = new InFlightCalls(), scheduler = new FairScheduler() } = options;
  const inputSchemas = inputSchemasFor(disclosure.maxDocuments);
  for (const [index, tool] of tools.entries()) {
    const config = { ...toolConfigs[index]!, inputSchema: inputSchemas[index]! };
    server.registerTool(tool.name, config, (args, ctx) =>
      calls.run(() =>
        withToolAudit(options, { name: tool.name, args }, ctx, async (additionalDisclosures) => {
          const call = createToolCall(ctx, options, additionalDisclosures);
          // what waits keeps the thread free, and must not keep others waiting: for a sync,
          if (tool.scope === 'documents:sync') return tool.call(open, args, call);
          // and for a directory that is asked who may read what
          const opened = open();
          await Promise.allSettled([opened]);
          return scheduler.run(() => tool.call(() => opened, args, call));
        }),
      ),
    );
  }
  registerPrompts(server, open, { ...options, disclosure });
  const extra = options.extension?.register(server) ?? [];
  registerResources(server, open, { ...options, extra, disclosure });
  registerCompletions(server, open, options);
  serveSubscriptions(server, open, options);
  return server;
}
