import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { renderDocx } from './rendering/docx.ts';
import { renderHtml } from './rendering/html.ts';
import { renderMarkdown } from './rendering/markdown.ts';
import { renderPdf } from './rendering/pdf.ts';
import { parseSample, type Sample, type SampleOptions } from './rendering/source.ts';
import { renderText } from './rendering/text.ts';

/** An entry of `facts.json`: a contract's path under `contracts/`, its facts and questions. */
type SampleFacts = Pick<SampleOptions, 'file' | 'questions'> & SampleOptions['facts'];

const samplesFolder = dirname(fileURLToPath(import.meta.url));

/** All samples of `source/`, by the path they are rendered to. */
export function readSamples(): Sample[] {
  const folder = join(samplesFolder, 'source');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => parseSample(readFileSync(join(folder, name), 'utf8')))
    .sort((a, b) => (a.options.file < b.options.file ? -1 : 1));
}

/** Writes `contracts/` and `facts.json` into a folder. Deterministic, byte for byte. */
export async function renderSamples(outDir: string): Promise<void> {
  const samples = readSamples();
  rmSync(join(outDir, 'contracts'), { recursive: true, force: true });
  for (const sample of samples) {
    const path = join(outDir, 'contracts', sample.options.file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await renderSample(sample));
  }
  const facts = samples.map(({ options }): SampleFacts => {
    return { file: options.file, ...options.facts, questions: options.questions };
  });
  const json = await format(JSON.stringify(facts), { parser: 'json', printWidth: 100 });
  writeFileSync(join(outDir, 'facts.json'), json);
}

function renderSample(sample: Sample): Promise<Uint8Array> | string {
  switch (extname(sample.options.file)) {
    case '.pdf':
      return renderPdf(sample);
    case '.docx':
      return renderDocx(sample);
    case '.html':
      return renderHtml(sample);
    case '.md':
      return renderMarkdown(sample);
    default:
      return renderText(sample);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await renderSamples(samplesFolder);
