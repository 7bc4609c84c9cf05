import { DeedboxError } from '../errors/errors.ts';

/** What a reader of PDFs finds in a file. */
export interface PdfText {
  /** The text of each page. */
  pages: string[];
  /** The title in the metadata. */
  title: string | undefined;
  /** The names of the files within it, which are not read; a name may be empty. */
  attachments?: string[];
}

/** The error of a PDF that cannot be opened without a password. */
export function encryptedError(cause?: unknown): DeedboxError {
  return new DeedboxError('encrypted', 'The PDF is protected by a password.', {
    hint: 'Save a copy without the password.',
    cause,
  });
}
