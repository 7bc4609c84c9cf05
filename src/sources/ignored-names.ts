import { extname } from 'node:path';

const systemNames = new Set([
  'thumbs.db',
  'desktop.ini',
  '__macosx',
  '$recycle.bin',
  'system volume information',
  'lost+found',
]);
const temporaryExtensions = new Set([
  '.tmp',
  '.temp',
  '.crdownload',
  '.part',
  '.partial',
  '.download',
  '.bak',
]);

/** Why a file or folder of this name is ignored, for people; undefined where it is not. */
export function ignoredNameReason(name: string): string | undefined {
  if (name.startsWith('.')) return 'hidden';
  if (name.startsWith('~$')) return 'lock file of an open document';
  if (systemNames.has(name.toLowerCase())) return 'belongs to the operating system';
  if (name.endsWith('~') || temporaryExtensions.has(extname(name).toLowerCase()))
    return 'temporary file';
  return undefined;
}

/** Why a file is ignored for its extension, for people; undefined where the extension is supported. */
export function ignoredExtensionReason(
  name: string,
  supportedExtensions: readonly string[],
): string | undefined {
  const extension = extname(name).toLowerCase();
  if (supportedExtensions.includes(extension)) return undefined;
  if (extension === '') return 'has no extension, so its kind is not known';
  return `${extension} files are not read`;
}
