import {
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Logger } from 'pino';
import { showHidden } from '../encode/visible.ts';
import { packageVersion } from '../settings/config.ts';
import type { DeedboxError } from '../errors/errors.ts';

/** The answers of a bridge without a service, with which Claude can say what is wrong. */

const connectionToolName = 'deedbox_connection';
const methodNotFound = -32_601;
const internalError = -32_603;

function errorText({ message, hint }: DeedboxError): string {
  return showHidden(hint === undefined ? message : `${message} ${hint}`);
}

/** Whether a request is one of 2026-07-28, which has no sessions. */
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
 * The answer to a request that the service did not answer: for a tool a result, which a model reads,
 * else an error.
 */
export function failureResponse(request: JSONRPCRequest, failure: DeedboxError): JSONRPCMessage {
  const text = errorText(failure);
  if (request.method !== 'tools/call') return errorResponse(request, internalError, text);
  return result(request, { isError: true, content: [{ type: 'text', text }] });
}

/**
 * The answer to a request of a client that never reached the service. It declares the capabilities of the
 * service, and offers one tool, which says what is wrong.
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
    // a client that gets this error goes on with the handshake of the older version
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

/** The answer to the fallback's own tool once the service is reached; undefined for other requests. */
export function reconnectedResponse(request: JSONRPCRequest): JSONRPCMessage | undefined {
  const { name } = (request.params ?? {}) as { name?: unknown };
  if (request.method !== 'tools/call' || name !== connectionToolName) return undefined;
  const text = 'Deedbox is connected now. Its tools are listed again.';
  return result(request, { content: [{ type: 'text', text }] });
}

/** Makes a client list everything again. */
export const listChangedNotifications: JSONRPCMessage[] = ['tools', 'prompts', 'resources'].map(
  (list) => ({
    jsonrpc: '2.0',
    method: `notifications/${list}/list_changed`,
  }),
);

/** Answers every request on stdin with what is wrong; resolves when stdin ends. */
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
  client.onerror = (err) => log.warn({ err }, 'client transport error');
  await client.start();
  await clientClosed;
}
