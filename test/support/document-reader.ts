import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type DeedboxError, asDeedboxError } from '../../src/errors/errors.ts';
import { readConfig } from '../../src/settings/config.ts';
import { DocumentReader } from '../../workers/reading/document-reader.ts';
import type { ReadDocument } from '../../workers/reading/read-document.ts';

const { clauseModel, partyModel, embedding } = readConfig();

/** Characters; no test has a longer text. */
const maxCharacters = 20_000_000;

/** A reader with the bundled models, of files in a folder. */
export function openReader(
  folder: string,
  {
    embeddingModel = embedding.model,
    ...limits
  }: {
    maxProcesses?: number;
    memoryLimitBytes?: number;
    timeLimitMs?: number;
    /** A folder; the bundled model where it is left out. */
    embeddingModel?: string;
  } = {},
): DocumentReader {
  return new DocumentReader({
    maxProcesses: 2,
    memoryLimitBytes: 768 * 1024 * 1024,
    timeLimitMs: 30_000,
    ...limits,
    models: {
      clauses: clauseModel,
      parties: partyModel,
      embedding: { ...embedding, model: embeddingModel },
    },
    readableFolders: [folder, clauseModel, partyModel, embeddingModel],
  });
}

/** Opens a reader for the tests of one test file, with a folder for input files. */
export function readerFixture(options: { memoryLimitBytes?: number; timeLimitMs?: number } = {}) {
  let reader: DocumentReader;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deedbox-reader-'));
    reader = openReader(folder, options);
  });

  afterAll(async () => {
    await reader.close();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: Buffer | string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  const readPath = (path: string, fileName: string, signal?: AbortSignal) =>
    reader.read({ path, fileName, maxCharacters }, signal);
  const read = async (name: string, content: Buffer | string, signal?: AbortSignal) =>
    readPath(await write(name, content), name, signal);

  return {
    write,
    readPath,
    /** Writes a file of that name and reads it. */
    read,
    /** Writes a file of that name and returns the error of reading it. */
    readingError: async (name: string, content: Buffer | string) =>
      readingErrorOf(read(name, content)),
    close: () => reader.close(),
  };
}

export async function readingErrorOf(reading: Promise<ReadDocument>): Promise<DeedboxError> {
  try {
    await reading;
  } catch (error) {
    return asDeedboxError(error);
  }
  throw new Error('the file was read, but an error was expected');
}
