import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import { asDeedboxError, type DeedboxError } from '../errors.ts';

/** What was not expected is told to the log in full, and to the client not at all. */
function known(error: unknown, where: string): DeedboxError {
  const failure = asDeedboxError(error);
  if (failure.code === 'internal')
    console.error(`deedbox: ${where} failed:`, failure.cause ?? error);
  return failure;
}

function sentence(failure: DeedboxError): string {
  const next =
    failure.hint ??
    (failure.code === 'internal'
      ? 'Try once more; if it happens again, the log of the Deedbox service says why.'
      : failure.retryable
        ? 'Try again in a moment.'
        : undefined);
  return next === undefined ? failure.message : `${failure.message} ${next}`;
}

/** A tool's failure as its result: the code, what happened, what to do next; no stack, path or SQL. */
export function toolFailure(error: unknown, tool: string): CallToolResult {
  const failure = known(error, tool);
  return {
    isError: true,
    content: [{ type: 'text', text: `Error ${failure.code}: ${sentence(failure)}` }],
    _meta: { 'deedbox/error': { code: failure.code, retryable: failure.retryable } },
  };
}

/** The same for resources, prompts and completions, whose failures are protocol errors. */
export function protocolFailure(error: unknown, what: string): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const failure = known(error, what);
  if (failure.code === 'not_found') return new ResourceNotFoundError(what, sentence(failure));
  const code =
    failure.code === 'invalid_request'
      ? ProtocolErrorCode.InvalidParams
      : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, sentence(failure), {
    code: failure.code,
    retryable: failure.retryable,
  });
}
