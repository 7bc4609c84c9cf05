import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PDFParse } from 'pdf-parse';
import { encryptedError, type PdfText } from './pdf-text.ts';

/** Reads a PDF with pdf-parse, in drawing order. Throws `encrypted`, or another error for a damaged file. */
export async function readWithPdfParse(data: Uint8Array): Promise<PdfText> {
  const parser = new PDFParse({
    // a copy, which pdf.js takes for itself
    data: new Uint8Array(data),
    stopAtErrors: true,
    verbosity: 0,
    // Contracts in Chinese, Japanese and Korean need the predefined character maps.
    cMapUrl: join(pdfjsFolder(), 'cmaps/'),
    cMapPacked: true,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
  });
  try {
    const { pages } = await parser.getText({ pageJoiner: '' });
    const { info } = await parser.getInfo();
    return { pages: pages.map((page) => page.text), title: readTitle(info) };
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') throw encryptedError(error);
    throw error;
  } finally {
    await parser.destroy();
  }
}

function readTitle(info: unknown): string | undefined {
  const title = (info as { Title?: unknown } | undefined)?.Title;
  return typeof title === 'string' ? title : undefined;
}

let folder: string | undefined;

/** The folder of the pdf.js that pdf-parse itself uses, which need not be at the top level. */
function pdfjsFolder(): string {
  if (!folder) {
    const fromPdfParse = createRequire(createRequire(import.meta.url).resolve('pdf-parse'));
    folder = dirname(fromPdfParse.resolve('pdfjs-dist/package.json'));
  }
  return folder;
}
