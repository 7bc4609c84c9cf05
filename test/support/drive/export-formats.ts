import { docxType } from './types.ts';

/** The formats that export links name by their extension. */
const extensions: Record<string, string> = {
  [docxType]: 'docx',
  'application/pdf': 'pdf',
  'application/rtf': 'rtf',
  'application/vnd.oasis.opendocument.text': 'odt',
  'text/plain': 'txt',
  'text/markdown': 'markdown',
  'text/html': 'html',
  'application/zip': 'zip',
};

export function extensionOfExport(type: string): string {
  return extensions[type] ?? type;
}

export function typeOfExport(extension: string): string | undefined {
  return Object.keys(extensions).find((type) => extensions[type] === extension);
}

/** Where export links lead. */
export const exportLinkPath = '/feeds/download/documents/export/Export';
