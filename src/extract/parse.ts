import { readFile } from 'node:fs/promises';
import type { ExtractedText } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { formats } from './formats.ts';
import { detectMediaType } from './media-type.ts';

/** The text of one file, its pages, the title in its metadata, and its media type. */
export interface Extraction extends ExtractedText {
  /** A key of `formats`. */
  mediaType: string;
}

/**
 * Reads and parses one file in this process.
 * @throws DeedboxError with a message for the user
 */
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
        hint: 'Deedbox tries again. If this persists, check that the file exists and is readable.',
        cause: error,
      },
    );
  }
}

/** V8's messages for failed allocations; libraries wrap them in their own errors. */
const outOfMemory = /allocation failed|Invalid (typed )?array length|Invalid string length/i;

/** An unexpected error of an extractor counts as a damaged file. */
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

/** Replaces NUL and lone surrogates, which databases refuse, by U+FFFD; offsets stay the same. */
function sanitizeText(text: string): string {
  return text.replaceAll(/\0|\p{Surrogate}/gu, '\uFFFD');
}
