import type { ExtractedText } from '../domain/documents.ts';

type ExtractText = (data: Buffer) => ExtractedText | Promise<ExtractedText>;

interface Format {
  /** Its name in messages. */
  name: string;
  extensions: string[];
  /** Whether its files are text, so that only the extension distinguishes them from other text. */
  isText?: boolean;
  /** Loads the extractor and its library, on the first file of the format. */
  load: () => Promise<ExtractText>;
}

const table = {
  'application/pdf': {
    name: 'PDF',
    extensions: ['.pdf'],
    load: async () => (await import('./pdf.ts')).extractPdf,
  },
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': {
    name: 'Word',
    extensions: ['.docx', '.docm', '.dotx', '.dotm'],
    load: async () => (await import('./docx.ts')).extractDocx,
  },
  'application/msword': {
    name: 'Word 97–2003',
    extensions: ['.doc', '.dot'],
    load: async () => (await import('./doc.ts')).extractDoc,
  },
  'application/vnd.oasis.opendocument.text': {
    name: 'OpenDocument',
    extensions: ['.odt', '.ott'],
    load: async () => (await import('./odt.ts')).extractOdt,
  },
  'application/rtf': {
    name: 'RTF',
    extensions: ['.rtf'],
    load: async () => (await import('./rtf.ts')).extractRtf,
  },
  'text/html': {
    name: 'HTML',
    extensions: ['.html', '.htm', '.xhtml'],
    isText: true,
    load: async () => (await import('./html.ts')).extractHtml,
  },
  'text/markdown': {
    name: 'Markdown',
    extensions: ['.md', '.markdown'],
    isText: true,
    load: async () => (await import('./markdown.ts')).extractMarkdown,
  },
  'text/plain': {
    name: 'text',
    extensions: ['.txt', '.text'],
    isText: true,
    load: async () => (await import('./plain-text.ts')).extractPlainText,
  },
} satisfies Record<string, Format>;

export type MediaType = keyof typeof table;

/** The supported media types and their extractors. */
export const formats: Readonly<Record<MediaType, Format>> = table;

/** File extensions of all formats, in lower case, with their dot. */
export const readableExtensions: readonly string[] = Object.values(formats).flatMap(
  (format) => format.extensions,
);
