import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addSources, removeSourceByPath } from '../../src/commands/sources.ts';
import { readConfig } from '../../src/settings/config.ts';
import type { Store } from '../../src/store/store.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { rejectionOf } from '../contract/source.ts';
import { type DriveFixture, openDriveFixture } from '../sources/drive-fixture.ts';

let fixture: DriveFixture;
let store: Store;
let ids: { root: string; folder: string; inner: string; drive: string; inDrive: string };
beforeEach(async () => {
  fixture = await openDriveFixture();
  store = await openSqliteStore({ folder: fixture.folder });
  const { model } = fixture.server;
  const root = model.rootOf(fixture.account);
  const folder = model.createFolder({ name: 'Contracts', parent: root });
  const inner = model.createFolder({ name: 'Signed', parent: folder });
  const member = { type: 'user', emailAddress: fixture.account, role: 'reader' } as const;
  const drive = model.createDrive('Vendors', [member]);
  const inDrive = model.createFolder({ name: 'A', parent: drive });
  ids = { root, folder, inner, drive, inDrive };
});
afterEach(async () => {
  await store.close();
  await fixture.close();
});

const add = (...paths: string[]) =>
  addSources(store, paths, {
    ...readConfig({ DEEDBOX_DATA: fixture.folder }).sources,
    drive: fixture.settings,
  });
const folderAddress = (id: string) => `https://drive.google.com/drive/folders/${id}`;

describe('adding a Drive source', () => {
  it('accepts its address; the root of a shared drive is that drive', async () => {
    expect(await add(folderAddress(ids.inner), folderAddress(ids.drive))).toEqual([
      `drive:folder/${ids.inner}`,
      `drive:shared/${ids.drive}`,
    ]);
  });

  it('adds nothing inside a source, and takes over the sources it contains', async () => {
    await add(`drive:folder/${ids.inner}`, `drive:folder/${ids.inDrive}`);
    const inner = {
      fileId: '1file',
      source: `drive:folder/${ids.inner}`,
      fileName: 'a.pdf',
      folder: '',
      size: 1,
      modifiedAt: '2026-01-01T00:00:00.000Z',
      changeKey: 'x',
      aclEntries: [],
    };
    await store.recordFiles([{ ...inner, state: 'pending', attempts: 0, syncId: 'sync-1' }]);
    expect(await add(`drive:folder/${ids.folder}`)).toEqual([`drive:folder/${ids.folder}`]);
    expect((await store.file('1file'))?.source).toBe(`drive:folder/${ids.folder}`);
    expect(await add(`drive:folder/${ids.inner}`)).toEqual([`drive:folder/${ids.folder}`]);
    expect(await add('drive:my')).toEqual(['drive:my']);
    expect(await store.sources()).toEqual([`drive:folder/${ids.inDrive}`, 'drive:my']);
    expect(await add(`drive:shared/${ids.drive}`)).toEqual([`drive:shared/${ids.drive}`]);
    expect(await add('drive:')).toEqual(['drive:all']);
    expect(await store.sources()).toEqual(['drive:all']);
    expect((await store.file('1file'))?.source).toBe('drive:all');
  });

  it('names the account to share it with, and adds nothing, where it is not visible', async () => {
    const { model } = fixture.server;
    const ada = model.addUser('ada@firm.example');
    const hers = model.createFolder({ name: 'Hers', parent: model.rootOf(ada) });
    const error = await rejectionOf(add(folderAddress(hers)));
    expect(error.code).toBe('source_error');
    expect(error.hint).toContain(fixture.account);
    expect(await store.sources()).toEqual([]);
  });

  it('reports a sign-in that does not work, and adds nothing', async () => {
    fixture.server.accounts.revokeAll(fixture.account);
    expect(await rejectionOf(add('drive:'))).toMatchObject({ code: 'not_signed_in' });
    expect(await store.sources()).toEqual([]);
  });

  it('removes it by the same name, without a request', async () => {
    await add(folderAddress(ids.drive), 'drive:my');
    fixture.server.faults.add({ fault: { do: 'refuse' } });
    expect(await removeSourceByPath(store, folderAddress(ids.drive))).toBe(0);
    expect(await removeSourceByPath(store, 'drive:my')).toBe(0);
    expect(await store.sources()).toEqual([]);
    expect(await rejectionOf(removeSourceByPath(store, 'drive:my'))).toMatchObject({
      code: 'not_found',
    });
  });
});
