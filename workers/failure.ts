import type { DeedboxError, ErrorCode } from '../src/errors.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { WorkerServices } from './worker.ts';

/** What stays so until the file changes, or is read in another way or with other limits. */
const lasting: ReadonlySet<ErrorCode> = new Set([
  'encrypted',
  'corrupt',
  'no_text',
  'unsupported_type',
  'too_large',
  'timed_out',
]);

type Reader = Pick<WorkerServices, 'pipeline' | 'limits'>;

/** What reads files here, as `FileRecord.failedBy` has it. */
function nameOf({ pipeline, limits }: Reader): string {
  return JSON.stringify([pipeline, limits]);
}

/** Whether a failure says something of this worker and nothing of what it worked at. */
export function isWorkersOwn({ code, retryable }: DeedboxError): boolean {
  return code === 'model_mismatch' || (code === 'storage_error' && retryable);
}

/** Whether reading an unchanged file can only fail again, for the reason that is recorded. */
export function failsAgain(reader: Reader, file: FileRecord): boolean {
  if (file.state !== 'failed' || file.reason === undefined) return false;
  return lasting.has(file.reason) && file.failedBy === nameOf(reader);
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
  const final = lastAttempt || !failure.retryable;
  if (final) logFailure(log, file, failure);
  await store.reviseFiles([file.fileId], (current) => {
    // Another sync has asked for it since, or it is gone: this run has nothing more to say about it.
    if (current?.changeKey !== file.changeKey || current.syncId !== file.syncId) return undefined;
    return {
      ...current,
      state: final ? 'failed' : 'pending',
      outcome: final ? 'failed' : undefined,
      reason: reasonFor(failure.code),
      detail: failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`,
      attempts: current.attempts + 1,
      failedBy: final ? nameOf(services) : undefined,
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
  const told = { file: fileId, document: documentId, reason: reasonFor(failure.code) };
  log?.[failure.code === 'internal' ? 'error' : 'warn']({ ...told, err: failure }, 'file not read');
  log?.debug({ file: fileId, folder, file_name: fileName }, 'the file that was not read');
}
