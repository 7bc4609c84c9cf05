import {
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
} from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import { AuditWriteError } from '../audit/log.ts';
import { markdownSentence } from '../encode/markdown.ts';
import { showHidden } from '../encode/visible.ts';
import { asDeedboxError, DeedboxError, type ErrorCode } from '../errors/errors.ts';

/** Messages for clients in place of those that are for administrators, and may name files. */
const genericMessages: Partial<Record<ErrorCode, string>> = {
  internal: 'An unexpected error occurred.',
  invalid_configuration: 'Deedbox is not configured correctly; its log says how.',
  storage_error: 'Deedbox could not use its data folder; its log says why.',
};

const auditMessage =
  'The answer is withheld, because it cannot be recorded in the audit log; the log of Deedbox says why.';

/** A failure as a client may see it; what is withheld goes to the log. */
function toClientError(error: unknown, log: Logger | undefined, tool?: string): DeedboxError {
  const failure = asDeedboxError(error);
  const { code, retryable } = failure;
  const genericMessage = failure instanceof AuditWriteError ? auditMessage : genericMessages[code];
  if (code === 'damaged_record') log?.error({ tool, err: failure }, 'damaged');
  if (genericMessage === undefined) return failure;
  log?.error({ tool, err: code === 'internal' ? (failure.cause ?? error) : failure }, 'failed');
  return new DeedboxError(code, genericMessage, { retryable });
}

/** @param encode makes the message, which may name files and repeat arguments, fit for where it is shown */
function errorText(failure: DeedboxError, encode: (text: string) => string = showHidden): string {
  const nextStep =
    failure.hint ??
    (failure.code === 'internal'
      ? 'Try once more; if it happens again, the log of the Deedbox service says why.'
      : failure.retryable
        ? 'Try again in a moment.'
        : undefined);
  const message = encode(failure.message);
  return nextStep === undefined ? message : `${message} ${showHidden(nextStep)}`;
}

/** A failure in words for a client; what is withheld is for the caller to log. */
export function failureText(error: unknown): string {
  return errorText(toClientError(error, undefined));
}

/** A tool's failure as its result: the code, what happened, what to do next; no stack, path or SQL. */
export function toolFailure(error: unknown, tool: string, log?: Logger): CallToolResult {
  const failure = toClientError(error, log, tool);
  return {
    isError: true,
    content: [
      { type: 'text', text: `Error ${failure.code}: ${errorText(failure, markdownSentence)}` },
    ],
    _meta: { 'deedbox/error': { code: failure.code, retryable: failure.retryable } },
  };
}

/** The same for resources, prompts and completions, whose failures are protocol errors. */
export function protocolFailure(error: unknown, what: string, log?: Logger): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const failure = toClientError(error, log);
  if (failure.code === 'not_found') return new ResourceNotFoundError(what, errorText(failure));
  const code =
    failure.code === 'invalid_request'
      ? ProtocolErrorCode.InvalidParams
      : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, errorText(failure), {
    code: failure.code,
    retryable: failure.retryable,
  });
}
