import { readFile } from 'node:fs/promises';
import type { ExtractedText, Page, UnreadPart, UnreadReason } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { formats } from './formats.ts';
import { detectMediaType } from './media-type.ts';
import { isPlaceholder } from './placeholder.ts';

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
  const pages = extracted.pages.map((page) =>
    page.reading || !isPlaceholder(text.slice(page.start, page.end))
      ? page
      : { ...page, reading: { how: 'unread' as const, reason: 'placeholder' as const } },
  );
  if (!pages.some((page) => isOwnText(page) && hasText(text, page))) {
    throw unreadError(pages, extracted.unreadParts ?? []);
  }
  const title = sanitizeText(extracted.title ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const { title: _, ...rest } = extracted;
  return { ...rest, mediaType, text, pages, ...(title !== '' && { title }) };
}

/** Whether what is left of a page is its text, not a stamp on a scan or a notice. */
const isOwnText = ({ reading }: Page) =>
  reading?.how !== 'unread' || reading.reason === 'garbled_text' || reading.reason === 'picture';

const hasText = (text: string, { start, end }: Page) =>
  /[\p{L}\p{N}]/u.test(text.slice(start, end));

const ocrHint = 'Run text recognition (OCR) on it and put the result in its place.';
const openHint =
  'Open it in the program that it asks for, save what that shows as PDF, and put that in its place.';

const messages: Record<UnreadReason, { message: string; hint: string }> = {
  no_text: { message: 'The file holds images of pages but no text.', hint: ocrHint },
  picture: { message: 'The file holds images of pages but no text.', hint: ocrHint },
  garbled_text: {
    message: 'The text of the file is garbled: its fonts do not say which characters they show.',
    hint: ocrHint,
  },
  placeholder: {
    message: 'The pages of the file hold only a notice; its contents were not read.',
    hint: openHint,
  },
  dynamic_form: {
    message: 'The file is a form that only the program that made it can show.',
    hint: openHint,
  },
  attachment: {
    message: 'The file holds no text of its own, only other files, which were not read.',
    hint: 'Put the files that are attached to it beside it.',
  },
};

/** The error of a file without a page that was read. */
function unreadError(pages: Page[], parts: UnreadPart[]): DeedboxError {
  const reasons = pages.flatMap(({ reading }) =>
    reading?.how === 'unread' ? [reading.reason] : [],
  );
  const attached = parts.filter(({ reason }) => reason === 'attachment');
  const [reason] =
    attached.length > 0
      ? ['attachment' as const]
      : [...reasons, ...parts.map((part) => part.reason)];
  if (reason === undefined) {
    return new DeedboxError('no_text', 'The file holds no text.', {
      hint: 'If its pages are images, run text recognition (OCR) on it first.',
    });
  }
  const { message, hint } = messages[reason];
  return new DeedboxError('no_text', message, { hint });
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
