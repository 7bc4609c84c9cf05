import { DeedboxError } from '../errors/errors.ts';
import { encryptedError, type PdfText } from './pdf-text.ts';
import { readXfaValues } from './pdf-xfa.ts';
import { findParts } from './pdfium-attachments.ts';
import { Form } from './pdfium-form.ts';
import { readPage } from './pdfium-page.ts';
import { Pdfium } from './pdfium.ts';

/** FPDF_ERR_PASSWORD. */
const passwordError = 4;
/** An instance with more memory, in bytes, is not kept for the next file: it never shrinks. */
const maxKeptMemory = 64 * 1024 * 1024;

let idle: Pdfium | undefined;

/**
 * Reads a PDF with PDFium, in the order of reading. Throws `encrypted`, `too_large` where memory runs out,
 * or another error where PDFium cannot read all of the file.
 */
export async function readWithPdfium(data: Uint8Array): Promise<PdfText> {
  const pdfium = idle ?? (await Pdfium.start());
  // Not kept after an unexpected error: it may have trapped, which leaves it in no defined state.
  idle = undefined;
  let read: PdfText;
  try {
    read = readFile(pdfium, data);
  } catch (error) {
    if (error instanceof DeedboxError) keep(pdfium);
    else if (pdfium.wasRefusedMemory) throw tooLargeError(error);
    throw error;
  }
  if (pdfium.wasRefusedMemory) throw new Error('PDFium had too little memory for a part.');
  keep(pdfium);
  return read;
}

/** Keeps an instance for the next file. */
function keep(pdfium: Pdfium): void {
  if (pdfium.memory.length <= maxKeptMemory) idle = pdfium;
}

function readFile(pdfium: Pdfium, data: Uint8Array): PdfText {
  const { functions } = pdfium;
  return pdfium.withMemory(data.length, (pointer) => {
    pdfium.memory.set(data, pointer);
    const document = functions.FPDF_LoadMemDocument(pointer, data.length, 0);
    if (document === 0) throw loadError(functions.FPDF_GetLastError());
    try {
      return readDocument(pdfium, document);
    } finally {
      functions.FPDF_CloseDocument(document);
    }
  });
}

function readDocument(pdfium: Pdfium, document: number): PdfText {
  const { functions } = pdfium;
  // PDFium guesses where objects are, and may miss some.
  if (!functions.FPDF_DocumentHasValidCrossReferenceTable(document)) {
    throw new Error('The cross-reference table of the PDF is damaged.');
  }
  const pageCount = functions.FPDF_GetPageCount(document);
  if (pageCount === 0) throw new Error('PDFium finds no page.');
  const form = new Form(pdfium, document);
  try {
    const read = Array.from({ length: pageCount }, (_, at) => readPage(pdfium, document, at, form));
    const pages = read.map(({ text }) => text);
    if (form.fields === 0) addXfaValues(pages, xfaDatasets(pdfium, document));
    return {
      pages,
      contents: read.map(({ content }) => content),
      parts: [...findParts(pdfium, document), ...read.flatMap(({ parts }) => parts)],
      title: readTitle(pdfium, document),
    };
  } finally {
    form.close();
  }
}

function readTitle(pdfium: Pdfium, document: number): string | undefined {
  const title = pdfium.withKey('Title', (key) =>
    pdfium.readStringOf((buffer, bytes) =>
      pdfium.functions.FPDF_GetMetaText(document, key, buffer, bytes),
    ),
  );
  return title === '' ? undefined : title;
}

/** Adds the values of an XFA form, which its pages do not show, to the last of them. */
function addXfaValues(pages: string[], datasets: string): void {
  const shown = pages.join('\n');
  const missing = readXfaValues(datasets).filter(({ value }) => !shown.includes(value));
  if (missing.length === 0) return;
  const lines = missing.map(({ name, value }) => `${name}: ${value}`);
  pages.push([pages.pop() ?? '', ...lines].filter((text) => text !== '').join('\n'));
}

/** The data of an XFA form; empty where the document has none. */
function xfaDatasets(pdfium: Pdfium, document: number): string {
  const { functions } = pdfium;
  const count = functions.FPDF_GetXFAPacketCount(document);
  for (let at = 0; at < count; at++) {
    const bytes = functions.FPDF_GetXFAPacketName(document, at, 0, 0);
    const name = pdfium.withMemory(Math.max(bytes, 1), (buffer) => {
      functions.FPDF_GetXFAPacketName(document, at, buffer, bytes);
      return Buffer.from(pdfium.memory.subarray(buffer, buffer + bytes)).toString('latin1');
    });
    if (!/^(?:datasets)?\0?$/.test(name)) continue;
    const packet = pdfium.withMemory(4, (length) => {
      functions.FPDF_GetXFAPacketContent(document, at, 0, 0, length);
      const size = new Uint32Array(pdfium.memory.buffer, length, 1)[0]!;
      return pdfium.withMemory(Math.max(size, 1), (buffer) => {
        functions.FPDF_GetXFAPacketContent(document, at, buffer, size, length);
        return Buffer.from(pdfium.memory.subarray(buffer, buffer + size)).toString('utf8');
      });
    });
    if (/datasets\b/.test(packet)) return packet;
  }
  return '';
}

function loadError(code: number): Error {
  if (code === passwordError) return encryptedError();
  return new Error(`PDFium cannot load the PDF: error ${code}.`);
}

function tooLargeError(cause: unknown): DeedboxError {
  return new DeedboxError(
    'too_large',
    'The file unpacks to more than the memory allowed for one file.',
    { hint: 'Split the file, or raise the memory limit if you trust the file.', cause },
  );
}
