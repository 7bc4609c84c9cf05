import type { DeedboxError, ErrorCode } from '../src/errors/errors.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { WorkerServices } from './services.ts';

/** What stays so until the file changes, or is read in another way or with other limits. */
const permanentCodes: ReadonlySet<ErrorCode> = new Set([
  'encrypted',
  'corrupt',
  'no_text',
  'unsupported_type',
  'too_large',
  'timed_out',
]);

type IngestEnvironment = Pick<WorkerServices, 'pipeline' | 'limits'>;

/** What reads files here, as `FileRecord.failedBy` has it. */
function environmentKey({ pipeline, limits }: IngestEnvironment): string {
  return JSON.stringify([pipeline, limits]);
}

/** Whether a failure says something of this worker and nothing of what it worked at. */
export function isWorkerFault({ code, retryable }: DeedboxError): boolean {
  return code === 'model_mismatch' || (code === 'storage_error' && retryable);
}

/** Whether reading an unchanged file can only fail again, for the reason that is recorded. */
export function isKnownFailure(environment: IngestEnvironment, file: FileRecord): boolean {
  if (file.state !== 'failed' || file.reason === undefined) return false;
  return permanentCodes.has(file.reason) && file.failedBy === environmentKey(environment);
}

/**
 * Notes why a file could not be read. It stays pending while another attempt may succeed; whatever
 * was indexed of it before stays.
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
    // Another sync has asked for it since, or it is gone: this run has nothing more to say about it.
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

/** A file that is gone since it was listed is the source's doing; the next sync forgets it. */
function reasonFor(code: ErrorCode): ErrorCode {
  return code === 'not_found' ? 'source_error' : code;
}

/** A file's name tells of the contract in it, so only whoever asks for it has it in the log. */
function logFailure(log: WorkerServices['log'], file: FileRecord, failure: DeedboxError): void {
  const { fileId, documentId, fileName, folder } = file;
  const fields = { file: fileId, document: documentId, reason: reasonFor(failure.code) };
  log?.[failure.code === 'internal' ? 'error' : 'warn'](
    { ...fields, err: failure },
    'file not read',
  );
  log?.debug({ file: fileId, folder, file_name: fileName }, 'the file that was not read');
}
