import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './errors.ts';
import type { Fault } from './faults.ts';

/** A response: a status, headers and a body. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export function jsonReply(value: unknown, status = 200, headers = {}): Reply {
  const body = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  const type = 'application/json; charset=UTF-8';
  const cache = 'no-cache, no-store, max-age=0, must-revalidate';
  return {
    status,
    headers: { 'Content-Type': type, 'Cache-Control': cache, ...headers },
    body: Buffer.from(body),
  };
}

export function errorReply(error: ApiError): Reply {
  return jsonReply(error.body, error.status, error.headers);
}

/** The bytes, or the requested range of them: 206, or 416 where it lies outside. */
export function bytesReply(
  { bytes, type }: { bytes: Buffer; type: string },
  range: string | undefined,
): Reply {
  const headers: Record<string, string> = { 'Content-Type': type, 'Accept-Ranges': 'bytes' };
  const rangeMatch = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (!rangeMatch || (rangeMatch[1] === '' && rangeMatch[2] === ''))
    return { status: 200, headers, body: bytes };
  const size = bytes.length;
  const [, first, last] = rangeMatch;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const until = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from >= size || until < from) {
    const unsatisfiable = new ApiError(416, '', { 'Content-Range': `bytes */${size}` });
    return errorReply(unsatisfiable);
  }
  headers['Content-Range'] = `bytes ${from}-${until}/${size}`;
  return { status: 206, headers, body: bytes.subarray(from, until + 1) };
}

/** Sends a reply, as the faults that befall it make it go wrong. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  faults: readonly Fault[],
  random: () => number,
): Promise<void> {
  let { body } = reply;
  let dripFault: Extract<Fault, { do: 'drip' }> | undefined;
  let cutAt: number | undefined;
  for (const fault of faults) {
    if (fault.do === 'delay') await sleep(fault.ms);
    if (fault.do === 'hang') return;
    if (fault.do === 'refuse') {
      request.socket.destroy();
      return;
    }
    if (fault.do === 'drip') dripFault = fault;
    if (fault.do === 'alter') body = withFlippedByte(body, random);
    if (fault.do === 'cut')
      cutAt = fault.after < 1 ? Math.floor(body.length * fault.after) : fault.after;
  }
  response.writeHead(reply.status, { ...reply.headers, 'Content-Length': String(body.length) });
  const sent = cutAt === undefined ? body : body.subarray(0, cutAt);
  if (dripFault) {
    for (let at = 0; at < sent.length && !request.socket.destroyed; at += dripFault.bytes) {
      response.write(sent.subarray(at, at + dripFault.bytes));
      await sleep(dripFault.everyMs);
    }
  } else if (cutAt !== undefined) await new Promise((written) => response.write(sent, written));
  if (cutAt !== undefined && cutAt < body.length) {
    // What was written must have left before the connection breaks.
    await sleep(20);
    request.socket.destroy();
  } else response.end(dripFault || cutAt !== undefined ? undefined : sent);
}

function withFlippedByte(body: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(body);
  const at = Math.floor(random() * copy.length);
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ 0x20;
  return copy;
}
