import { readFile } from 'node:fs/promises';
import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { formats } from './formats.ts';
import { detectMediaType } from './media-type.ts';

/** What one file holds: its text, its pages, the title it claims, and its media type. */
export interface Extraction extends ExtractedText {
  /** A key of `formats`. */
  mediaType: string;
}

/** Reads and parses one file in this process. Throws a DeedboxError with the reason to show. */
export async function parse(path: string, fileName: string): Promise<Extraction> {
  const data = await read(path);
  if (data.length === 0) {
    throw new DeedboxError('no_text', 'The file is empty.', {
      hint: 'Fetch a complete copy of it.',
    });
  }
  const mediaType = await detectMediaType(data, fileName);
  const extract = await formats[mediaType].load();
  let extracted: ExtractedText;
  try {
    extracted = await extract(data);
  } catch (error) {
    throw toDeedboxError(error, formats[mediaType].name);
  }
  const text = sanitizeText(extracted.text);
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new DeedboxError('no_text', 'The file holds no text.', {
      hint: 'If its pages are images, run text recognition (OCR) on it first.',
    });
  }
  const title = sanitizeText(extracted.title ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { mediaType, text, pages: extracted.pages, ...(title !== '' && { title }) };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DeedboxError(
      'source_error',
      'The file vanished or became unreadable before it was read.',
      {
        retryable: true,
        hint: 'It is tried again; if it stays so, check that the file is there and may be read.',
        cause: error,
      },
    );
  }
}

/** How V8 says that something could not be allocated; libraries wrap it in errors of their own. */
const outOfMemory = /allocation failed|Invalid (typed )?array length|Invalid string length/i;

/** Every extractor's unexpected error is the file's fault. */
function toDeedboxError(error: unknown, format: string): DeedboxError {
  if (error instanceof DeedboxError) return error;
  if (error instanceof Error && outOfMemory.test(error.message)) {
    return new DeedboxError(
      'too_large',
      'The file unpacks to more than the memory allowed for one file.',
      { cause: error },
    );
  }
  return new DeedboxError('corrupt', `The file is damaged: it cannot be read as ${format}.`, {
    hint: 'Open it in the program that made it and save it again, or fetch a complete copy.',
    cause: error,
  });
}

/** NUL and lone surrogates, which databases refuse, become U+FFFD; offsets stay. */
function sanitizeText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD');
}
