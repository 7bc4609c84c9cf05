import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceEntry } from '../../src/sources/source.ts';
import { filesOf, changesSince, listAll, rejectionOf } from '../contract/source.ts';
import {
  limitAccess,
  mark,
  move,
  remove,
  rename,
  share,
  trash,
  unshare,
} from '../support/drive/drive-operations.ts';
import type { ShareWith } from '../support/drive/types.ts';
import { permissionIdOf } from '../support/drive/people.ts';
import type { DriveModel } from '../support/drive/drive-model.ts';
import { type DriveFixture, openDriveFixture } from './drive-fixture.ts';

const pdf = 'application/pdf';
const bytes = Buffer.from('%PDF-1.7');
const user = (emailAddress: string, role: ShareWith['role'] = 'reader'): ShareWith => {
  return { type: 'user', emailAddress, role };
};

let fixture: DriveFixture;
let model: DriveModel;
let account: string;
let root: string;
beforeEach(async () => {
  fixture = await openDriveFixture();
  model = fixture.server.model;
  account = fixture.account;
  root = model.rootOf(account);
});
afterEach(() => fixture.close());

const file = (name: string, parent = root, mimeType = pdf) =>
  model.createFile({ name, parent, mimeType, bytes });
const entries = (id = 'drive:all') => listAll(fixture.source(id));
const aclEntriesOf = async (fileName: string, id = 'drive:all') =>
  filesOf(await entries(id)).find((one) => one.fileName === fileName)?.aclEntries;
const ignoreReasons = (all: SourceEntry[]) =>
  Object.fromEntries(
    all.flatMap((one) => (one.kind === 'ignored' ? [[one.fileName, one.reason]] : [])),
  );

describe('file selection', () => {
  it('depends on the extension, or else on the media type in Drive', async () => {
    file('NDA.pdf');
    file('Lease 2.1');
    file('Order', root, 'text/plain');
    file('photo.png', root, 'image/png');
    file('script.py', root, 'text/plain');
    file('.hidden.pdf');
    file('~$open.docx');
    const gone = file('In the trash.pdf');
    trash(model, gone);
    const all = await entries();
    expect(
      filesOf(all)
        .map(({ fileName }) => fileName)
        .sort(),
    ).toEqual(['Lease 2.1', 'NDA.pdf', 'Order']);
    expect(ignoreReasons(all)).toEqual({
      'photo.png': '.png files are not read',
      'script.py': '.py files are not read',
      '.hidden.pdf': 'hidden',
      '~$open.docx': 'lock file of an open document',
    });
    for (const one of all) if (one.kind === 'ignored') expect(one.fileId).toMatch(/^[\w-]+$/);
  });

  it('gives the reason why files of other Google apps are ignored', async () => {
    const google = (kind: string) => file(kind, root, `application/vnd.google-apps.${kind}`);
    for (const kind of ['spreadsheet', 'presentation', 'form', 'drawing', 'unheard-of'])
      google(kind);
    expect(ignoreReasons(await entries())).toEqual({
      spreadsheet: 'Google Sheets are not read',
      presentation: 'Google Slides are not read',
      form: 'Google Forms are not read',
      drawing: 'Google Drawings are not read',
      'unheard-of': 'kept by a Google app, not a file',
    });
  });

  it('ignores files that may not be downloaded', async () => {
    const ada = model.addUser('ada@firm.example');
    const id = file('Secret.pdf', model.rootOf(ada));
    share(model, id, user(account));
    mark(model, id, { copyRequiresWriterPermission: true });
    expect(ignoreReasons(await entries())).toEqual({
      'Secret.pdf': 'its owner does not let it be downloaded',
    });
  });

  it('follows one shortcut to each target, and gives the reason why others are ignored', async () => {
    const ada = model.addUser('ada@firm.example');
    const folder = model.createFolder({ name: 'Clients', parent: root });
    const inside = file('Inside.pdf', folder);
    const outside = file('Outside.pdf', root);
    const foreign = file('Foreign.pdf', model.rootOf(ada));
    const trashed = file('Trashed.pdf', root);
    trash(model, trashed);
    const createShortcut = (name: string, targetId: string) =>
      model.createShortcut({ name, parent: folder, targetId });
    createShortcut('to inside', inside);
    const duplicates = [
      createShortcut('to outside', outside),
      createShortcut('to outside again', outside),
    ].sort();
    createShortcut('to foreign', foreign);
    createShortcut('to trashed', trashed);
    createShortcut('to folder', root);
    const all = await entries(`drive:folder/${folder}`);
    const found = new Map(filesOf(all).map(({ fileId, fileName }) => [fileId, fileName]));
    expect(found).toEqual(
      new Map([
        [inside, 'Inside.pdf'],
        [duplicates[0], 'Outside.pdf'],
      ]),
    );
    const ignored = ignoreReasons(all);
    expect(Object.values(ignored).sort()).toEqual([
      'another shortcut leads to the same',
      'shortcut to a folder, which can be added by itself',
      'shortcut to what is in the trash',
      'shortcut to what is listed in its own place',
      'shortcut to what these credentials may not see',
    ]);
  });

  it('shows files under My Drive, the name of the shared drive, or Shared with me', async () => {
    const ada = model.addUser('ada@firm.example');
    const drive = model.createDrive('Vendors / 2026', [user(account), user(ada, 'organizer')]);
    const other = model.createDrive('Board', [user(ada, 'organizer')]);
    const shared = model.createFolder({ name: 'For you', parent: model.rootOf(ada) });
    share(model, shared, user(account));
    file('mine.pdf', model.createFolder({ name: 'A', parent: root }));
    file('drive.pdf', model.createFolder({ name: 'B', parent: drive }));
    file('shared.pdf', model.createFolder({ name: 'C', parent: shared }));
    file('board.pdf', other);
    const single = file('single.pdf', other);
    share(model, single, user(account));
    const foldersByName = async (id: string) =>
      Object.fromEntries(filesOf(await entries(id)).map((one) => [one.fileName, one.folder]));
    expect(await foldersByName('drive:all')).toEqual({
      'mine.pdf': 'My Drive/A',
      'drive.pdf': 'Vendors ∕ 2026/B',
      'shared.pdf': 'Shared with me/For you/C',
      'single.pdf': 'Shared with me',
    });
    expect(await foldersByName('drive:my')).toEqual({
      'mine.pdf': 'My Drive/A',
      'shared.pdf': 'Shared with me/For you/C',
    });
    expect(await foldersByName(`drive:shared/${drive}`)).toEqual({
      'drive.pdf': 'Vendors ∕ 2026/B',
    });
    expect(await foldersByName(`drive:folder/${shared}`)).toEqual({ 'shared.pdf': 'C' });
  });

  it('requests no permissions in shared drives, so that pages are large', async () => {
    const drive = model.createDrive('Large', [user(account, 'organizer')]);
    const folders = [1, 2, 3].map((n) => model.createFolder({ name: `F${n}`, parent: drive }));
    for (let at = 0; at < 1000; at++) file(`${at}.pdf`, folders[at % 3]);
    fixture.server.forgetRequests();
    expect(await entries(`drive:shared/${drive}`)).toHaveLength(1000);
    // its folders, and three pages of files; 100 a page where permissions are requested
    expect(fixture.server.counts()).toMatchObject({ list: 4, drives: 1, permissions: 1 });
  });

  it('fails for a folder that does not exist or is in the trash', async () => {
    const folder = model.createFolder({ name: 'A', parent: root });
    const sourceError = { code: 'source_error', hint: expect.any(String) };
    expect(await rejectionOf(entries('drive:folder/1nothing-of-that-id'))).toMatchObject(
      sourceError,
    );
    expect(await rejectionOf(entries('drive:shared/0nothing-of-that-id'))).toMatchObject(
      sourceError,
    );
    trash(model, folder);
    expect(await rejectionOf(entries(`drive:folder/${folder}`))).toMatchObject(sourceError);
    expect(await rejectionOf(entries(`drive:folder/${file('a.pdf')}`))).toMatchObject(sourceError);
  });
});

describe('ACL resolution', () => {
  it('in My Drive, grants the owner and those whom sharing lets find the file', async () => {
    const ada = model.addUser('ada@firm.example');
    const folder = model.createFolder({ name: 'A', parent: root });
    const id = file('NDA.pdf', folder);
    share(model, folder, { type: 'group', emailAddress: 'Legal@firm.example', role: 'commenter' });
    share(model, id, user(ada));
    share(model, id, {
      type: 'domain',
      domain: 'Firm.example',
      role: 'reader',
      allowFileDiscovery: true,
    });
    share(model, id, { type: 'anyone', role: 'reader', allowFileDiscovery: false });
    expect(await aclEntriesOf('NDA.pdf')).toEqual([
      'domain:firm.example',
      'group:legal@firm.example',
      `user:${ada}`,
      `user:${account}`,
    ]);
    share(model, id, { type: 'anyone', role: 'reader', allowFileDiscovery: true });
    expect(await aclEntriesOf('NDA.pdf')).toContain('anyone');
  });

  it('does not fold an address that is not valid into one that is', async () => {
    const id = file('NDA.pdf');
    share(model, id, user('ban\u212A@firm.example'));
    share(model, id, {
      type: 'domain',
      domain: 'f\u0131rm.example',
      role: 'reader',
      allowFileDiscovery: true,
    });
    expect(await aclEntriesOf('NDA.pdf')).toEqual([
      'domain:f\u0131rm.example', // another domain, in which nobody is
      'unknown',
      `user:${account}`,
    ]);
  });

  it('ends when sharing expires', async () => {
    const id = file('NDA.pdf');
    const grantee = user('ada@firm.example');
    share(model, id, { ...grantee, expirationTime: '2999-01-31T12:00:00Z' });
    const expiringEntry = 'user:ada@firm.example until 2999-01-31T12:00:00.000Z';
    expect(await aclEntriesOf('NDA.pdf')).toEqual([expiringEntry, `user:${account}`]);
    share(model, id, { ...grantee, expirationTime: '2020-01-31T12:00:00Z' });
    expect(await aclEntriesOf('NDA.pdf')).toEqual([`user:${account}`]);
  });

  it('grants the own account alone where Google does not return the permissions', async () => {
    const ada = model.addUser('ada@firm.example');
    const id = file('NDA.pdf', model.rootOf(ada));
    share(model, id, user(account));
    share(model, id, user('ben@firm.example'));
    expect(await aclEntriesOf('NDA.pdf')).toEqual(['unknown', `user:${account}`]);
  });

  it('is unknown to a viewer of a shared drive that may not see permissions, and known to a contributor', async () => {
    await fixture.close();
    fixture = await openDriveFixture({ membersSeePermissions: false });
    ({ model } = fixture.server);
    model.addUser('ada@firm.example');
    const drive = model.createDrive('Vendors', [
      user('ada@firm.example', 'organizer'),
      user(account),
    ]);
    const folder = model.createFolder({ name: 'A', parent: drive });
    file('NDA.pdf', folder);
    share(model, folder, user('ben@firm.example'));
    expect(await aclEntriesOf('NDA.pdf')).toEqual(['unknown', `user:${account}`]);
    share(model, drive, user(account, 'writer'));
    expect(await aclEntriesOf('NDA.pdf')).toEqual([
      'user:ada@firm.example',
      'user:ben@firm.example',
      `user:${account}`,
    ]);
  });

  it('in a shared drive, grants its members and those of folders above, except with limited access', async () => {
    model.addUser('ada@firm.example');
    model.addUser('ben@firm.example');
    const drive = model.createDrive('Vendors', [
      user('ada@firm.example', 'organizer'),
      user(account, 'organizer'),
      { type: 'group', emailAddress: 'legal@firm.example', role: 'reader' },
    ]);
    const folder = model.createFolder({ name: 'A', parent: drive });
    const limitedFolder = model.createFolder({ name: 'B', parent: folder });
    file('top.pdf', drive);
    file('in-a.pdf', folder);
    file('in-b.pdf', model.createFolder({ name: 'C', parent: limitedFolder }));
    const members = ['group:legal@firm.example', 'user:ada@firm.example', `user:${account}`];
    expect(await aclEntriesOf('in-b.pdf')).toEqual(members);
    share(model, folder, user('ben@firm.example'));
    expect(await aclEntriesOf('top.pdf')).toEqual(members);
    const withBen = [...members, 'user:ben@firm.example'].sort();
    expect(await aclEntriesOf('in-a.pdf')).toEqual(withBen);
    expect(await aclEntriesOf('in-b.pdf')).toEqual(withBen);
    limitAccess(model, limitedFolder, true);
    expect(await aclEntriesOf('in-b.pdf')).toEqual(['user:ada@firm.example', `user:${account}`]);
    share(model, limitedFolder, user('cleo@firm.example'));
    expect(await aclEntriesOf('in-b.pdf')).toContain('user:cleo@firm.example');
  });

  it('sends one request for each drive, and one for each item with permissions of its own', async () => {
    const drive = model.createDrive('Vendors', [user(account, 'organizer')]);
    for (let at = 0; at < 20; at++) {
      const folder = model.createFolder({ name: `F${at}`, parent: drive });
      for (let of = 0; of < 5; of++) file(`${at}-${of}.pdf`, folder);
      if (at === 0) share(model, folder, user('ada@firm.example'));
    }
    fixture.server.forgetRequests();
    await entries(`drive:shared/${drive}`);
    expect(fixture.server.counts().permissions).toBe(2);
  });
});

describe('the change feed', () => {
  const changesAfter = async (id: string, change: () => void) => {
    const { feed } = fixture.source(id);
    const cursor = await feed.now();
    change();
    fixture.server.forgetRequests();
    const { changes } = await changesSince(feed, cursor);
    return { changes, counts: fixture.server.counts(), all: fixture.server.requestLog.length };
  };

  it('sends a few requests where nothing changed, whatever the number of files', async () => {
    const drives = ['A', 'B'].map((name) => model.createDrive(name, [user(account, 'organizer')]));
    for (const parent of [root, ...drives]) {
      const folder = model.createFolder({ name: 'F', parent });
      for (let at = 0; at < 60; at++) file(`${at}.pdf`, folder);
    }
    const { changes, counts } = await changesAfter('drive:all', () => {});
    expect(changes).toEqual([]);
    // one log of the account and one of each drive; drives, their members, the top of My Drive
    expect(counts).toEqual({ changes: 3, drives: 1, permissions: 2, get: 1 });
  });

  it('reports the files of a renamed, moved or shared folder, and downloads none', async () => {
    const folder = model.createFolder({ name: 'Old', parent: root });
    const inner = model.createFolder({ name: 'Inner', parent: folder });
    for (let at = 0; at < 250; at++) file(`${at}.pdf`, inner);
    const target = model.createFolder({ name: 'Target', parent: root });
    const operations: [
      () => void,
      (one: { folder: string; aclEntries: readonly string[] }) => boolean,
    ][] = [
      [() => rename(model, folder, 'New'), (one) => one.folder === 'My Drive/New/Inner'],
      [() => move(model, folder, target), (one) => one.folder === 'My Drive/Target/New/Inner'],
      [
        () => share(model, folder, user('ada@firm.example')),
        (one) => one.aclEntries.includes('user:ada@firm.example'),
      ],
      [
        () => unshare(model, folder, permissionIdOf('ada@firm.example')),
        (one) => !one.aclEntries.includes('user:ada@firm.example'),
      ],
    ];
    for (const [operation, isExpected] of operations) {
      const { changes, counts } = await changesAfter('drive:my', operation);
      const changed = new Map(
        changes.flatMap((one) => (one.kind === 'file' ? [[one.file.fileId, one.file]] : [])),
      );
      expect(changed.size).toBe(250);
      expect([...changed.values()].every(isExpected)).toBe(true);
      expect(counts.download).toBeUndefined();
    }
  });

  it('reports all files of a shared drive whose members changed', async () => {
    const drive = model.createDrive('Vendors', [user(account, 'organizer')]);
    for (let at = 0; at < 30; at++) file(`${at}.pdf`, drive);
    const { changes } = await changesAfter(`drive:shared/${drive}`, () =>
      share(model, drive, user('ada@firm.example')),
    );
    expect(changes).toHaveLength(30);
    for (const change of changes) {
      expect(change).toMatchObject({
        file: { aclEntries: [`user:ada@firm.example`, `user:${account}`] },
      });
    }
  });

  it('reports all files of a new shared drive', async () => {
    const ada = model.addUser('ada@firm.example');
    const drive = model.createDrive('Vendors', [user(ada, 'organizer')]);
    for (let at = 0; at < 30; at++) file(`${at}.pdf`, drive);
    const { changes } = await changesAfter('drive:all', () => share(model, drive, user(account)));
    expect(changes.filter(({ kind }) => kind === 'file')).toHaveLength(30);
  });

  it('removes the files of a trashed folder', async () => {
    const folder = model.createFolder({ name: 'Old', parent: root });
    const ids = [1, 2, 3].map((n) =>
      file(`${n}.pdf`, model.createFolder({ name: `${n}`, parent: folder })),
    );
    const { changes } = await changesAfter('drive:my', () => trash(model, folder));
    expect(changes).toEqual(
      expect.arrayContaining(ids.map((fileId) => ({ kind: 'removed', fileId }))),
    );
  });

  it('expires when a folder is deleted, a drive is left, or the log is lost', async () => {
    const ada = model.addUser('ada@firm.example');
    const drive = model.createDrive('Vendors', [user(ada, 'organizer'), user(account)]);
    const folder = model.createFolder({ name: 'Old', parent: root });
    file('1.pdf', folder);
    const expired = { code: 'checkpoint_expired' };
    const changesError = (change: () => void) => rejectionOf(changesAfter('drive:all', change));
    expect(await changesError(() => remove(model, folder))).toMatchObject(expired);
    expect(await changesError(() => unshare(model, drive, permissionIdOf(account)))).toMatchObject(
      expired,
    );
    fixture.server.faults.add({ fault: { do: 'expirePageToken' }, kind: 'changes' });
    expect(await changesError(() => {})).toMatchObject(expired);
  });
});
