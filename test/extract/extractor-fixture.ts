import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type DeedboxError, asDeedboxError } from '../../src/errors/errors.ts';
import { type Extractor, openExtractor } from '../../src/extract/extractor.ts';
import type { Extraction } from '../../src/extract/parse.ts';

/** Opens an extractor for the tests of one test file, with a folder for input files. */
export function extractorFixture(
  options: { memoryLimitBytes?: number; timeLimitMs?: number } = {},
) {
  let extractor: Extractor;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deedbox-extract-'));
    extractor = openExtractor({
      maxProcesses: 2,
      memoryLimitBytes: options.memoryLimitBytes ?? 768 * 1024 * 1024,
      timeLimitMs: options.timeLimitMs ?? 30_000,
    });
  });

  afterAll(async () => {
    await extractor.close();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: Buffer | string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  return {
    write,
    get extractor() {
      return extractor;
    },
    /** Writes a file of that name and extracts it. */
    async extract(
      name: string,
      content: Buffer | string,
      signal?: AbortSignal,
    ): Promise<Extraction> {
      return extractor.extract(await write(name, content), { fileName: name, signal });
    },
    /** Writes a file of that name and returns the error of its extraction. */
    async extractionError(name: string, content: Buffer | string): Promise<DeedboxError> {
      return extractionErrorOf(this.extract(name, content));
    },
  };
}

export async function extractionErrorOf(extraction: Promise<Extraction>): Promise<DeedboxError> {
  try {
    await extraction;
  } catch (error) {
    return asDeedboxError(error);
  }
  throw new Error('the extraction succeeded, but an error was expected');
}

/** The text of each page. */
export function pageTexts({ text, pages }: Extraction): string[] {
  return pages.map(({ start, end }) => text.slice(start, end));
}
