import { extname } from 'node:path';
import type { SourceFile } from '../../domain/documents.ts';
import { ignoredExtensionReason, ignoredNameReason } from '../ignored-names.ts';
import { type DriveFile, docType, shortcutType } from './api-schemas.ts';

/** The fields of a `SourceFile` that follow from the metadata alone. */
export function toSourceFields(
  file: DriveFile,
): Pick<SourceFile, 'fileName' | 'size' | 'modifiedAt' | 'webUrl' | 'changeKey'> {
  const { webViewLink, resourceKey } = file;
  return {
    fileName: toPathSegment(file.name),
    // for a Google Doc it is not the size of the exported file
    size: file.mimeType === docType ? 0 : (file.size ?? 0),
    modifiedAt: new Date(file.modifiedTime ?? 0).toISOString(),
    ...(webViewLink !== undefined && { webUrl: withResourceKey(webViewLink, resourceKey) }),
    changeKey: changeKeyOf(file),
  };
}

/**
 * Changes with the bytes. A Google Doc has no checksum; its modification time changes with its text
 * and its name, but not when it is moved or shared.
 */
function changeKeyOf(file: DriveFile): string {
  const { sha256Checksum, md5Checksum, headRevisionId, modifiedTime, version } = file;
  if (file.mimeType === docType) return `doc-${modifiedTime ?? version}`;
  return sha256Checksum ?? md5Checksum ?? `${headRevisionId ?? version}-${modifiedTime}`;
}

/** A name as part of a path: names in Drive may contain a slash. */
export function toPathSegment(name: string): string {
  return name.replaceAll('/', '∕').normalize('NFC');
}

/** With the resource key, without which some files cannot be fetched. */
function withResourceKey(link: string, key: string | undefined): string {
  if (key === undefined) return link;
  const url = new URL(link);
  url.searchParams.set('resourcekey', key);
  return url.href;
}

/** The resource key that `withResourceKey` or Drive put into an address. */
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

/** Why a file is not read, for people; undefined where it is. Not for folders and shortcuts. */
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

/** Drive’s media type decides where the extension does not: "Lease 2.1" may be a PDF. */
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
