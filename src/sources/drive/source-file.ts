import type { SourceFile } from '../../domain/documents.ts';
import { type DriveFile, docType } from './api-schemas.ts';

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
