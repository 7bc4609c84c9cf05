import type { IncomingMessage } from 'node:http';
import type { HttpExchange, HttpState } from './http-middleware.ts';
import { sendJson } from './http-responses.ts';

/**
 * Headers that a request may have once. Node takes the first of some and the last of others where a proxy
 * in front of it may take another, so that the two would check different values.
 */
const singleHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'last-event-id',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'transfer-encoding',
]);

/** A name or an address, with a port or without: no user, no path, no list. */
const hostPattern = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** What makes a request ambiguous; undefined where nothing does. */
function ambiguityOf({ rawHeaders, headers, url = '' }: IncomingMessage): string | undefined {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (singleHeaders.has(name) && seen.has(name)) return `The header ${name} is there twice.`;
    seen.add(name);
  }
  if (!hostPattern.test(headers.host ?? '')) return 'The header host is missing or not a host.';
  // a whole address would name a host of its own
  if (!url.startsWith('/')) return 'The address of the request is not a path.';
  return undefined;
}

/** Answers a request that another program may read in another way with 400, and ends its connection. */
export function rejectAmbiguous(_state: HttpState, { request, response }: HttpExchange): boolean {
  const ambiguity = ambiguityOf(request);
  if (ambiguity === undefined) return false;
  const body = { error: 'invalid_request', error_description: ambiguity };
  sendJson(response, 400, body, { connection: 'close' });
  return true;
}
