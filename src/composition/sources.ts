import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { formats, readableExtensions } from '../extract/formats.ts';
import type { DriveApi } from '../sources/drive/api.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { DriveSource } from '../sources/drive/drive-source.ts';
import { driveSourcePrefix } from '../sources/drive/source-id.ts';
import { FolderSource, folderSourcePrefix } from '../sources/folder-source.ts';
import type { Source } from '../sources/source.ts';

/** Opens sources by their ids; those in Drive share one connection, which is made when it is needed. */
export function createSourceFactory(config: Config, tempFolder: string): (id: string) => Source {
  const extensions = readableExtensions;
  let drive: Promise<DriveApi> | undefined;
  const connect = () => {
    drive ??= connectDrive(config.drive).catch((error: unknown) => {
      drive = undefined; // somebody may sign in later
      throw error;
    });
    return drive;
  };
  return (id) => {
    if (id.startsWith(folderSourcePrefix)) {
      const root = id.slice(folderSourcePrefix.length);
      return new FolderSource(root, { extensions, tempFolder });
    }
    if (id.startsWith(driveSourcePrefix)) {
      const { endpoint } = config.drive;
      const mediaTypes = Object.keys(formats);
      return new DriveSource(id, { connect, endpoint, extensions, mediaTypes, tempFolder });
    }
    throw new DeedboxError('source_error', `The source "${id}" is of an unknown kind.`);
  };
}
