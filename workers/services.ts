import { rmSync } from 'node:fs';
import type { Logger } from 'pino';
import type { AnalysisModels } from '../src/analyse/analyse.ts';
import { openClauseModel } from '../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../src/analyse/party-model/model-file.ts';
import type { SearchEngine } from '../src/composition/app.ts';
import { createSourceFactory } from '../src/composition/sources.ts';
import type { Embedder } from '../src/embed/embedder.ts';
import { type Extractor, openExtractor } from '../src/extract/extractor.ts';
import type { Queue } from '../src/queue/queue.ts';
import type { Config } from '../src/settings/config.ts';
import type { Source } from '../src/sources/source.ts';
import type { Store } from '../src/store/store.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** Raise it when extraction, segmentation or analysis changes: the next sync then reads all files again. */
const pipelineVersion = '2';

/** About 7,000 pages; the analysis of a text of that length takes some seconds. */
const maxCharacters = 20_000_000;

/** What the ingestion pipeline works with. */
export interface WorkerServices {
  store: Store;
  queue: Queue;
  embedder: Embedder;
  extractor: Extractor;
  models: AnalysisModels;
  /** Opens a source by its id. Throws a DeedboxError for a source of an unknown kind. */
  sourceFor: (id: string) => Source;
  /**
   * Larger files and longer texts are refused as `too_large`. The extractor enforces the limits on
   * time and memory; they stand here because a failed file is read again when they change.
   */
  limits: {
    maxBytes: number;
    maxCharacters: number;
    timeLimitMs: number;
    memoryLimitBytes: number;
  };
  /** Version of extraction, segmentation and analysis, with the identities of the analysis models. */
  pipeline: string;
  log?: Logger;
}

/**
 * Opens what a worker needs beside a search engine. `close()` ends the parser processes and removes
 * the temporary folder; the engine stays open.
 */
export async function openWorkerServices(
  config: Config,
  engine: SearchEngine,
  log: Logger = engine.log,
) {
  const models = {
    clauses: openClauseModel(config.clauseModel),
    parties: openPartyModel(config.partyModel),
  };
  const tempFolder = openTemporaryFolder(config.dataFolder);
  const extractor = openExtractor({
    maxProcesses: config.concurrency,
    memoryLimitBytes: config.parse.memoryLimitBytes,
    timeLimitMs: config.parse.timeLimitMs,
  });
  const services: WorkerServices = {
    store: engine.store,
    queue: engine.queue,
    embedder: engine.embedder,
    extractor,
    models,
    sourceFor: await createSourceFactory(config, tempFolder),
    limits: { maxBytes: config.maxFileBytes, maxCharacters, ...config.parse },
    pipeline: [pipelineVersion, models.clauses.identity, models.parties.identity].join(' '),
    log,
  };
  return {
    services,
    tempFolder,
    async close() {
      await extractor.close();
      rmSync(tempFolder, { recursive: true, force: true });
    },
  };
}
