import type { ExtractedText } from '../domain/documents.ts';

type ExtractText = (data: Buffer) => ExtractedText | Promise<ExtractedText>;

interface Format {
  /** As a person calls it. */
  name: string;
  extensions: string[];
  /** Loads the extractor, and with it its library, when the first such file comes. */
  load: () => Promise<ExtractText>;
}

/** Every media type that can be read, and its extractor. */
export const formats = {
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
    load: async () => (await import('./html.ts')).extractHtml,
  },
  'text/markdown': {
    name: 'Markdown',
    extensions: ['.md', '.markdown'],
    load: async () => (await import('./markdown.ts')).extractMarkdown,
  },
  'text/plain': {
    name: 'text',
    extensions: ['.txt', '.text'],
    load: async () => (await import('./plain-text.ts')).extractPlainText,
  },
} satisfies Record<string, Format>;

export type MediaType = keyof typeof formats;

/** The extensions of the files worth fetching, lower-case, with their dot. */
export const readableExtensions: readonly string[] = Object.values(formats).flatMap(
  (format) => format.extensions,
);
