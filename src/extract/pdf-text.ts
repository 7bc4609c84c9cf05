import type { UnreadPart } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { PageContent } from './pdfium-page-content.ts';

/** What a reader of PDFs finds in a file. */
export interface PdfText {
  /** The text of each page. */
  pages: string[];
  /** The title in the metadata. */
  title: string | undefined;
  /** What each page shows beside text; absent where the reader cannot tell. */
  contents?: PageContent[];
  /** What is on none of the pages. */
  parts?: UnreadPart[];
}

/** The error of a PDF that cannot be opened without a password. */
export function encryptedError(cause?: unknown): DeedboxError {
  return new DeedboxError('encrypted', 'The PDF is protected by a password.', {
    hint: 'Save a copy without the password.',
    cause,
  });
}
