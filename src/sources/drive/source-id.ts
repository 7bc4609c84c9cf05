import { DeedboxError } from '../../errors/errors.ts';

/** How the id of every Drive source begins. */
export const driveSourcePrefix = 'drive:';

/** Which part of Drive a source is. */
export type DriveScope =
  /** Everything the account sees: My Drive, what is shared with it, all shared drives. */
  | { kind: 'all' }
  /** My Drive and what is shared with the account, without shared drives. */
  | { kind: 'my' }
  | { kind: 'shared'; driveId: string }
  | { kind: 'folder'; folderId: string };

const idPattern = /^[\w-]{5,}$/;

/** The scope that an id names, e.g. `drive:folder/1aB`. Throws `source_error` where it names none. */
export function scopeOf(sourceId: string): DriveScope {
  const rest = sourceId.slice(driveSourcePrefix.length);
  if (rest === 'all') return { kind: 'all' };
  if (rest === 'my') return { kind: 'my' };
  const [kind, id, extra] = rest.split('/');
  if (id !== undefined && extra === undefined && idPattern.test(id)) {
    if (kind === 'shared') return { kind: 'shared', driveId: id };
    if (kind === 'folder') return { kind: 'folder', folderId: id };
  }
  throw new DeedboxError('source_error', `"${sourceId}" names no part of Google Drive.`, {
    hint: 'Give drive:, drive:my, drive:shared/ID, drive:folder/ID, or a folder’s address in Drive.',
  });
}

export function driveSourceId(scope: DriveScope): string {
  if (scope.kind === 'shared') return `${driveSourcePrefix}shared/${scope.driveId}`;
  if (scope.kind === 'folder') return `${driveSourcePrefix}folder/${scope.folderId}`;
  return driveSourcePrefix + scope.kind;
}

const folderAddress = /^\/drive\/(?:u\/\d+\/)?(?:mobile\/)?(folders\/([\w-]+)|my-drive)\/?$/;

/**
 * The source id that `drive:…` or the address of a folder in Drive names; undefined for other text,
 * which may be a path. The root of a shared drive has the address of a folder too.
 * @throws DeedboxError `source_error` where the text begins so but names no part of Drive
 */
export function parseDriveSource(text: string): string | undefined {
  if (text === driveSourcePrefix || text === 'drive') return driveSourceId({ kind: 'all' });
  if (text.startsWith(driveSourcePrefix)) return driveSourceId(scopeOf(text));
  if (!/^https?:\/\/drive\.google\.com\//i.test(text)) return undefined;
  const match = folderAddress.exec(new URL(text).pathname);
  if (match?.[1] === 'my-drive') return driveSourceId({ kind: 'my' });
  if (match?.[2] !== undefined) return driveSourceId({ kind: 'folder', folderId: match[2] });
  throw new DeedboxError('source_error', 'This address is not that of a folder in Google Drive.', {
    hint: 'Open the folder in Drive and copy the address, which has /folders/ in it.',
  });
}
