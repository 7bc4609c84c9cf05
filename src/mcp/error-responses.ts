import type { MessageProblem } from './message-limits.ts';
import type { RateLimitError } from './rate-limit-error.ts';

type RequestId = string | number | null;

/** An error of the protocol, for a request that does not reach a server of it. */
export function errorResponse(
  status: number,
  { code, message }: MessageProblem,
  { id = null, headers = {} }: { id?: RequestId; headers?: Record<string, string> } = {},
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id }, { status, headers });
}

/** The answer to a request beyond a limit, which says when to try again. */
export function rateLimitResponse(error: RateLimitError, id?: RequestId): Response {
  const problem = { code: -32_000, message: `${error.message} ${error.hint}` };
  const headers = { 'retry-after': String(error.retryAfterSeconds) };
  return errorResponse(error.status, problem, { id, headers });
}
