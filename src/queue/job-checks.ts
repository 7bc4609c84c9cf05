import * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';
import { jobPayloads, type JobKind } from './jobs.ts';
import type { NewJob, RunningJob } from './queue.ts';

/** That of a backlog; see `NewJob.priority`. */
const defaultPriority = 10;

export const jobKinds = Object.keys(jobPayloads) as JobKind[];

/** The validated job, with its priority. Throws `invalid_request` for an unknown kind or an invalid payload. */
export function requireJob({ kind, key, payload, priority = defaultPriority }: NewJob) {
  const parsed = jobPayloads[kind]?.safeParse(payload);
  if (!parsed?.success || key === '' || key.length > maxKeyLength) {
    const why = parsed?.error ? z.prettifyError(parsed.error) : 'unknown kind, or no valid key';
    throw new DeedboxError('invalid_request', `Not a valid ${kind} job: ${why}`);
  }
  return { kind, key, payload: parsed.data, priority };
}

/** Characters of a stored key; those of jobs that were added here are much shorter. */
export const maxKeyLength = 1000;

/** Bytes of a stored payload: a job only names rows, so a larger one is not read. */
export const maxPayloadBytes = 64 * 1024;

/** Validates a stored payload, which an older version may have written. Throws `internal`. */
export function requirePayload(kind: JobKind, stored: unknown): RunningJob['payload'] {
  const parsed = jobPayloads[kind].safeParse(stored);
  if (parsed.success) return parsed.data;
  throw invalidPayloadError(kind, z.prettifyError(parsed.error));
}

/**
 * The same of a payload in JSON.
 * @param stored null for one that is larger than `maxPayloadBytes`
 */
export function parsePayload(kind: JobKind, stored: string | null): RunningJob['payload'] {
  let payload: unknown;
  try {
    payload = stored === null ? undefined : JSON.parse(stored);
  } catch {
    throw invalidPayloadError(kind, 'It is not JSON.');
  }
  return requirePayload(kind, payload);
}

function invalidPayloadError(kind: JobKind, reason: string): DeedboxError {
  return new DeedboxError(
    'internal',
    `A ${kind} job in the queue has an invalid payload, and is dropped.`,
    { cause: new Error(reason) },
  );
}

/** The text of a failure that the queue stores with the job. */
export function describeFailure(error: DeedboxError): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : '';
  return `${error.code}: ${error.message}${cause}`;
}
