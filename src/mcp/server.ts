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
import { packageVersion } from '../config.ts';
import { type Disclosure, usualDisclosure } from '../disclosure-settings.ts';
import { redactionSentence } from '../search/redaction-notes.ts';
import { noteTool, originOf, type Reporting, scopeName, scopesOf } from './answered.ts';
import { type CompletedArguments, registerCompletions } from './completions.ts';
import type { ChangeFeed, Watcher } from './change-feed.ts';
import { protocolFailure } from './failures.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources/resources.ts';
import { RunningCalls } from './running-calls.ts';
import type { OpenServices } from './services.ts';
import { advertise } from './tools/advertise.ts';
import type { ToolCall } from './tools/tool.ts';
import { tools } from './tools/tools.ts';
import { Turns } from './turns.ts';

export interface McpOptions extends Reporting {
  /** Announces changed resources to clients that hold a connection. */
  feed?: ChangeFeed;
  /** Milliseconds that sync_documents waits before it hands back a job; 20 s where it is left out. */
  patience?: number;
  extension?: Extension;
  /** Takes in every tool call, so that its services can outlast it. */
  calls?: RunningCalls;
  /** Whose turn it is to be answered, where many ask. */
  turns?: Turns;
  /** Aborted when the service is about to close: what could wait longer answers with what it has. */
  closing?: AbortSignal;
  /** What one answer may tell; the usual where it is left out. */
  disclosure?: Disclosure;
  /** Aborted when the client gives up the one request that this server answers. */
  givenUp?: AbortSignal;
}

/** Adds to what a server offers, for callers that need more of the protocol than Deedbox does. */
export interface Extension {
  options: Pick<ServerOptions, 'requestState'>;
  /** Called before the server is served; returns the resources that it adds to the list. */
  register(server: McpServer): Resource[];
  /** By prompt: the arguments of prompts of its own that can be completed. */
  completions?: CompletedArguments;
}

/** Well under the minute after which clients give up on a call. */
const defaultPatience = 20_000;
/** The definition changes with the program alone; contents change at any time. */
const definitionLifetime = { ttlMs: 300_000, cacheScope: 'private' } as const;

const instructions =
  'Deedbox answers from the organisation’s own contracts, with proof. Find contracts with ' +
  'search_documents, wording with search_passages, clauses with extract_clauses, and read with ' +
  'get_document. Quote verbatim with page and link. What is reported as not found was not found: say ' +
  'so, do not guess. If a contract seems to be missing, get_sync_status says whether and why it could ' +
  'not be read. Searching stays on the machines that run Deedbox; what a tool returns goes to you and to ' +
  'your provider, and may be written down: ask for no more than the question needs.';

/** A client with a token can ask for more of its user; for one with a key the tool says what it lacks. */
function challengeFor(scope: Scope | undefined): ScopeChallengeHandler | undefined {
  if (scope === undefined) return undefined;
  return ({ authInfo }) => {
    const missing = !scopesOf(authInfo).includes(scope);
    const byToken = originOf(authInfo)?.caller.by === 'token';
    if (!missing || !byToken) return undefined;
    return { scopes: [scopeName(authInfo, 'documents:read'), scopeName(authInfo, scope)] };
  };
}

const advertised = new Map<number | undefined, ReturnType<typeof advertise>[]>();

/** What each tool takes, as it is shown where an answer tells of so many contracts at most. */
function inputsFor(documents: number | undefined) {
  const known = advertised.get(documents);
  const inputs = known ?? tools.map(({ input }) => advertise(input, 'input', documents));
  advertised.set(documents, inputs);
  return inputs;
}

const configs = tools.map((tool) => ({
  title: tool.title,
  description: tool.description,
  annotations: tool.annotations,
  outputSchema: advertise(tool.output, 'output'),
  scopeChallenge: challengeFor(tool.scope),
}));

/**
 * A call ends with its connection too, which says nothing of what the client wants, except where the
 * stream of the call is all there is to give up (2026-07-28 over HTTP).
 */
function isCancelled({ aborted, reason }: AbortSignal, givenUp: AbortSignal | undefined): boolean {
  const closed = reason instanceof SdkError && reason.code === SdkErrorCode.ConnectionClosed;
  return aborted && (!closed || givenUp?.aborted === true);
}

function toolCall(ctx: ServerContext, options: McpOptions, alsoNamed: Set<string>): ToolCall {
  const { patience, givenUp, closing, log, disclosure } = options;
  const { signal } = ctx.mcpReq;
  return {
    alsoNamed,
    signal,
    log,
    scopes: scopesOf(ctx.http?.authInfo),
    cancelled: () => isCancelled(signal, givenUp),
    disclosure: disclosure ?? usualDisclosure,
    patience: () => (closing?.aborted ? 0 : (patience ?? defaultPatience)),
    async progress(progress, total, message) {
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
export function watcherOf(server: McpServer): Watcher {
  return {
    uris: new Set(),
    listChanged: () => void server.server.sendResourceListChanged().catch(() => {}),
    updated: (uri) => void server.server.sendResourceUpdated({ uri }).catch(() => {}),
  };
}

/** Subscriptions as clients up to 2025-11-25 make them, for as long as their connection lasts. */
function serveSubscriptions(server: McpServer, open: OpenServices, { feed, log }: McpOptions) {
  const watcher = watcherOf(server);
  server.server.oninitialized = () => feed?.watch(watcher);
  server.server.onclose = () => feed?.unwatch(watcher);
  server.server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    try {
      await open();
      watcher.uris.add(uri);
      await feed?.remember(uri);
      return {};
    } catch (error) {
      throw protocolFailure(error, uri, log);
    }
  });
  server.server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    watcher.uris.delete(uri);
    return {};
  });
}

/**
 * A server for one connection or one request of one who asks. Nothing is opened until a tool, a
 * resource or a completion needs it.
 */
export function createMcpServer(open: OpenServices, options: McpOptions = {}): McpServer {
  const { disclosure = usualDisclosure } = options;
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
        'server/discover': definitionLifetime,
        'tools/list': definitionLifetime,
        'prompts/list': definitionLifetime,
        'resources/templates/list': definitionLifetime,
      },
      ...options.extension?.options,
    },
  );
  const { calls = new RunningCalls(), turns = new Turns() } = options;
  const inputs = inputsFor(disclosure.documents);
  for (const [at, tool] of tools.entries()) {
    const config = { ...configs[at]!, inputSchema: inputs[at]! };
    server.registerTool(tool.name, config, (args, ctx) =>
      calls.run(() =>
        noteTool(options, { name: tool.name, args }, ctx, async (alsoNamed) => {
          const call = toolCall(ctx, options, alsoNamed);
          // what waits keeps the thread free, and must not keep others waiting: for a sync,
          if (tool.scope === 'documents:sync') return tool.call(open, args, call);
          // and for a directory that is asked who may read what
          const opened = open();
          await Promise.allSettled([opened]);
          return turns.take(() => tool.call(() => opened, args, call));
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
