import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse } from '../src/analyse/analyse.ts';
import { openReader, openWorker } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import type { Structure } from '../src/documents.ts';
import { passageText } from '../src/embed/passage-text.ts';
import type { Extraction } from '../src/extract/extract.ts';
import { readable } from '../src/segment/readable.ts';
import { segment } from '../src/segment/segment.ts';
import { FolderSource } from '../src/sources/folder.ts';
import { readableExtensions } from '../src/extract/formats.ts';

interface Read {
  name: string;
  extraction: Extraction;
}

/**
 * Each stage alone over all files, one file after another on one core:
 * name, documents a second, pages a second.
 */
export async function measureStages(folder: string): Promise<(string | number)[][]> {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-stages-'));
  const config = { ...readConfig({ DEEDBOX_DATA: data }), concurrency: 1 };
  const reader = await openReader(config);
  const worker = openWorker(config, reader);
  const source = new FolderSource(folder, {
    extensions: readableExtensions,
    tempFolder: join(data, 'tmp'),
  });
  const rows: (string | number)[][] = [];
  try {
    const read: Read[] = [];
    const structures: Structure[] = [];
    const stage = async (name: string, run: () => Promise<void> | void) => {
      const began = performance.now();
      await run();
      const seconds = (performance.now() - began) / 1000;
      const pages = read.reduce((sum, { extraction }) => sum + extraction.pages.length, 0);
      rows.push([name, read.length / seconds, pages / seconds]);
    };
    await stage('extract (one child process)', async () => {
      for await (const entry of source.list()) {
        if (entry.kind !== 'file') continue;
        const fetched = await source.fetch(entry.file, { maxBytes: config.maxFileBytes });
        const name = entry.file.fileName;
        try {
          const extraction = await worker.services.extractor.extract(fetched.path, {
            fileName: name,
          });
          read.push({ name, extraction });
        } catch (error) {
          process.stderr.write(`  not read: ${name}: ${(error as Error).message}\n`);
        } finally {
          await fetched.dispose();
        }
      }
    });
    await stage('segment', () => {
      for (const { extraction } of read)
        structures.push(segment(extraction.text, extraction.pages));
    });
    await stage('analyse', () => {
      read.forEach(({ name, extraction: { text, title } }, i) =>
        analyse(
          { text, structure: structures[i]!, fileName: name, claimedTitle: title },
          worker.services.models,
        ),
      );
    });
    await stage('embed', async () => {
      for (const [i, { extraction }] of read.entries()) {
        const { passages, noise } = structures[i]!;
        await reader.embedder.embedPassages(
          passages.map((p) => passageText(p.path, readable(extraction.text, p, noise))),
        );
      }
    });
    return rows;
  } finally {
    await worker.close();
    await reader.close();
    await rm(data, { recursive: true, force: true });
  }
}
