import type { Logger } from 'pino';
import { openClauseModel } from '../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../src/analyse/party-model/model-file.ts';
import type { SearchEngine } from '../src/composition/app.ts';
import { createSourceFactory } from '../src/composition/sources.ts';
import { resolveModelFolder } from '../src/embed/hub.ts';
import type { Queue } from '../src/queue/queue.ts';
import type { Config } from '../src/settings/config.ts';
import type { Source } from '../src/sources/source.ts';
import type { ModelIdentity } from '../src/store/records.ts';
import type { Store } from '../src/store/store.ts';
import { DocumentReader } from './reading/document-reader.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** Raise it when extraction, segmentation or analysis changes: the next sync then reads all files again. */
const pipelineVersion = '5';

/** About 7,000 pages; the analysis of a text of that length takes some seconds. */
const maxCharacters = 20_000_000;

/** What the ingestion pipeline works with. */
export interface WorkerServices {
  store: Store;
  queue: Queue;
  reader: Pick<DocumentReader, 'read'>;
  /** The embedding model of the reader. */
  model: ModelIdentity;
  /** Opens a source by its id. Throws a DeedboxError for a source of an unknown kind. */
  sourceFor: (id: string) => Source;
  /**
   * Larger files and longer texts are refused as `too_large`. The reader enforces the limits on
   * time and memory; they stand here because a failed file is read again when they change.
   */
  limits: {
    maxBytes: number;
    maxCharacters: number;
    timeLimitMs: number;
    memoryLimitBytes: number;
  };
  /**
   * A file of a watched source that was modified within this time may not be complete: where it is
   * damaged, it is read again. 0 where nothing is watched.
   */
  maybeIncompleteMs: number;
  /** Version of extraction, segmentation and analysis, with the identities of the analysis models. */
  pipeline: string;
  log?: Logger;
}

/**
 * Opens what a worker needs beside a search engine. `close()` ends the reader processes and removes
 * the temporary folder; the engine stays open.
 */
export async function openWorkerServices(
  config: Config,
  engine: SearchEngine,
  log: Logger = engine.log,
) {
  const { clauseModel, partyModel, embedding, dataFolder, concurrency, parse } = config;
  const temporaryFolder = openTemporaryFolder(dataFolder);
  const tempFolder = temporaryFolder.path;
  const embeddingFolder = await resolveModelFolder(embedding);
  const reader = new DocumentReader({
    ...parse,
    maxProcesses: concurrency,
    models: {
      clauses: clauseModel,
      parties: partyModel,
      embedding: { ...embedding, model: embeddingFolder },
    },
    readableFolders: [tempFolder, clauseModel, partyModel, embeddingFolder],
  });
  const modelIdentities = [openClauseModel(clauseModel), openPartyModel(partyModel)].map(
    ({ identity }) => identity,
  );
  const services: WorkerServices = {
    store: engine.store,
    queue: engine.queue,
    reader,
    model: engine.embedder.identity,
    sourceFor: await createSourceFactory(config, tempFolder),
    limits: { maxBytes: config.maxFileBytes, maxCharacters, ...parse },
    maybeIncompleteMs: 0,
    pipeline: [pipelineVersion, ...modelIdentities].join(' '),
    log,
  };
  return {
    services,
    tempFolder,
    async close() {
      await reader.close();
      temporaryFolder.close();
    },
  };
}
