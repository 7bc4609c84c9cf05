import { pino, type Logger } from 'pino';
import { DeedboxError, type ErrorCode } from './errors.ts';
import type { logSettings } from './log-settings.ts';

/** Codes of errors whose message speaks of the service, and never of what was asked or read. */
const ofTheService: ReadonlySet<ErrorCode> = new Set([
  'not_ready',
  'storage_error',
  'invalid_configuration',
  'model_mismatch',
  'not_signed_in',
  'unauthenticated',
  'forbidden',
]);

/** What system calls tell of themselves without naming a file. */
const systemFields = ['code', 'syscall', 'address', 'port', 'signal'] as const;

function frames({ stack = '', message }: Error): string[] {
  const at = stack.indexOf(message);
  const lines = at < 0 ? [] : stack.slice(at + message.length).split('\n');
  return lines.map((line) => line.trim()).filter((line) => line.startsWith('at '));
}

/**
 * An error for the log: what kind it is and where it came from. The message of one that was not foreseen
 * is left out, for parsers and databases quote in theirs what they were given; so are names of files.
 */
export function loggedError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const known = error as unknown as Record<string, unknown>;
  const told = systemFields.filter((name) => ['string', 'number'].includes(typeof known[name]));
  const isOwn = error instanceof DeedboxError;
  return {
    type: error.name,
    ...Object.fromEntries(told.map((name) => [name, known[name]])),
    ...(isOwn && ofTheService.has(error.code) && { message: error.message, hint: error.hint }),
    // a system call that failed says which it was and why; where it was made adds nothing
    ...(!isOwn && !told.includes('syscall') && { stack: frames(error) }),
    ...(error.cause !== undefined && { cause: loggedError(error.cause) }),
  };
}

/** One line for a person: time, level, what happened, and the rest as `name=value`. */
export function textLine(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  const at = String(time).slice(11, 19);
  return [at, String(level).toUpperCase(), harmless(String(msg)), ...shown].join(' ') + '\n';
}

/** What would end the line, or steer a terminal, as an escape. */
function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** Without quotes where nothing needs them. */
function plain(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:@/+-]+$/.test(value)) return value;
  return harmless(JSON.stringify(value));
}

/**
 * The log of this process, on standard error. It holds no text of a contract, no question and no
 * credential; names of files at the level `debug` alone.
 */
export function openLog(
  { level, format }: Partial<ReturnType<typeof logSettings>> = {},
  out: NodeJS.WriteStream = process.stderr,
): Logger {
  const asText = (format ?? (out.isTTY ? 'text' : 'json')) === 'text';
  // whoever read it may have gone, as when a client closes its window
  if (out.listenerCount('error') === 0) out.on('error', () => {});
  return pino(
    {
      level: level ?? 'info',
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggedError },
    },
    { write: (line) => void out.write(asText ? textLine(line) : line) },
  );
}
