import mammoth from 'mammoth';
import type { ExtractedText } from '../domain/documents.ts';
import { insertNumbersAndPageMarks } from './docx-body.ts';
import { DocxNumbering } from './docx-numbering.ts';
import { htmlToText } from './html.ts';
import { splitAtPageMarks } from './pages.ts';
import { child, descendants, parseXml, textOf } from './xml.ts';
import { ZipArchive } from './zip.ts';

/**
 * Text of a Word document as it stands with all tracked changes accepted, with its automatic clause
 * numbers and, where the file records them, its pages. Throws `too_large`, `corrupt`, `encrypted`.
 */
export async function extractDocx(data: Buffer): Promise<ExtractedText> {
  const zip = await ZipArchive.open(data);
  const body = zip.has('word/document.xml') ? 'word/document.xml' : mainPart(zip);
  const folder = body.slice(0, body.lastIndexOf('/') + 1);
  const numbering = new DocxNumbering(
    await zip.readXml(`${folder}numbering.xml`),
    await zip.readXml(`${folder}styles.xml`),
  );
  const parts = {
    // Lists would become HTML lists, whose numbers are not the document's.
    exists: (name: string) => zip.has(name) && !name.endsWith('numbering.xml'),
    read: async (name: string, encoding?: string) => {
      if (!encoding) return zip.read(name);
      const xml = (await zip.readXml(name)) ?? '';
      return name === body ? insertNumbersAndPageMarks(xml, numbering) : xml;
    },
  };
  const { value: html } = await mammoth.convertToHtml(
    // Not in mammoth's types: an opened package, which lets it read through our limits.
    { file: parts } as unknown as { buffer: Buffer },
    {
      includeEmbeddedStyleMap: false,
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    },
  );
  return { ...splitAtPageMarks(htmlToText(html)), title: await readTitle(zip) };
}

function mainPart(zip: ZipArchive): string {
  return zip.names().find((name) => /^word\/document\d*\.xml$/.test(name)) ?? 'word/document.xml';
}

async function readTitle(zip: ZipArchive): Promise<string | undefined> {
  const core = await zip.readXml('docProps/core.xml');
  if (!core) return undefined;
  const [properties] = descendants(parseXml(core), 'coreProperties');
  return textOf(child(properties, 'title'));
}
