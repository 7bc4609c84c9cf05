import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { ErrorCode } from '../errors/errors.ts';
import type { RequestContext } from '../request/context.ts';
import { toolFailure } from './failures.ts';
import type { FairScheduler } from './scheduling.ts';
import type { McpServices } from './services.ts';
import type { Tool, ToolCall } from './tools/tool.ts';

/** One call of a tool, and its result once the steps have made it. */
export interface ToolExchange {
  tool: Tool;
  /** As the client sent them. */
  args: unknown;
  context: RequestContext;
  call: ToolCall;
  /** Settled before the first step. */
  services: Promise<McpServices>;
  scheduler: FairScheduler;
  log?: Logger | undefined;
  result?: CallToolResult;
}

export type CallStep = (exchange: ToolExchange) => Promise<void>;

/** Runs the tool in its turn. A sync takes no turn: it waits most of the time, and others must not. */
export async function schedule(exchange: ToolExchange): Promise<void> {
  const { tool, args, services, call, scheduler } = exchange;
  exchange.result =
    tool.scope === 'documents:sync'
      ? await tool.call(services, args, call)
      : await scheduler.run(() => tool.call(services, args, call));
}

/** Reports the result. Where that must not fail and does, the client gets the failure instead. */
export async function audit(exchange: ToolExchange): Promise<void> {
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

/** Passes one call through the steps, in order. */
export async function callTool(
  exchange: ToolExchange,
  steps: readonly CallStep[],
): Promise<CallToolResult> {
  // a directory of groups may take long to answer, which must not take up a turn
  await Promise.allSettled([exchange.services]);
  for (const step of steps) await step(exchange);
  return exchange.result!;
}
