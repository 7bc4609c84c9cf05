import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceEntry } from '../../src/sources/source.ts';
import { filesOf, followed, listed, refusal } from '../contract/source.ts';
import {
  limitAccess,
  mark,
  move,
  remove,
  rename,
  share,
  trash,
  unshare,
} from '../support/drive/deeds.ts';
import type { ShareWith } from '../support/drive/model.ts';
import { permissionIdOf } from '../support/drive/people.ts';
import type { World } from '../support/drive/world.ts';
import { type DrivePlace, openDrivePlace } from './drive-place.ts';

const pdf = 'application/pdf';
const bytes = Buffer.from('%PDF-1.7');
const user = (emailAddress: string, role: ShareWith['role'] = 'reader'): ShareWith => {
  return { type: 'user', emailAddress, role };
};

let place: DrivePlace;
let world: World;
let me: string;
let root: string;
beforeEach(async () => {
  place = await openDrivePlace();
  world = place.server.world;
  me = place.account;
  root = world.rootOf(me);
});
afterEach(() => place.close());

const file = (name: string, parent = root, mimeType = pdf) =>
  world.createFile({ name, parent, mimeType, bytes });
const entries = (id = 'drive:all') => listed(place.source(id));
const readersOf = async (fileName: string, id = 'drive:all') =>
  filesOf(await entries(id)).find((one) => one.fileName === fileName)?.readers;
const reasons = (all: SourceEntry[]) =>
  Object.fromEntries(
    all.flatMap((one) => (one.kind === 'ignored' ? [[one.fileName, one.reason]] : [])),
  );

describe('what is read of Drive', () => {
  it('is told by the name, or by what Drive says where the name tells nothing', async () => {
    file('NDA.pdf');
    file('Lease 2.1');
    file('Order', root, 'text/plain');
    file('photo.png', root, 'image/png');
    file('script.py', root, 'text/plain');
    file('.hidden.pdf');
    file('~$open.docx');
    const gone = file('In the trash.pdf');
    trash(world, gone);
    const all = await entries();
    expect(
      filesOf(all)
        .map(({ fileName }) => fileName)
        .sort(),
    ).toEqual(['Lease 2.1', 'NDA.pdf', 'Order']);
    expect(reasons(all)).toEqual({
      'photo.png': '.png files are not read',
      'script.py': '.py files are not read',
      '.hidden.pdf': 'hidden',
      '~$open.docx': 'lock file of an open document',
    });
    for (const one of all) if (one.kind === 'ignored') expect(one.fileId).toMatch(/^[\w-]+$/);
  });

  it('says in words why what Google’s other apps keep is not read', async () => {
    const google = (kind: string) => file(kind, root, `application/vnd.google-apps.${kind}`);
    for (const kind of ['spreadsheet', 'presentation', 'form', 'drawing', 'unheard-of'])
      google(kind);
    expect(reasons(await entries())).toEqual({
      spreadsheet: 'Google Sheets are not read',
      presentation: 'Google Slides are not read',
      form: 'Google Forms are not read',
      drawing: 'Google Drawings are not read',
      'unheard-of': 'kept by a Google app, not a file',
    });
  });

  it('leaves out what its owner does not let be downloaded', async () => {
    const ada = world.addUser('ada@firm.example');
    const id = file('Secret.pdf', world.rootOf(ada));
    share(world, id, user(me));
    mark(world, id, { copyRequiresWriterPermission: true });
    expect(reasons(await entries())).toEqual({
      'Secret.pdf': 'its owner does not let it be downloaded',
    });
  });

  it('follows shortcuts once, and says why it does not follow the others', async () => {
    const ada = world.addUser('ada@firm.example');
    const folder = world.createFolder({ name: 'Clients', parent: root });
    const inside = file('Inside.pdf', folder);
    const outside = file('Outside.pdf', root);
    const foreign = file('Foreign.pdf', world.rootOf(ada));
    const trashed = file('Trashed.pdf', root);
    trash(world, trashed);
    const link = (name: string, targetId: string) =>
      world.createShortcut({ name, parent: folder, targetId });
    link('to inside', inside);
    const both = [link('to outside', outside), link('to outside again', outside)].sort();
    link('to foreign', foreign);
    link('to trashed', trashed);
    link('to folder', root);
    const all = await entries(`drive:folder/${folder}`);
    const found = new Map(filesOf(all).map(({ fileId, fileName }) => [fileId, fileName]));
    expect(found).toEqual(
      new Map([
        [inside, 'Inside.pdf'],
        [both[0], 'Outside.pdf'],
      ]),
    );
    const told = reasons(all);
    expect(Object.values(told).sort()).toEqual([
      'another shortcut leads to the same',
      'shortcut to a folder, which can be added by itself',
      'shortcut to what is in the trash',
      'shortcut to what is listed in its own place',
      'shortcut to what these credentials may not see',
    ]);
  });

  it('has its place: My Drive, shared drives by name, and what is shared', async () => {
    const ada = world.addUser('ada@firm.example');
    const drive = world.createDrive('Vendors / 2026', [user(me), user(ada, 'organizer')]);
    const other = world.createDrive('Board', [user(ada, 'organizer')]);
    const shared = world.createFolder({ name: 'For you', parent: world.rootOf(ada) });
    share(world, shared, user(me));
    file('mine.pdf', world.createFolder({ name: 'A', parent: root }));
    file('drive.pdf', world.createFolder({ name: 'B', parent: drive }));
    file('shared.pdf', world.createFolder({ name: 'C', parent: shared }));
    file('board.pdf', other);
    const single = file('single.pdf', other);
    share(world, single, user(me));
    const places = async (id: string) =>
      Object.fromEntries(filesOf(await entries(id)).map((one) => [one.fileName, one.folder]));
    expect(await places('drive:all')).toEqual({
      'mine.pdf': 'My Drive/A',
      'drive.pdf': 'Vendors ∕ 2026/B',
      'shared.pdf': 'Shared with me/For you/C',
      'single.pdf': 'Shared with me',
    });
    expect(await places('drive:my')).toEqual({
      'mine.pdf': 'My Drive/A',
      'shared.pdf': 'Shared with me/For you/C',
    });
    expect(await places(`drive:shared/${drive}`)).toEqual({ 'drive.pdf': 'Vendors ∕ 2026/B' });
    expect(await places(`drive:folder/${shared}`)).toEqual({ 'shared.pdf': 'C' });
  });

  it('is listed with as many files a page as Drive gives where no permissions are asked for', async () => {
    const drive = world.createDrive('Large', [user(me, 'organizer')]);
    const folders = [1, 2, 3].map((n) => world.createFolder({ name: `F${n}`, parent: drive }));
    for (let at = 0; at < 1000; at++) file(`${at}.pdf`, folders[at % 3]);
    place.server.forgetRequests();
    expect(await entries(`drive:shared/${drive}`)).toHaveLength(1000);
    // its folders, and three pages of files; 100 a page where permissions are asked for
    expect(place.server.counts()).toMatchObject({ list: 4, drives: 1, permissions: 1 });
  });

  it('that is not there, or is in the trash, is no empty source', async () => {
    const folder = world.createFolder({ name: 'A', parent: root });
    const missing = { code: 'source_error', hint: expect.any(String) };
    expect(await refusal(entries('drive:folder/1nothing-of-that-id'))).toMatchObject(missing);
    expect(await refusal(entries('drive:shared/0nothing-of-that-id'))).toMatchObject(missing);
    trash(world, folder);
    expect(await refusal(entries(`drive:folder/${folder}`))).toMatchObject(missing);
    expect(await refusal(entries(`drive:folder/${file('a.pdf')}`))).toMatchObject(missing);
  });
});

describe('who may read a file', () => {
  it('in My Drive: everyone it is shared with so that they find it, and its owner', async () => {
    const ada = world.addUser('ada@firm.example');
    const folder = world.createFolder({ name: 'A', parent: root });
    const id = file('NDA.pdf', folder);
    share(world, folder, { type: 'group', emailAddress: 'Legal@firm.example', role: 'commenter' });
    share(world, id, user(ada));
    share(world, id, {
      type: 'domain',
      domain: 'Firm.example',
      role: 'reader',
      allowFileDiscovery: true,
    });
    share(world, id, { type: 'anyone', role: 'reader', allowFileDiscovery: false });
    expect(await readersOf('NDA.pdf')).toEqual([
      'domain:firm.example',
      'group:legal@firm.example',
      `user:${ada}`,
      `user:${me}`,
    ]);
    share(world, id, { type: 'anyone', role: 'reader', allowFileDiscovery: true });
    expect(await readersOf('NDA.pdf')).toContain('anyone');
  });

  it('ends where sharing ends', async () => {
    const id = file('NDA.pdf');
    const whom = user('ada@firm.example');
    share(world, id, { ...whom, expirationTime: '2999-01-31T12:00:00Z' });
    const ends = 'user:ada@firm.example until 2999-01-31T12:00:00.000Z';
    expect(await readersOf('NDA.pdf')).toEqual([ends, `user:${me}`]);
    share(world, id, { ...whom, expirationTime: '2020-01-31T12:00:00Z' });
    expect(await readersOf('NDA.pdf')).toEqual([`user:${me}`]);
  });

  it('where Google does not tell, nobody but the account that asks', async () => {
    const ada = world.addUser('ada@firm.example');
    const id = file('NDA.pdf', world.rootOf(ada));
    share(world, id, user(me));
    share(world, id, user('ben@firm.example'));
    expect(await readersOf('NDA.pdf')).toEqual(['unknown', `user:${me}`]);
  });

  it('nor in a shared drive where a viewer is not told; as a contributor it is', async () => {
    await place.close();
    place = await openDrivePlace({ membersSeePermissions: false });
    ({ world } = place.server);
    world.addUser('ada@firm.example');
    const drive = world.createDrive('Vendors', [user('ada@firm.example', 'organizer'), user(me)]);
    const folder = world.createFolder({ name: 'A', parent: drive });
    file('NDA.pdf', folder);
    share(world, folder, user('ben@firm.example'));
    expect(await readersOf('NDA.pdf')).toEqual(['unknown', `user:${me}`]);
    share(world, drive, user(me, 'writer'));
    expect(await readersOf('NDA.pdf')).toEqual([
      'user:ada@firm.example',
      'user:ben@firm.example',
      `user:${me}`,
    ]);
  });

  it('in a shared drive: its members, those of folders above, and no others behind limited access', async () => {
    world.addUser('ada@firm.example');
    world.addUser('ben@firm.example');
    const drive = world.createDrive('Vendors', [
      user('ada@firm.example', 'organizer'),
      user(me, 'organizer'),
      { type: 'group', emailAddress: 'legal@firm.example', role: 'reader' },
    ]);
    const folder = world.createFolder({ name: 'A', parent: drive });
    const limited = world.createFolder({ name: 'B', parent: folder });
    file('top.pdf', drive);
    file('in-a.pdf', folder);
    file('in-b.pdf', world.createFolder({ name: 'C', parent: limited }));
    const members = ['group:legal@firm.example', 'user:ada@firm.example', `user:${me}`];
    expect(await readersOf('in-b.pdf')).toEqual(members);
    share(world, folder, user('ben@firm.example'));
    expect(await readersOf('top.pdf')).toEqual(members);
    const withBen = [...members, 'user:ben@firm.example'].sort();
    expect(await readersOf('in-a.pdf')).toEqual(withBen);
    expect(await readersOf('in-b.pdf')).toEqual(withBen);
    limitAccess(world, limited, true);
    expect(await readersOf('in-b.pdf')).toEqual(['user:ada@firm.example', `user:${me}`]);
    share(world, limited, user('cleo@firm.example'));
    expect(await readersOf('in-b.pdf')).toContain('user:cleo@firm.example');
  });

  it('costs one request for a drive, and one for what has permissions of its own', async () => {
    const drive = world.createDrive('Vendors', [user(me, 'organizer')]);
    for (let at = 0; at < 20; at++) {
      const folder = world.createFolder({ name: `F${at}`, parent: drive });
      for (let of = 0; of < 5; of++) file(`${at}-${of}.pdf`, folder);
      if (at === 0) share(world, folder, user('ada@firm.example'));
    }
    place.server.forgetRequests();
    await entries(`drive:shared/${drive}`);
    expect(place.server.counts().permissions).toBe(2);
  });
});

describe('a night', () => {
  const nightOf = async (id: string, change: () => void) => {
    const { feed } = place.source(id);
    const position = await feed.now();
    change();
    place.server.forgetRequests();
    const { changes } = await followed(feed, position);
    return { changes, counts: place.server.counts(), all: place.server.requests.length };
  };

  it('in which nothing changed costs a handful of requests, whatever is in Drive', async () => {
    const drives = ['A', 'B'].map((name) => world.createDrive(name, [user(me, 'organizer')]));
    for (const parent of [root, ...drives]) {
      const folder = world.createFolder({ name: 'F', parent });
      for (let at = 0; at < 60; at++) file(`${at}.pdf`, folder);
    }
    const { changes, counts } = await nightOf('drive:all', () => {});
    expect(changes).toEqual([]);
    // one log of the account and one of each drive; drives, their members, the top of My Drive
    expect(counts).toEqual({ changes: 3, drives: 1, permissions: 2, get: 1 });
  });

  it('in which a large folder was renamed, moved or shared tells its files and downloads none', async () => {
    const folder = world.createFolder({ name: 'Old', parent: root });
    const inner = world.createFolder({ name: 'Inner', parent: folder });
    for (let at = 0; at < 250; at++) file(`${at}.pdf`, inner);
    const target = world.createFolder({ name: 'Target', parent: root });
    const deeds: [() => void, (one: { folder: string; readers: readonly string[] }) => boolean][] =
      [
        [() => rename(world, folder, 'New'), (one) => one.folder === 'My Drive/New/Inner'],
        [() => move(world, folder, target), (one) => one.folder === 'My Drive/Target/New/Inner'],
        [
          () => share(world, folder, user('ada@firm.example')),
          (one) => one.readers.includes('user:ada@firm.example'),
        ],
        [
          () => unshare(world, folder, permissionIdOf('ada@firm.example')),
          (one) => !one.readers.includes('user:ada@firm.example'),
        ],
      ];
    for (const [deed, fits] of deeds) {
      const { changes, counts } = await nightOf('drive:my', deed);
      const told = new Map(
        changes.flatMap((one) => (one.kind === 'file' ? [[one.file.fileId, one.file]] : [])),
      );
      expect(told.size).toBe(250);
      expect([...told.values()].every(fits)).toBe(true);
      expect(counts.download).toBeUndefined();
    }
  });

  it('in which somebody joined or left a shared drive tells all its files', async () => {
    const drive = world.createDrive('Vendors', [user(me, 'organizer')]);
    for (let at = 0; at < 30; at++) file(`${at}.pdf`, drive);
    const { changes } = await nightOf(`drive:shared/${drive}`, () =>
      share(world, drive, user('ada@firm.example')),
    );
    expect(changes).toHaveLength(30);
    for (const change of changes) {
      expect(change).toMatchObject({ file: { readers: [`user:ada@firm.example`, `user:${me}`] } });
    }
  });

  it('in which a shared drive was joined tells all that is in it', async () => {
    const ada = world.addUser('ada@firm.example');
    const drive = world.createDrive('Vendors', [user(ada, 'organizer')]);
    for (let at = 0; at < 30; at++) file(`${at}.pdf`, drive);
    const { changes } = await nightOf('drive:all', () => share(world, drive, user(me)));
    expect(changes.filter(({ kind }) => kind === 'file')).toHaveLength(30);
  });

  it('in which a folder went into the trash takes its files away', async () => {
    const folder = world.createFolder({ name: 'Old', parent: root });
    const ids = [1, 2, 3].map((n) =>
      file(`${n}.pdf`, world.createFolder({ name: `${n}`, parent: folder })),
    );
    const { changes } = await nightOf('drive:my', () => trash(world, folder));
    expect(changes).toEqual(
      expect.arrayContaining(ids.map((fileId) => ({ kind: 'gone', fileId }))),
    );
  });

  it('in which a folder was deleted, a drive left, or the log lost, must list everything', async () => {
    const ada = world.addUser('ada@firm.example');
    const drive = world.createDrive('Vendors', [user(ada, 'organizer'), user(me)]);
    const folder = world.createFolder({ name: 'Old', parent: root });
    file('1.pdf', folder);
    const expired = { code: 'position_expired' };
    const night = (change: () => void) => refusal(nightOf('drive:all', change));
    expect(await night(() => remove(world, folder))).toMatchObject(expired);
    expect(await night(() => unshare(world, drive, permissionIdOf(me)))).toMatchObject(expired);
    place.server.faults.add({ fault: { do: 'expirePageToken' }, kind: 'changes' });
    expect(await night(() => {})).toMatchObject(expired);
  });
});
