import type { ExtractedText } from '../domain/documents.ts';
import { DocxNotes } from './docx/notes.ts';
import { DocxNumbering } from './docx/numbering.ts';
import { DocxPackage } from './docx/package.ts';
import { DocxSections } from './docx/sections.ts';
import { StoryReader, type StoryContext } from './docx/story.ts';
import { DocxStyles } from './docx/styles.ts';
import { findOpenItems } from './docx-open-items.ts';
import { extractHtml } from './html.ts';
import { appendHeadersAndFooters } from './page-headers.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { extractPlainText } from './plain-text.ts';
import { extractRtf } from './rtf.ts';
import { readWebArchive } from './web-archive.ts';
import { attribute, child, descendants, parseXml, textOf, type XmlNode } from './xml.ts';

/** Documents embedded in embedded documents are read down to this depth. */
const maxEmbeddingDepth = 3;

/**
 * Extracts the text of a Word document with all tracked changes accepted, its automatic clause
 * numbers, its notes, page headers and footers at the end, and its pages if the file records them.
 * Throws `too_large`, `corrupt` or `encrypted`.
 */
export async function extractDocx(data: Buffer): Promise<ExtractedText> {
  return readDocx(data, 0);
}

async function readDocx(data: Buffer, depth: number): Promise<ExtractedText> {
  const parts = await DocxPackage.open(data);
  const bodyXml = await parts.readBody();
  const body = parseXml(bodyXml);
  const stylesXml = await parts.readPart('styles');
  const styles = new DocxStyles(stylesXml);
  const [settings] = descendants(parseXml((await parts.readPart('settings')) ?? ''), 'settings');
  const sections = new DocxSections(body, settings);
  const notes = new DocxNotes(await parts.readPart('footnotes'), await parts.readPart('endnotes'));
  const context: StoryContext = {
    styles,
    numbering: new DocxNumbering(await parts.readPart('numbering'), stylesXml),
    notes,
    sections,
    chunks: await readChunks(parts, body, depth),
  };
  let text = new StoryReader(context).read(body);
  for (const { number, content } of notes.inOrder()) {
    text += `\n\n[${number}] ${new StoryReader({ styles, notes }).read(content)}`;
  }
  const readAll = async (ids: string[]) => {
    const texts: string[] = [];
    for (const id of ids) {
      const story = parseXml((await parts.readTarget(id)) ?? '');
      texts.push(new StoryReader({ styles, isHeaderOrFooter: true }).read(story));
    }
    return texts;
  };
  const headers = await readAll(sections.references('headerReference'));
  const footers = await readAll(sections.references('footerReference'));
  const marked = appendHeadersAndFooters(text, headers, footers);
  const openItems = await findOpenItems(parts.zip, { folder: parts.folder, body: bodyXml, text });
  return { ...splitAtPageMarks(marked), title: await readTitle(parts), ...openItems };
}

async function readTitle(parts: DocxPackage): Promise<string | undefined> {
  const core = await parts.readProperties();
  if (!core) return undefined;
  const [properties] = descendants(parseXml(core), 'coreProperties');
  return textOf(child(properties, 'title'));
}

/** The texts of the documents embedded as `altChunk`, by relationship id. */
async function readChunks(
  parts: DocxPackage,
  body: XmlNode[],
  depth: number,
): Promise<Map<string, string>> {
  const chunks = new Map<string, string>();
  for (const chunk of descendants(body, 'altChunk')) {
    const id = attribute(chunk, 'id') ?? '';
    const data = chunks.has(id) ? undefined : await parts.readBytes(id);
    if (data) chunks.set(id, (await readChunk(data, depth + 1)).replaceAll(pageMark, '').trim());
  }
  return chunks;
}

async function readChunk(data: Buffer, depth: number): Promise<string> {
  const head = data.subarray(0, 1024).toString('latin1');
  if (head.startsWith('{\\rtf')) return extractRtf(data).text;
  if (head.startsWith('PK')) {
    return depth > maxEmbeddingDepth ? '' : (await readDocx(data, depth)).text;
  }
  if (/^(?:MIME-Version|Content-Type|From|Subject):/im.test(head)) {
    return extractHtml(readWebArchive(data)).text;
  }
  return /<\/?\w/.test(head) ? extractHtml(data).text : extractPlainText(data).text;
}
