import { pino, type Logger } from 'pino';
import { escapeJson } from '../encode/json.ts';
import { showHidden } from '../encode/visible.ts';
import { DeedboxError, type ErrorCode } from '../errors/errors.ts';
import type { logSettings } from '../settings/log.ts';

/** Codes of errors whose message is about the service, and never about requests or contracts. */
const loggableCodes: ReadonlySet<ErrorCode> = new Set([
  'not_ready',
  'storage_error',
  'invalid_configuration',
  'model_mismatch',
  'not_signed_in',
  'unauthenticated',
  'forbidden',
]);

/** Fields of errors of system calls that name no file. */
const systemErrorFields = ['code', 'syscall', 'address', 'port', 'signal'] as const;

function stackFrames({ stack = '', message }: Error): string[] {
  const messageStart = stack.indexOf(message);
  const lines = messageStart < 0 ? [] : stack.slice(messageStart + message.length).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}

/**
 * An error for the log: its kind and where it was thrown. The message of an unexpected error is left out,
 * for parsers and databases quote their input in it; so are names of files.
 */
export function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const errorFields = error as unknown as Record<string, unknown>;
  const systemDetails = systemErrorFields.filter((name) =>
    ['string', 'number'].includes(typeof errorFields[name]),
  );
  const isDeedboxError = error instanceof DeedboxError;
  return {
    type: error.name,
    ...Object.fromEntries(systemDetails.map((name) => [name, errorFields[name]])),
    ...(isDeedboxError &&
      loggableCodes.has(error.code) && { message: error.message, hint: error.hint }),
    // a failed system call is described by its fields; its stack adds nothing
    ...(!isDeedboxError && !systemDetails.includes('syscall') && { stack: stackFrames(error) }),
    ...(error.cause !== undefined && { cause: serializeError(error.cause) }),
  };
}

/** One line for a person: time, level, what happened, and the rest as `name=value`. */
export function formatTextLine(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
  const clockTime = String(time).slice(11, 19);
  return (
    [clockTime, String(level).toUpperCase(), showHidden(String(msg)), ...pairs].join(' ') + '\n'
  );
}

/** Without quotes where nothing needs them. */
function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:@/+-]+$/.test(value)) return value;
  return escapeJson(JSON.stringify(value));
}

/**
 * The log of this process, on standard error. It contains no text of a contract, no query and no
 * credential; names of files only at the level `debug`.
 */
export function openLog(
  { level, format }: Partial<ReturnType<typeof logSettings>> = {},
  out: NodeJS.WriteStream = process.stderr,
): Logger {
  const isText = (format ?? (out.isTTY ? 'text' : 'json')) === 'text';
  // the reader may be gone, as when a client closes its window
  if (out.listenerCount('error') === 0) out.on('error', () => {});
  return pino(
    {
      level: level ?? 'info',
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: serializeError },
    },
    {
      write: (line) =>
        void out.write(isText ? formatTextLine(line) : `${escapeJson(line.trimEnd())}\n`),
    },
  );
}
