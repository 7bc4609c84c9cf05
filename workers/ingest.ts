import { isPartyName } from '../src/analyse/party-names.ts';
import { canonicalPartyKey } from '../src/analyse/canonical-party-key.ts';
import { asDeedboxError, DeedboxError, type ErrorCode } from '../src/errors/errors.ts';
import type { RunningJob } from '../src/queue/queue.ts';
import type { FileRecord } from '../src/store/records.ts';
import { isWorkerFault, recordFailure } from './failure.ts';
import type { ReadDocument } from './reading/read-document.ts';
import type { WorkerServices } from './services.ts';

/**
 * The ingestion pipeline for a new or changed file: fetch → read (`readDocument`) → store.
 * @param force runs it also when the indexed revision has the same bytes
 */
async function ingestFile(
  services: WorkerServices,
  file: FileRecord,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { sourceFor, limits, reader, pipeline } = services;
  const { fileName } = file;
  const fetched = await sourceFor(file.source).fetch(file, { ...limits, signal });
  try {
    const { contentHash } = fetched;
    const indexed = contentHash === file.contentHash && pipeline === file.pipeline;
    if (indexed && !force) return await recordUnchanged(services, file);

    const { path } = fetched;
    const { maxCharacters } = limits;
    const document = await reader.read({ path, fileName, maxCharacters }, signal);
    signal.throwIfAborted();
    await replaceRevision(services, file, { contentHash, ...document });
  } finally {
    await fetched.dispose();
  }
}

/**
 * Stores nothing when the file was removed or has changed since it was fetched: the sync that recorded
 * the change has enqueued another run. A later sync that recorded the same bytes accepts this run.
 */
async function replaceRevision(
  services: WorkerServices,
  file: FileRecord,
  content: ReadDocument & { contentHash: string },
): Promise<void> {
  await services.store.replaceDocumentIfUnchanged({
    ...content,
    file,
    syncId: file.syncId,
    partyKeys: content.analysis.parties.map(({ name, role }) => ({
      key: canonicalPartyKey(name),
      name,
      ...(role !== undefined && isPartyName(role) && { aliases: [canonicalPartyKey(role)] }),
    })),
    pipeline: services.pipeline,
    model: services.model,
  });
}

/**
 * Worker processes that may end while they ingest a file before the file is blamed. Reading it ends a
 * reader process at worst, so other causes are likelier.
 */
const maxInterruptions = 8;

/** What is wrong with a file that is not complete. */
const damageCodes: ReadonlySet<ErrorCode> = new Set(['corrupt', 'no_text', 'unsupported_type']);

function interruptedError(): DeedboxError {
  return new DeedboxError(
    'corrupt',
    `The program that reads files ended ${maxInterruptions} times while it read this one.`,
    { hint: 'See the log for the reason. Save the file again, or remove it from the source.' },
  );
}

/**
 * The handler of an `ingest` job. The file ends indexed, or failed with its reason; after a retryable
 * error it stays pending until the last attempt. An indexed revision stays readable until the new one
 * replaces it. Throws the reason, also when it is recorded with the file.
 */
export async function runIngestJob(
  services: WorkerServices,
  job: RunningJob<'ingest'>,
): Promise<void> {
  const { fileId, force } = job.payload;
  const { store, log } = services;
  const file = await store.file(fileId);
  if (!file) {
    log?.warn({ file: fileId }, 'a job names a file that is not recorded; nothing is done');
    return;
  }
  // An earlier run of this job was interrupted after its last write, or nobody requested this one.
  if (file.state !== 'pending') return;
  if (!(await store.sources()).includes(file.source)) {
    log?.warn({ file: fileId }, 'a job names a file of a source that is not recorded');
    return;
  }
  try {
    if (job.interrupted >= maxInterruptions) throw interruptedError();
    await ingestFile(services, file, force, job.signal);
  } catch (error) {
    const reason = asDeedboxError(error);
    const failure = !force && maybeIncomplete(services, file) ? retriedIfDamaged(reason) : reason;
    if (job.signal.aborted || isWorkerFault(failure)) throw failure;
    await recordFailure(services, file, failure, job.lastAttempt);
    throw failure;
  }
}

function maybeIncomplete(
  { sourceFor, maybeIncompleteMs }: WorkerServices,
  { source, modifiedAt }: FileRecord,
): boolean {
  if (Date.now() - Date.parse(modifiedAt) >= maybeIncompleteMs) return false;
  return sourceFor(source).watch !== undefined;
}

/** The first part of a file that is still being written often cannot be read. */
function retriedIfDamaged(error: DeedboxError): DeedboxError {
  const { code, message, hint, cause } = error;
  if (!damageCodes.has(code)) return error;
  return new DeedboxError(code, message, { retryable: true, hint, cause });
}

/** Like `replaceRevision`, changes nothing when the file was removed or has changed since. */
async function recordUnchanged({ store }: WorkerServices, file: FileRecord): Promise<void> {
  await store.reviseFiles([file.fileId], (current) => {
    if (current?.changeKey !== file.changeKey) return undefined;
    const { reason: _reason, detail: _detail, ...rest } = current;
    return { ...rest, attempts: current.attempts + 1, state: 'indexed', outcome: 'unchanged' };
  });
}
