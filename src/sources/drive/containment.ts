import { DeedboxError } from '../../errors/errors.ts';
import type { DriveApi } from './api.ts';
import { hasApiStatus } from './errors.ts';
import { type DriveFile, folderType } from './api-schemas.ts';
import { type DriveScope, driveSourceId, scopeOf } from './source-id.ts';
import { FolderTree } from './folder-tree.ts';

/** Where a Drive source lies. */
export interface SourceLocation {
  /** Of the source itself; the top of a shared drive is that drive, whatever it was named as. */
  id: string;
  /** The ids of all sources that hold everything it holds, itself among them. */
  containedIn: string[];
}

/**
 * Asks Drive where a source lies.
 * @throws DeedboxError `source_error` where it is not there for these credentials
 */
export async function locateSource(api: DriveApi, sourceId: string): Promise<SourceLocation> {
  const scope = scopeOf(sourceId);
  const allSourceId = driveSourceId({ kind: 'all' });
  if (scope.kind === 'all') return { id: allSourceId, containedIn: [allSourceId] };
  if (scope.kind === 'my') return { id: sourceId, containedIn: [sourceId, allSourceId] };
  try {
    if (scope.kind === 'shared') return await locateDrive(api, scope.driveId);
    return await locateFolder(api, scope.folderId);
  } catch (error) {
    if (!hasApiStatus(error, [404])) throw error;
    throw await notVisibleError(api, scope, error);
  }
}

async function locateDrive(api: DriveApi, driveId: string): Promise<SourceLocation> {
  // not by its own method, which a sign-in for metadata alone may not call
  await api.file(driveId);
  const id = driveSourceId({ kind: 'shared', driveId });
  return { id, containedIn: [id, driveSourceId({ kind: 'all' })] };
}

async function locateFolder(api: DriveApi, folderId: string): Promise<SourceLocation> {
  const folder = await api.file(folderId);
  const { driveId } = folder;
  if (driveId === folder.id) return locateDrive(api, driveId);
  if (folder.mimeType !== folderType || folder.trashed) throw notAFolderError(folder);
  const tree = new FolderTree(api);
  tree.put(folder);
  await tree.loadAncestors(folderId, driveId);
  const ancestors = tree.ancestors(folderId).filter(({ id }) => id !== driveId);
  const driveScope: DriveScope =
    driveId === undefined ? { kind: 'my' } : { kind: 'shared', driveId };
  return {
    id: driveSourceId({ kind: 'folder', folderId }),
    containedIn: [
      ...ancestors.map(({ id }) => driveSourceId({ kind: 'folder', folderId: id })),
      driveSourceId(driveScope),
      driveSourceId({ kind: 'all' }),
    ],
  };
}

function notAFolderError({ name, trashed }: DriveFile): DeedboxError {
  const what = trashed ? 'is in the trash' : 'is not a folder';
  return new DeedboxError('source_error', `"${name}" ${what} in Google Drive.`, {
    hint: 'Give the address of a folder with contracts.',
  });
}

async function notVisibleError(
  api: DriveApi,
  scope: DriveScope,
  cause: unknown,
): Promise<DeedboxError> {
  const what = scope.kind === 'shared' ? 'shared drive' : 'folder';
  const account = await api.account();
  return new DeedboxError('source_error', `${account} sees no such ${what} in Google Drive.`, {
    hint:
      scope.kind === 'shared'
        ? `Make ${account} a member of the shared drive, as a Contributor.`
        : `Share the folder with ${account}, and check that the address is complete.`,
    cause,
  });
}
