import type { SourceFile } from '../../src/domain/documents.ts';
import { expectedFor, type ExpectedOptions, type Scope } from '../support/drive/expected.ts';
import { docType } from '../support/drive/types.ts';
import type { DriveModel } from '../support/drive/drive-model.ts';

/** What of a file in an index must be as it is in Drive. */
export type IndexedFile = Pick<SourceFile, 'fileId' | 'fileName' | 'folder'> & {
  aclEntries: readonly string[];
  /** SHA-256 of the bytes; of a Google Doc, which has none, undefined. */
  hash?: string;
};

/** The files that an index of this source should hold, by their ids there, as this account sees Drive. */
export function expectedFiles(
  model: DriveModel,
  account: string,
  sourceId: string,
  options: ExpectedOptions = {},
): Map<string, IndexedFile> {
  const expected = new Map<string, IndexedFile>();
  for (const file of expectedFor(model, account, {
    ...options,
    scope: scopeOf(sourceId),
  }).values()) {
    // A file that only shortcuts lead to stands under the first of them.
    const fileId = file.shortcuts?.[0] ?? file.fileId;
    const isSharedWithMe = !file.isFromRoot && !sourceId.startsWith('drive:folder/');
    const folder = (isSharedWithMe ? ['Shared with me', ...file.folders] : file.folders).join('/');
    const aclEntries = file.isAclKnown ? file.aclEntries : ['unknown', `user:${account}`];
    const hash = file.mimeType === docType ? undefined : file.contentHash;
    expected.set(fileId, { fileId, fileName: file.name, folder, aclEntries, hash });
  }
  return expected;
}

function scopeOf(sourceId: string): Scope {
  const [kind, id = ''] = sourceId.slice('drive:'.length).split('/');
  if (kind === 'folder') return { folder: id };
  if (kind === 'shared') return { drive: id };
  return kind === 'my' ? 'my' : 'all';
}
