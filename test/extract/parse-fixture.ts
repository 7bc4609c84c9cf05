import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Extraction, parse } from '../../src/extract/parse.ts';

/** A folder for the input files of one test file, which are parsed in this process. */
export function parseFixture() {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deedbox-parse-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    /** Writes a file of that name and parses it. */
    async read(name: string, content: Buffer | string): Promise<Extraction> {
      const path = join(folder, name);
      await writeFile(path, content);
      return parse(path, name);
    },
  };
}

/** The text of each page. */
export function pageTexts({ text, pages }: Pick<Extraction, 'text' | 'pages'>): string[] {
  return pages.map(({ start, end }) => text.slice(start, end));
}
