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
  if (!parsed?.success || key === '') {
    const why = parsed?.error ? z.prettifyError(parsed.error) : 'unknown kind or empty key';
    throw new DeedboxError('invalid_request', `Not a valid ${kind} job: ${why}`);
  }
  return { kind, key, payload: parsed.data, priority };
}

/** Validates a stored payload, which an older version may have written. Throws `internal`. */
export function requirePayload(kind: JobKind, stored: unknown): RunningJob['payload'] {
  const parsed = jobPayloads[kind].safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new DeedboxError('internal', `A ${kind} job has an invalid payload.`, {
    cause: new Error(z.prettifyError(parsed.error)),
  });
}

/** The text of a failure that the queue stores with the job. */
export function describeFailure(error: DeedboxError): string {
  const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : '';
  return `${error.code}: ${error.message}${cause}`;
}
