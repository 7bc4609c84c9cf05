import { basename, dirname } from 'node:path/posix';
import { edit, move, remove, rename } from '../support/drive/deeds.ts';
import { folderType } from '../support/drive/model.ts';
import { openDrivePlace } from '../sources/drive-place.ts';
import { type SourcePlace, testChangeFeed, testSource } from './source.ts';

/** A folder of a test Drive, written to by paths. */
async function openFolder(where: 'my drive' | 'shared drive'): Promise<SourcePlace> {
  const place = await openDrivePlace();
  const { world } = place.server;
  const owner = world.addUser('ada@firm.example');
  const reader = { type: 'user', emailAddress: place.account, role: 'reader' } as const;
  let root: string;
  if (where === 'shared drive') {
    const drive = world.createDrive('Contracts', [
      { type: 'user', emailAddress: owner, role: 'organizer' },
      reader,
    ]);
    root = world.createFolder({ name: 'Signed', parent: drive });
  } else {
    root = world.createFolder({ name: 'Contracts', parent: world.rootOf(owner) });
    world.grant(world.item(root), reader);
  }

  const ids = new Map<string, string>([['.', root]]);
  const folderOf = (path: string): string => {
    const parent = dirname(path);
    const known = ids.get(parent);
    if (known) return known;
    const id = world.createFolder({ name: basename(parent), parent: folderOf(parent) });
    ids.set(parent, id);
    return id;
  };
  const at = (path: string) => ids.get(path) ?? '';
  return {
    source: place.source(`drive:folder/${root}`),
    async write(path, content) {
      const bytes = Buffer.from(content);
      if (ids.has(path)) return edit(world, at(path), bytes);
      const parent = folderOf(path);
      const mimeType = path.endsWith('.pdf') ? 'application/pdf' : 'text/plain';
      ids.set(path, world.createFile({ name: basename(path), parent, mimeType, bytes }));
    },
    async remove(path) {
      remove(world, at(path));
      ids.delete(path);
    },
    async rename(from, to) {
      const id = at(from);
      if (folderOf(to) !== world.item(id).parent) move(world, id, folderOf(to));
      if (basename(from) !== basename(to)) rename(world, id, basename(to));
      const isFolder = world.item(id).mimeType === folderType;
      for (const [path, each] of Array.from(ids)) {
        if (path !== from && !(isFolder && path.startsWith(`${from}/`))) continue;
        ids.delete(path);
        ids.set(to + path.slice(from.length), each);
      }
    },
    dispose: () => place.close(),
  };
}

for (const where of ['my drive', 'shared drive'] as const) {
  testSource(`a folder in ${where}`, () => openFolder(where));
  testChangeFeed(`a folder in ${where}`, () => openFolder(where));
}
