import { analyse } from '../src/analyse/analyse.ts';
import { isPartyName } from '../src/analyse/party-names.ts';
import { canonicalPartyKey } from '../src/analyse/canonical-party-key.ts';
import type { Structure } from '../src/domain/documents.ts';
import { passageText } from '../src/embed/passage-text.ts';
import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import type { RunningJob } from '../src/queue/queue.ts';
import { indexText } from '../src/segment/index-text.ts';
import { segment } from '../src/segment/segment.ts';
import type { FileRecord, NewPassage, NewRevision } from '../src/store/records.ts';
import { isWorkerFault, recordFailure } from './failure.ts';
import type { WorkerServices } from './services.ts';

/**
 * The ingestion pipeline for a new or changed file:
 * fetch → extract → segment → analyse → embed → store.
 * @param force runs it also when the indexed revision has the same bytes
 */
async function ingestFile(
  services: WorkerServices,
  file: FileRecord,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { sourceFor, limits, extractor, pipeline } = services;
  const { fileName } = file;
  const fetched = await sourceFor(file.source).fetch(file, { ...limits, signal });
  try {
    const { contentHash } = fetched;
    const indexed = contentHash === file.contentHash && pipeline === file.pipeline;
    if (indexed && !force) return await recordUnchanged(services, file);

    const extraction = await extractor.extract(fetched.path, { fileName, signal });
    const { text, pages, mediaType, title: claimedTitle } = extraction;
    if (text.length > limits.maxCharacters) throw tooLongError(text.length);
    const structure = segment(text, pages);
    const analysis = analyse({ text, structure, fileName, claimedTitle }, services.models);
    const passages = await embed(services, text, structure);
    signal.throwIfAborted();
    const { sections } = structure;
    const content = { contentHash, mediaType, text, pages, sections, passages, analysis };
    await replaceRevision(services, file, content);
  } finally {
    await fetched.dispose();
  }
}

function tooLongError(characters: number): DeedboxError {
  return new DeedboxError(
    'too_large',
    `Its text has ${characters} characters, more than a contract.`,
    {
      hint: 'Split the file.',
    },
  );
}

/** The passages with the text for the full-text index and their vectors. */
async function embed(
  { embedder }: WorkerServices,
  text: string,
  { passages, headersAndFooters }: Structure,
): Promise<NewPassage[]> {
  const indexTexts = passages.map((passage) => indexText(text, passage, headersAndFooters));
  const vectors = await embedder.embedPassages(
    passages.map(({ path }, index) => passageText(path, indexTexts[index]!)),
  );
  return passages.map((passage, index) => ({
    ...passage,
    indexText: indexTexts[index]!,
    vector: vectors[index]!,
  }));
}

/**
 * Stores nothing when the file was removed or has changed since it was fetched: the sync that recorded
 * the change has enqueued another run. A later sync that recorded the same bytes accepts this run.
 */
async function replaceRevision(
  services: WorkerServices,
  file: FileRecord,
  content: Omit<NewRevision, 'file' | 'syncId' | 'partyKeys' | 'pipeline' | 'model'>,
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
    model: services.embedder.identity,
  });
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
  const { syncId, fileId, force } = job.payload;
  const file = await services.store.file(fileId);
  try {
    if (file && !isHandled(file, syncId)) await ingestFile(services, file, force, job.signal);
  } catch (error) {
    const failure = asDeedboxError(error);
    if (job.signal.aborted || isWorkerFault(failure)) throw failure;
    await recordFailure(services, file!, failure, job.lastAttempt);
    throw failure;
  }
}

/** Like `replaceRevision`, changes nothing when the file was removed or has changed since. */
async function recordUnchanged({ store }: WorkerServices, file: FileRecord): Promise<void> {
  await store.reviseFiles([file.fileId], (current) => {
    if (current?.changeKey !== file.changeKey) return undefined;
    const { reason: _reason, detail: _detail, ...rest } = current;
    return { ...rest, attempts: current.attempts + 1, state: 'indexed', outcome: 'unchanged' };
  });
}

/** True when an earlier run of this job was interrupted after its last write. */
function isHandled(file: FileRecord, syncId: string): boolean {
  return file.syncId === syncId && file.state !== 'pending';
}
