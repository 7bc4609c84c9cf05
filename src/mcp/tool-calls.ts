import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { ErrorCode } from '../errors/errors.ts';
import type { RequestContext } from '../request/context.ts';
import { toolFailure } from './failures.ts';
import type { CallQueue } from './call-queue.ts';
import { limitKey } from './http-limits.ts';
import type { McpServices, ServicesFactory } from './services.ts';
import type { Tool, ToolCall, ToolRequest } from './tools/tool.ts';

/** One call of a tool, and what the steps have found out about it. */
interface ToolExchange {
  tool: Tool;
  /** As the client sent them. */
  args: unknown;
  context: RequestContext;
  call: ToolCall;
  open: ServicesFactory;
  callQueue: CallQueue;
  log?: Logger | undefined;
  /** The arguments, set by `checkCall`. */
  request?: ToolRequest;
  /** Set by `openServices`. */
  services?: McpServices;
  /** Set by `runTool`, or to the failure of an earlier step. */
  result?: CallToolResult;
}

/** Rejects with the reason why the call fails; then the steps after it are left out. */
type CallStep = (exchange: ToolExchange) => Promise<void>;

/** @throws DeedboxError `forbidden` without the scope of the tool, `invalid_request` for its arguments */
async function checkCall(exchange: ToolExchange): Promise<void> {
  exchange.request = exchange.tool.parse(exchange.args, exchange.context.scopes);
}

/**
 * Before the call takes a turn: a directory of groups may take long to answer. A sync is what makes old
 * permissions new.
 */
async function openServices(exchange: ToolExchange): Promise<void> {
  exchange.services = await exchange.open(exchange.context);
  if (exchange.tool.scope !== 'documents:sync') await exchange.services.requireFreshPermissions();
}

/** Runs the tool in its turn. A sync takes no turn: it waits most of the time, and others must not. */
async function runTool(exchange: ToolExchange): Promise<void> {
  const { tool, request, services, call, callQueue, context } = exchange;
  const run = () => tool.run(services!, request!, call);
  exchange.result =
    tool.scope === 'documents:sync' ? await run() : await callQueue.run(limitKey(context), run);
}

/** Reports the result. Where that must not fail and does, the client gets the failure instead. */
async function audit(exchange: ToolExchange): Promise<void> {
  const { tool, args, context, result, log } = exchange;
  const failure = result?._meta?.['deedbox/error'] as { code: ErrorCode } | undefined;
  const { name } = tool;
  try {
    await context.audit({
      event: 'tool',
      name,
      arguments: args,
      ...(failure && { error: failure.code }),
    });
  } catch (error) {
    exchange.result = toolFailure(error, name, log);
  }
}

/** What every tool call passes, in order, before it is audited. */
const callSteps: readonly CallStep[] = [checkCall, openServices, runTool];

/** Passes one call through the steps, in order, and reports its result, a failure too. */
export async function callTool(exchange: ToolExchange): Promise<CallToolResult> {
  try {
    await exchange.callQueue.count(limitKey(exchange.context), async () => {
      for (const step of callSteps) await step(exchange);
    });
  } catch (error) {
    exchange.result = toolFailure(error, exchange.tool.name, exchange.log);
  }
  await audit(exchange);
  return exchange.result!;
}
