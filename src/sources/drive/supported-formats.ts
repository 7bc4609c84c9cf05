import { extname } from 'node:path';
import { ignoredExtensionReason, ignoredNameReason } from '../ignored-names.ts';
import { docType, type DriveFile, shortcutType } from './api-schemas.ts';

export interface SupportedFormats {
  /** Lower-case extensions, with their dot. */
  extensions: readonly string[];
  /** Media types of files that can be read, for those whose names have no such extension. */
  mediaTypes: readonly string[];
}

const googlePrefix = 'application/vnd.google-apps.';
const googleAppReasons: Record<string, string> = {
  spreadsheet: 'Google Sheets are not read',
  presentation: 'Google Slides are not read',
  form: 'Google Forms are not read',
  drawing: 'Google Drawings are not read',
  site: 'Google Sites are not read',
  map: 'Google My Maps are not read',
  script: 'Apps Script projects are not read',
  jam: 'Jamboards are not read',
};

/** Why a file that is no folder or shortcut is not read, in words; undefined where it is. */
export function ignoredFileReason(file: DriveFile, formats: SupportedFormats): string | undefined {
  const { name, mimeType } = file;
  if (mimeType === docType) return downloadDeniedReason(file);
  if (mimeType.startsWith(googlePrefix)) {
    return (
      googleAppReasons[mimeType.slice(googlePrefix.length)] ?? 'kept by a Google app, not a file'
    );
  }
  return (
    ignoredNameReason(name) ?? unsupportedTypeReason(file, formats) ?? downloadDeniedReason(file)
  );
}

/** Drive’s media type counts where the name tells nothing: "Lease 2.1" is a PDF if Drive says so. */
function unsupportedTypeReason(
  { name, mimeType }: DriveFile,
  formats: SupportedFormats,
): string | undefined {
  const reason = ignoredExtensionReason(name, formats.extensions);
  if (reason === undefined || !formats.mediaTypes.includes(mimeType)) return reason;
  // program text is text/plain as well
  return extname(name) !== '' && mimeType.startsWith('text/') ? reason : undefined;
}

function downloadDeniedReason({ capabilities }: DriveFile): string | undefined {
  return capabilities?.canDownload === false
    ? 'its owner does not let it be downloaded'
    : undefined;
}

export function isShortcut(file: DriveFile): boolean {
  return file.mimeType === shortcutType;
}
