import type { DeedboxError, ErrorCode } from '../src/errors/errors.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { WorkerServices } from './services.ts';

/** Errors that recur until the file, the pipeline or a limit changes. */
const permanentCodes: ReadonlySet<ErrorCode> = new Set([
  'encrypted',
  'corrupt',
  'no_text',
  'unsupported_type',
  'too_large',
  'timed_out',
]);

type IngestEnvironment = Pick<WorkerServices, 'pipeline' | 'limits'>;

/** Identifies the pipeline and its limits, for `FileRecord.failedBy`. */
function environmentKey({ pipeline, limits }: IngestEnvironment): string {
  return JSON.stringify([pipeline, limits]);
}

/** Whether an error is due to this worker (its models, its disk) and not to the job. */
export function isWorkerFault({ code, retryable }: DeedboxError): boolean {
  if (code === 'storage_error') return retryable;
  return code === 'model_mismatch' || code === 'invalid_configuration';
}

/** Whether an unchanged file would fail again for the recorded reason. */
export function isKnownFailure(environment: IngestEnvironment, file: FileRecord): boolean {
  if (file.state !== 'failed' || file.reason === undefined) return false;
  return permanentCodes.has(file.reason) && file.failedBy === environmentKey(environment);
}

/**
 * Records why a file could not be ingested. It stays pending while another attempt may succeed; an
 * indexed revision stays.
 */
export async function recordFailure(
  services: WorkerServices,
  file: FileRecord,
  failure: DeedboxError,
  lastAttempt: boolean,
): Promise<void> {
  const { store, log } = services;
  const isFinal = lastAttempt || !failure.retryable;
  if (isFinal) logFailure(log, file, failure);
  await store.reviseFiles([file.fileId], (current) => {
    // Another sync has enqueued the file since, or it was removed: this failure is out of date.
    if (current?.changeKey !== file.changeKey || current.syncId !== file.syncId) return undefined;
    return {
      ...current,
      state: isFinal ? 'failed' : 'pending',
      outcome: isFinal ? 'failed' : undefined,
      reason: reasonFor(failure.code),
      detail: failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`,
      attempts: current.attempts + 1,
      failedBy: isFinal ? environmentKey(services) : undefined,
    };
  });
}

/** A file that vanished after it was listed is an error of its source; the next sync removes it. */
function reasonFor(code: ErrorCode): ErrorCode {
  return code === 'not_found' ? 'source_error' : code;
}

/** File names may reveal what a contract is about, so they are logged at level `debug` only. */
function logFailure(log: WorkerServices['log'], file: FileRecord, failure: DeedboxError): void {
  const { fileId, documentId, fileName, folder } = file;
  const fields = { file: fileId, document: documentId, reason: reasonFor(failure.code) };
  log?.[failure.code === 'internal' ? 'error' : 'warn'](
    { ...fields, err: failure },
    'file not read',
  );
  log?.debug({ file: fileId, folder, file_name: fileName }, 'the file that was not read');
}
