export type ErrorCode =
  // why a file could not be indexed; shown to people as the reason
  | 'encrypted'
  | 'corrupt'
  | 'no_text'
  | 'unsupported_type'
  | 'too_large'
  | 'timed_out'
  | 'source_error'
  // why a request could not be answered
  | 'invalid_request'
  | 'not_found'
  | 'not_ready'
  | 'model_mismatch'
  | 'checkpoint_expired'
  | 'not_signed_in'
  | 'unauthenticated'
  | 'forbidden'
  | 'invalid_configuration'
  | 'storage_error'
  | 'damaged_record'
  | 'cancelled'
  | 'internal';

/**
 * The one error class. `message` and `hint` may reach a client, so they hold no path outside the
 * user's own folders, no SQL and no stack trace; details for the log go into `cause`.
 */
export class DeedboxError extends Error {
  readonly code: ErrorCode;
  /** Whether the same attempt may succeed later without anyone changing anything. */
  readonly retryable: boolean;
  /** What to do next, as an instruction. */
  readonly hint?: string;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryable?: boolean; hint?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'DeedboxError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.hint = options.hint;
  }
}

/** Anything thrown, as a DeedboxError; an unexpected error becomes the cause of an `internal` one. */
export function asDeedboxError(error: unknown): DeedboxError {
  if (error instanceof DeedboxError) return error;
  return new DeedboxError('internal', 'An unexpected error occurred.', { cause: error });
}
