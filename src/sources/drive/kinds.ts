import { extname } from 'node:path';
import { ignoredExtension, ignoredName } from '../ignored-names.ts';
import { docType, type DriveFile, shortcutType } from './file.ts';

export interface ReadableKinds {
  /** Lower-case extensions, with their dot. */
  extensions: readonly string[];
  /** Media types of files that can be read, for those whose names have no such extension. */
  mediaTypes: readonly string[];
}

const googlePrefix = 'application/vnd.google-apps.';
const googleNames: Record<string, string> = {
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
export function ignoredKind(file: DriveFile, kinds: ReadableKinds): string | undefined {
  const { name, mimeType } = file;
  if (mimeType === docType) return mayDownload(file);
  if (mimeType.startsWith(googlePrefix)) {
    return googleNames[mimeType.slice(googlePrefix.length)] ?? 'kept by a Google app, not a file';
  }
  return ignoredName(name) ?? ignoredType(file, kinds) ?? mayDownload(file);
}

/** Drive’s media type counts where the name tells nothing: "Lease 2.1" is a PDF if Drive says so. */
function ignoredType({ name, mimeType }: DriveFile, kinds: ReadableKinds): string | undefined {
  const reason = ignoredExtension(name, kinds.extensions);
  if (reason === undefined || !kinds.mediaTypes.includes(mimeType)) return reason;
  // program text is text/plain as well
  return extname(name) !== '' && mimeType.startsWith('text/') ? reason : undefined;
}

function mayDownload({ capabilities }: DriveFile): string | undefined {
  return capabilities?.canDownload === false
    ? 'its owner does not let it be downloaded'
    : undefined;
}

export function isShortcut(file: DriveFile): boolean {
  return file.mimeType === shortcutType;
}
