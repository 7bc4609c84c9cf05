import { extname } from 'node:path';
import type { SourceFile } from '../../domain/documents.ts';
import { ignoredExtensionReason, ignoredNameReason } from '../ignored-names.ts';
import { type DriveFile, docType, shortcutType } from './api-schemas.ts';

/** What Drive says of a file, in the words of every source. */
export function toSourceFields(
  file: DriveFile,
): Pick<SourceFile, 'fileName' | 'size' | 'modifiedAt' | 'webUrl' | 'changeKey'> {
  const { webViewLink, resourceKey } = file;
  return {
    fileName: displayName(file.name),
    // of a Google Doc it says something else than the size of what it is exported to
    size: file.mimeType === docType ? 0 : (file.size ?? 0),
    modifiedAt: new Date(file.modifiedTime ?? 0).toISOString(),
    ...(webViewLink !== undefined && { webUrl: withResourceKey(webViewLink, resourceKey) }),
    changeKey: changeKeyOf(file),
  };
}

/**
 * What changes with the bytes. A Google Doc has no checksum; its time of modification changes with
 * its text and with its name, but neither when it is moved nor when it is shared.
 */
function changeKeyOf(file: DriveFile): string {
  const { sha256Checksum, md5Checksum, headRevisionId, modifiedTime, version } = file;
  if (file.mimeType === docType) return `doc-${modifiedTime ?? version}`;
  return sha256Checksum ?? md5Checksum ?? `${headRevisionId ?? version}-${modifiedTime}`;
}

/** A name as part of a path: Drive allows names that hold a slash. */
export function displayName(name: string): string {
  return name.replaceAll('/', '∕').normalize('NFC');
}

/** The address alone is enough to fetch a file that needs a key. */
function withResourceKey(link: string, key: string | undefined): string {
  if (key === undefined) return link;
  const url = new URL(link);
  url.searchParams.set('resourcekey', key);
  return url.href;
}

/** The key that `withKey` put into an address, or Drive did. */
export function resourceKeyOf(webUrl: string | undefined): string | undefined {
  if (webUrl === undefined || !URL.canParse(webUrl)) return undefined;
  return new URL(webUrl).searchParams.get('resourcekey') ?? undefined;
}

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
