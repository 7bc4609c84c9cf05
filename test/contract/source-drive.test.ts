import { basename, dirname } from 'node:path/posix';
import { edit, move, remove, rename } from '../support/drive/drive-operations.ts';
import { folderType } from '../support/drive/types.ts';
import { openDriveFixture } from '../sources/drive-fixture.ts';
import { type SourceFixture, testChangeFeed, testSource } from './source.ts';

/** A folder of a test Drive, written to by paths. */
async function openFolder(where: 'my drive' | 'shared drive'): Promise<SourceFixture> {
  const fixture = await openDriveFixture();
  const { model } = fixture.server;
  const owner = model.addUser('ada@firm.example');
  const reader = { type: 'user', emailAddress: fixture.account, role: 'reader' } as const;
  let root: string;
  if (where === 'shared drive') {
    const drive = model.createDrive('Contracts', [
      { type: 'user', emailAddress: owner, role: 'organizer' },
      reader,
    ]);
    root = model.createFolder({ name: 'Signed', parent: drive });
  } else {
    root = model.createFolder({ name: 'Contracts', parent: model.rootOf(owner) });
    model.grant(model.item(root), reader);
  }

  const ids = new Map<string, string>([['.', root]]);
  const folderOf = (path: string): string => {
    const parent = dirname(path);
    const known = ids.get(parent);
    if (known) return known;
    const id = model.createFolder({ name: basename(parent), parent: folderOf(parent) });
    ids.set(parent, id);
    return id;
  };
  const at = (path: string) => ids.get(path) ?? '';
  return {
    source: fixture.source(`drive:folder/${root}`),
    async write(path, content) {
      const bytes = Buffer.from(content);
      if (ids.has(path)) return edit(model, at(path), bytes);
      const parent = folderOf(path);
      const mimeType = path.endsWith('.pdf') ? 'application/pdf' : 'text/plain';
      ids.set(path, model.createFile({ name: basename(path), parent, mimeType, bytes }));
    },
    async remove(path) {
      remove(model, at(path));
      ids.delete(path);
    },
    async rename(from, to) {
      const id = at(from);
      if (folderOf(to) !== model.item(id).parent) move(model, id, folderOf(to));
      if (basename(from) !== basename(to)) rename(model, id, basename(to));
      const isFolder = model.item(id).mimeType === folderType;
      for (const [path, each] of Array.from(ids)) {
        if (path !== from && !(isFolder && path.startsWith(`${from}/`))) continue;
        ids.delete(path);
        ids.set(to + path.slice(from.length), each);
      }
    },
    dispose: () => fixture.close(),
  };
}

for (const where of ['my drive', 'shared drive'] as const) {
  testSource(`a folder in ${where}`, () => openFolder(where));
  testChangeFeed(`a folder in ${where}`, () => openFolder(where));
}
