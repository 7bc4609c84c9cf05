import { ProtocolErrorCode } from '@modelcontextprotocol/server';

/** Bytes of the body of a request; a larger one is answered with 413 and not read to its end. */
export const maxRequestBodyBytes = 256 * 1024;

/** Characters of a URI; none of Deedbox is longer than half of it. */
export const maxUriLength = 512;

/** Characters of the value that a completion begins with, and of each value that it returns. */
export const maxCompletionValueLength = 2000;

/** Characters of a message; only a subscription, which lists URIs, may be longer. */
const maxMessageLength = 64 * 1024;
const longMethods: readonly unknown[] = ['subscriptions/listen'];

/** Levels of nesting; arguments of tools have three. */
const maxDepth = 32;

/**
 * Characters of each string that is stored, logged or repeated in an answer. A path names the properties
 * of a message from its top; `_meta` has names with dots, so the parts are separated by spaces.
 */
const maxStringLengths: Record<string, number> = {
  id: 256,
  method: 128,
  'params name': 256,
  'params uri': maxUriLength,
  'params cursor': 500,
  'params level': 32,
  'params requestId': 256,
  'params reason': 1000,
  'params protocolVersion': 64,
  'params clientInfo name': 256,
  'params clientInfo title': 256,
  'params clientInfo version': 256,
  'params _meta progressToken': 256,
  'params _meta io.modelcontextprotocol/protocolVersion': 64,
  'params _meta io.modelcontextprotocol/clientInfo name': 256,
  'params _meta io.modelcontextprotocol/clientInfo title': 256,
  'params _meta io.modelcontextprotocol/clientInfo version': 256,
  'params ref name': 256,
  'params ref uri': maxUriLength,
  'params argument name': 256,
  'params argument value': maxCompletionValueLength,
};

/** Characters of headers that are compared or repeated; Node.js limits all of a request to 16 KiB. */
const maxHeaderLengths: Record<string, number> = {
  'mcp-session-id': 128,
  'mcp-protocol-version': 64,
  'mcp-method': 128,
  'mcp-name': maxUriLength,
  'last-event-id': 128,
};

/** Why a message is rejected: the code and the text of the protocol's error. */
export interface MessageProblem {
  code: number;
  message: string;
}

const tooLong = (what: string, max: number): MessageProblem => ({
  code: ProtocolErrorCode.InvalidParams,
  message: `${what} is longer than ${max} characters.`,
});

function valueAt(message: unknown, path: string): unknown {
  let value = message;
  for (const name of path.split(' ')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/**
 * What is wrong with a message before its method is looked at; undefined where nothing is.
 * @param length characters of the message
 */
export function messageProblem(message: unknown, length: number): MessageProblem | undefined {
  if (Array.isArray(message)) {
    return {
      code: ProtocolErrorCode.InvalidRequest,
      message: 'Batches are not supported: send each message in a request of its own.',
    };
  }
  if (isDeeperThan(message, maxDepth)) {
    return {
      code: ProtocolErrorCode.InvalidRequest,
      message: `The message is nested more than ${maxDepth} levels deep.`,
    };
  }
  for (const [path, max] of Object.entries(maxStringLengths)) {
    const value = valueAt(message, path);
    if (typeof value === 'string' && value.length > max)
      return tooLong(path.replaceAll(' ', '.'), max);
  }
  if (length > maxMessageLength && !longMethods.includes(valueAt(message, 'method')))
    return tooLong('The message', maxMessageLength);
  return undefined;
}

/** What is wrong with the headers of a request; undefined where nothing is. */
export function headerProblem(headers: Headers): MessageProblem | undefined {
  for (const [name, max] of Object.entries(maxHeaderLengths)) {
    if ((headers.get(name)?.length ?? 0) > max) return tooLong(`The header ${name}`, max);
  }
  return undefined;
}

/** Methods that read contracts, and count as calls. */
const callMethods: readonly unknown[] = [
  'tools/call',
  'resources/read',
  'resources/list',
  'resources/subscribe',
  'subscriptions/listen',
  'prompts/get',
  'completion/complete',
];

export function isCall(message: unknown): boolean {
  return callMethods.includes(valueAt(message, 'method'));
}

/** Whether a message adds a subscription to its session (protocol up to 2025-11-25). */
export function isSessionSubscription(message: unknown): boolean {
  return valueAt(message, 'method') === 'resources/subscribe';
}

/** The request that a notification cancels; undefined for any other message. */
export function cancelledRequestId(message: unknown): string | number | undefined {
  if (valueAt(message, 'method') !== 'notifications/cancelled') return undefined;
  const id = valueAt(message, 'params requestId');
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

/** The id of a request, for the answer to it. */
export function requestIdOf(message: unknown): string | number | null {
  const id = valueAt(message, 'id');
  const isShortText = typeof id === 'string' && id.length <= maxStringLengths['id']!;
  return isShortText || typeof id === 'number' ? id : null;
}
