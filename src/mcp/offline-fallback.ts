import {
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from 'pino';
import { packageVersion } from '../settings/config.ts';
import type { DeedboxError } from '../errors/errors.ts';

/** What a bridge answers while it has no service, so that Claude can say what is wrong. */

const connectionToolName = 'deedbox_connection';
const methodNotFound = -32_601;
const internalError = -32_603;

export function errorText({ message, hint }: DeedboxError): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

/** Whether a request is one of 2026-07-28, each of which stands alone. */
export function isStatelessRequest(request: JSONRPCRequest): boolean {
  const meta = (request.params as { _meta?: Record<string, unknown> } | undefined)?._meta;
  return meta?.[PROTOCOL_VERSION_META_KEY] !== undefined;
}

function result(request: JSONRPCRequest, value: Record<string, unknown>): JSONRPCMessage {
  const typeField = isStatelessRequest(request) ? { resultType: 'complete' } : {};
  return { jsonrpc: '2.0', id: request.id, result: { ...typeField, ...value } };
}

const errorResponse = (request: JSONRPCRequest, code: number, message: string): JSONRPCMessage => ({
  jsonrpc: '2.0',
  id: request.id,
  error: { code, message },
});

/**
 * The answer to a request that the service did not answer: for a tool a result that a model reads, else
 * an error.
 */
export function failureResponse(request: JSONRPCRequest, failure: DeedboxError): JSONRPCMessage {
  const text = errorText(failure);
  if (request.method !== 'tools/call') return errorResponse(request, internalError, text);
  return result(request, { isError: true, content: [{ type: 'text', text }] });
}

/**
 * The answer to a request of a client that never reached the service. It is promised what the service
 * will offer, and has one tool until then, that says what is wrong.
 */
export function offlineResponse(request: JSONRPCRequest, failure: DeedboxError): JSONRPCMessage {
  const text = errorText(failure);
  if (isInitializeRequest(request)) {
    return result(request, {
      protocolVersion: request.params.protocolVersion,
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
      },
      serverInfo: { name: 'deedbox', title: 'Deedbox', version: packageVersion() },
      instructions: `Deedbox cannot answer now. ${text}`,
    });
  }
  switch (request.method) {
    case 'ping':
      return result(request, {});
    // a client that asks in the newer way for what there is goes on in the older one
    case 'server/discover':
      return errorResponse(request, methodNotFound, text);
    case 'tools/list':
      return result(request, {
        tools: [
          {
            name: connectionToolName,
            title: 'Deedbox is not connected',
            description: `Deedbox cannot answer now: tell the user why. ${text} Call this to try again.`,
            inputSchema: { type: 'object', properties: {} },
            annotations: { readOnlyHint: true, openWorldHint: false },
          },
        ],
      });
    case 'prompts/list':
      return result(request, { prompts: [] });
    case 'resources/list':
      return result(request, { resources: [] });
    case 'resources/templates/list':
      return result(request, { resourceTemplates: [] });
    default:
      return failureResponse(request, failure);
  }
}

/** The answer to the stand-in's own tool once the service is there; undefined for another request. */
export function reconnectedResponse(request: JSONRPCRequest): JSONRPCMessage | undefined {
  const { name } = (request.params ?? {}) as { name?: unknown };
  if (request.method !== 'tools/call' || name !== connectionToolName) return undefined;
  const text = 'Deedbox is connected now. Its tools are listed anew.';
  return result(request, { content: [{ type: 'text', text }] });
}

/** Tells a client to ask for everything anew. */
export const listChangedNotifications: JSONRPCMessage[] = ['tools', 'prompts', 'resources'].map(
  (list) => ({
    jsonrpc: '2.0',
    method: `notifications/${list}/list_changed`,
  }),
);

/** Tells a client on stdin and stdout what is wrong, whatever it asks; resolves when stdin ends. */
export async function serveOfflineStdio(failure: DeedboxError, log: Logger): Promise<void> {
  const client = new StdioServerTransport();
  const clientClosed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  client.onmessage = (message) => {
    if (!isJSONRPCRequest(message)) return;
    client.send(offlineResponse(message, failure)).catch((err: unknown) => {
      log.warn({ err }, 'the client could not be answered');
    });
  };
  client.onerror = (err) => log.warn({ err }, 'trouble with the client');
  await client.start();
  await clientClosed;
}
