/**
 * Entry point of a reader process: reads one file at a time until its parent disconnects.
 */
import { openClauseModel } from '../../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../../src/analyse/party-model/model-file.ts';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { asDeedboxError } from '../../src/errors/errors.ts';
import { readDocument, type ReadingModels } from './read-document.ts';
import type { ModelLocations, ReaderMessage, ReaderReply } from './reader-process.ts';
import { startWatchdog } from './watchdog.ts';

const [memoryLimit, modelLocations] = process.argv.slice(2) as [string, string];
const watchdog = startWatchdog(Number(memoryLimit));

const reply = (message: ReaderReply) => process.send?.(message);

process.on('disconnect', () => process.exit());
// Parsers leave rejected promises behind when they give up on a file. The awaited ones are
// reported.
process.on('unhandledRejection', () => {});

const models = openModels(JSON.parse(modelLocations) as ModelLocations);
process.on('message', (message: ReaderMessage) => void read(message));
models.then(
  () => reply({ kind: 'ready' }),
  (error: unknown) => reply({ kind: 'failed', ...toReply(error) }),
);

async function openModels(locations: ModelLocations): Promise<ReadingModels> {
  const { clauses, parties, embedding } = locations;
  return {
    clauses: openClauseModel(clauses),
    ...(parties !== undefined && { parties: openPartyModel(parties) }),
    // one process for each core: more threads would only wait for each other
    embedder: await openEmbedder({ ...embedding, allowRemote: false, threads: 1 }),
  };
}

async function read({ request, cpuLimitMs }: ReaderMessage): Promise<void> {
  watchdog.begin(cpuLimitMs);
  try {
    const document = await readDocument(request, await models);
    reply({ kind: 'done', document, memoryBytes: process.memoryUsage.rss() });
  } catch (error) {
    reply({ kind: 'failed', ...toReply(error) });
  } finally {
    watchdog.end();
  }
}

function toReply(thrown: unknown) {
  const { code, message, hint, retryable, cause } = asDeedboxError(thrown);
  const detail = cause instanceof Error ? (cause.stack ?? cause.message) : undefined;
  const error = { code, message, hint, retryable, detail };
  return { error, memoryBytes: process.memoryUsage.rss() };
}
