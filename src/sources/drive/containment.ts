import { DeedboxError } from '../../errors/errors.ts';
import type { SourceLocation } from '../source-kind.ts';
import type { DriveApi } from './api.ts';
import { connectDrive } from './connect.ts';
import { hasApiStatus } from './errors.ts';
import { type DriveSettings, metadataScope } from './settings.ts';
import { type DriveFile, folderType } from './api-schemas.ts';
import { type DriveScope, driveSourceId, scopeOf } from './source-id.ts';
import { folderOf, FolderTree, loadAncestors } from './folder-tree.ts';

interface Containers {
  /** The id of the source itself; the root of a shared drive is that drive, by whichever address. */
  id: string;
  /** The ids of all sources that contain everything in it, itself among them. */
  containedIn: string[];
}

/**
 * See `SourceKind.locate`. Needs the right to see metadata alone.
 * @throws DeedboxError `not_signed_in`; `source_error` where these credentials do not see the source
 */
export async function locateDriveSource(
  sourceId: string,
  settings: DriveSettings,
): Promise<SourceLocation> {
  const api = await connectDrive(settings, metadataScope);
  await api.account(); // a sign-in that does not work is reported before anything is recorded
  const { id, containedIn } = await findContainers(api, sourceId);
  return {
    id,
    isContainedIn: (otherId) => containedIn.includes(otherId),
    async contains(otherId) {
      // the sync of a source that is no longer visible reports that
      const other = await findContainers(api, otherId).catch(() => undefined);
      return other?.containedIn.includes(id) ?? false;
    },
  };
}

/** @throws DeedboxError `source_error` where these credentials do not see the source */
export async function findContainers(api: DriveApi, sourceId: string): Promise<Containers> {
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

async function locateDrive(api: DriveApi, driveId: string): Promise<Containers> {
  // not `api.drive`, which needs the right to read content
  await api.file(driveId);
  const id = driveSourceId({ kind: 'shared', driveId });
  return { id, containedIn: [id, driveSourceId({ kind: 'all' })] };
}

async function locateFolder(api: DriveApi, folderId: string): Promise<Containers> {
  const folder = await api.file(folderId);
  const { driveId } = folder;
  if (driveId === folder.id) return locateDrive(api, driveId);
  if (folder.mimeType !== folderType || folder.trashed) throw notAFolderError(folder);
  const start = FolderTree.empty().with([folderOf(folder)]);
  const tree = await loadAncestors(api, start, [{ parent: folderId, driveId }]);
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
