import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyse } from '../src/analyse/analyse.ts';
import { openClauseModel } from '../src/analyse/clause-model/model-file.ts';
import { openPartyModel } from '../src/analyse/party-model/model-file.ts';
import { readConfig } from '../src/settings/config.ts';
import type { Structure } from '../src/domain/documents.ts';
import { openEmbedder } from '../src/embed/embedder.ts';
import { passageText } from '../src/embed/passage-text.ts';
import { type Extraction, parse } from '../src/extract/parse.ts';
import { indexText } from '../src/segment/index-text.ts';
import { segment } from '../src/segment/segment.ts';
import { FolderSource } from '../src/sources/folder/folder-source.ts';
import { readableExtensions } from '../src/extract/formats.ts';

interface ExtractedFile {
  name: string;
  extraction: Extraction;
}

export interface StageSpeed {
  stage: string;
  documentsPerSecond: number;
  pagesPerSecond: number;
}

/** Each stage of the pipeline alone over all files, one file after another on one core. */
export async function measureStages(
  folder: string,
): Promise<{ pages: number; stages: StageSpeed[] }> {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-stages-'));
  const config = readConfig({ DEEDBOX_DATA: data });
  const models = {
    clauses: openClauseModel(config.clauseModel),
    parties: openPartyModel(config.partyModel),
  };
  const embedder = await openEmbedder({ ...config.embedding, threads: 1 });
  const source = new FolderSource(folder, {
    extensions: readableExtensions,
    tempFolder: join(data, 'tmp'),
  });
  const stages: StageSpeed[] = [];
  try {
    const extractedFiles: ExtractedFile[] = [];
    const structures: Structure[] = [];
    const pageCount = () =>
      extractedFiles.reduce((sum, { extraction }) => sum + extraction.pages.length, 0);
    const measure = async (stage: string, run: () => Promise<void> | void) => {
      const startedAt = performance.now();
      await run();
      const seconds = (performance.now() - startedAt) / 1000;
      stages.push({
        stage,
        documentsPerSecond: extractedFiles.length / seconds,
        pagesPerSecond: pageCount() / seconds,
      });
    };
    await measure('extract', async () => {
      for await (const entry of source.list()) {
        if (entry.kind !== 'file') continue;
        const fetched = await source.fetch(entry.file, { maxBytes: config.maxFileBytes });
        const name = entry.file.fileName;
        try {
          const extraction = await parse(fetched.path, name);
          extractedFiles.push({ name, extraction });
        } catch (error) {
          process.stderr.write(`  not read: ${name}: ${(error as Error).message}\n`);
        } finally {
          await fetched.dispose();
        }
      }
    });
    await measure('segment', () => {
      for (const { extraction } of extractedFiles)
        structures.push(segment(extraction.text, extraction.pages));
    });
    await measure('analyse', () => {
      extractedFiles.forEach(({ name, extraction: { text, title } }, i) =>
        analyse({ text, structure: structures[i]!, fileName: name, claimedTitle: title }, models),
      );
    });
    await measure('embed', async () => {
      for (const [i, { extraction }] of extractedFiles.entries()) {
        const { passages, headersAndFooters } = structures[i]!;
        await embedder.embedPassages(
          passages.map((p) =>
            passageText(p.path, indexText(extraction.text, p, headersAndFooters)),
          ),
        );
      }
    });
    return { pages: pageCount(), stages };
  } finally {
    await embedder.close();
    await rm(data, { recursive: true, force: true });
  }
}
