import type { DeedboxError, ErrorCode } from '../src/errors.ts';
import type { FileRecord } from '../src/store/records.ts';
import type { WorkerServices } from './worker.ts';

/**
 * Notes why a file could not be read. It stays pending while another attempt may succeed; whatever
 * was indexed of it before stays.
 */
export async function recordFailure(
  { store, log }: WorkerServices,
  file: FileRecord,
  failure: DeedboxError,
  lastAttempt: boolean,
): Promise<void> {
  const final = lastAttempt || !failure.retryable;
  if (final) log?.(`${file.folder}/${file.fileName}: ${failure.code}: ${why(failure)}`);
  const current = await store.file(file.fileId);
  // Another sync has asked for it since, or it is gone: this run has nothing more to say about it.
  if (!current || current.changeKey !== file.changeKey || current.syncId !== file.syncId) return;
  await store.recordFile({
    ...current,
    state: final ? 'failed' : 'pending',
    outcome: final ? 'failed' : undefined,
    reason: reasonFor(failure.code),
    detail: failure.hint === undefined ? failure.message : `${failure.message} ${failure.hint}`,
    attempts: current.attempts + 1,
  });
}

/** A file that is gone since it was listed is the source's doing; the next sync forgets it. */
function reasonFor(code: ErrorCode): ErrorCode {
  return code === 'not_found' ? 'source_error' : code;
}

/** For the log alone: the cause may hold paths. */
function why({ code, message, cause }: DeedboxError): string {
  if (!(cause instanceof Error)) return message;
  return `${message} (${code === 'internal' ? cause.stack : cause.message})`;
}
