import type { drive_v3 } from '@googleapis/drive';
import { beforeAll, expect, test } from 'vitest';
import { clientOf } from '../support/drive/clients.ts';
import { edit, limitAccess, mark, move, remove, rename } from '../support/drive/deeds.ts';
import { restore, share, trash, unshare } from '../support/drive/deeds.ts';
import { expectedFor } from '../support/drive/expected.ts';
import { permissionIdOf } from '../support/drive/people.ts';
import { refusal } from '../support/drive/refusal.ts';
import type { DriveServer } from '../support/drive/server.ts';
import { temporaryDrive } from '../support/drive/temporary-drive.ts';

const alice = 'alice@firm.example';
const bob = 'bob@firm.example';
const carol = 'carol@elsewhere.example';
const everyDrive = { supportsAllDrives: true, includeItemsFromAllDrives: true };

let server: DriveServer;
beforeAll(async () => {
  server = await temporaryDrive();
  for (const user of [alice, bob, carol]) server.world.addUser(user);
});

const text = (name: string, parent: string, bytes = name) => ({
  name,
  parent,
  mimeType: 'text/plain',
  bytes: Buffer.from(bytes),
});
const myFolder = (name: string) =>
  server.world.createFolder({ name, parent: server.world.rootOf(alice) });

async function names(who: string, params: drive_v3.Params$Resource$Files$List) {
  const { data } = await clientOf(server, who).files.list({ pageSize: 1000, ...params });
  return (data.files ?? []).map(({ name }) => name);
}

test('files in shared drives are for those who ask for them in the right way', async () => {
  const { world } = server;
  const driveId = world.createDrive('Legal', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
  ]);
  const fileId = world.createFile(text('Shared.txt', driveId));
  const client = clientOf(server, alice);
  const corpus = { corpora: 'drive', driveId };
  expect(await names(alice, { ...everyDrive, ...corpus })).toEqual(['Shared.txt']);
  expect(await refusal(client.files.list({ corpora: 'drive', driveId }))).toMatchObject({
    status: 400,
  });
  expect(await refusal(client.files.list({ ...everyDrive, corpora: 'drive' }))).toMatchObject({
    status: 400,
  });
  expect(await refusal(client.files.list({ includeItemsFromAllDrives: true }))).toMatchObject({
    status: 400,
  });
  expect(await refusal(names(bob, { ...everyDrive, ...corpus }))).toMatchObject({
    status: 404,
    location: 'driveId',
  });
  expect(await names(alice, { ...everyDrive, q: "name = 'Shared.txt'" })).toEqual([]);
  expect(
    await names(alice, { ...everyDrive, corpora: 'allDrives', q: "name = 'Shared.txt'" }),
  ).toEqual(['Shared.txt']);
  expect(await names(alice, { q: `'${driveId}' in parents`, ...everyDrive })).toEqual([
    'Shared.txt',
  ]);
  expect(await refusal(client.files.get({ fileId }))).toMatchObject({ status: 404 });
  const { data } = await client.files.get({ fileId, fields: '*', supportsAllDrives: true });
  expect(data).toMatchObject({ driveId, hasAugmentedPermissions: false });
  expect(data).not.toHaveProperty('permissions');
  expect(data).not.toHaveProperty('owners');
  expect((await client.drives.list()).data.drives).toMatchObject([{ id: driveId, name: 'Legal' }]);
  expect((await client.drives.get({ driveId })).data.name).toBe('Legal');
  expect(await refusal(clientOf(server, bob).drives.get({ driveId }))).toMatchObject({
    status: 404,
  });
});

test('a folder’s permissions reach what is in it, and say where they come from', async () => {
  const { world } = server;
  const driveId = world.createDrive('Deals', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
    { type: 'user', emailAddress: bob, role: 'reader' },
  ]);
  const folder = world.createFolder({ name: 'Secret', parent: driveId });
  const fileId = world.createFile(text('Deal.txt', folder));
  share(world, folder, { type: 'user', emailAddress: carol, role: 'commenter' });
  const client = clientOf(server, alice);
  const ask = { ...everyDrive, fileId, fields: '*', pageSize: 2 };
  const first = (await client.permissions.list(ask)).data;
  const rest = await client.permissions.list({ ...ask, pageToken: first.nextPageToken ?? '' });
  const all = [...(first.permissions ?? []), ...(rest.data.permissions ?? [])];
  expect(all.map(({ emailAddress, role }) => [emailAddress, role])).toEqual([
    [alice, 'organizer'],
    [bob, 'reader'],
    [carol, 'commenter'],
  ]);
  expect(all[2]?.permissionDetails).toEqual([
    { permissionType: 'file', role: 'commenter', inherited: true, inheritedFrom: folder },
  ]);
  expect(all[0]?.permissionDetails).toMatchObject([
    { permissionType: 'member', inheritedFrom: driveId },
  ]);
  limitAccess(world, folder, true);
  const readers = (await client.permissions.list({ ...ask, pageSize: 100 })).data.permissions;
  expect(readers?.map(({ emailAddress }) => emailAddress)).toEqual([alice, carol]);
  const asBob = clientOf(server, bob);
  expect(await refusal(asBob.files.get({ fileId, supportsAllDrives: true }))).toMatchObject({
    status: 404,
  });
  const seen = await asBob.files.get({
    fileId: folder,
    supportsAllDrives: true,
    fields: 'name,capabilities',
  });
  expect(seen.data).toMatchObject({ name: 'Secret', capabilities: { canListChildren: false } });
  expect(await refusal(asBob.permissions.list({ ...ask, fileId: folder }))).toMatchObject({
    status: 403,
  });
  expect(await names(bob, { ...everyDrive, corpora: 'drive', driveId })).toEqual(['Secret']);
});

test('what a link alone opens is found in its folder, named alone but beside whatever else', async () => {
  const { world } = server;
  const folders = ['By link', 'By link too'].map(myFolder);
  for (const [at, folder] of folders.entries()) {
    share(world, folder, { type: 'domain', domain: 'firm.example', allowFileDiscovery: false });
    world.createFile(text(`Linked ${at}.txt`, folder));
  }
  const [one = '', other = ''] = folders.map((folder) => `'${folder}' in parents`);
  const linked = ['Linked 0.txt', 'Linked 1.txt'];
  const kinds = "(mimeType = 'text/plain' or mimeType = 'application/pdf')";
  const named = "name contains 'Linked'";
  const queries: [string, string[]][] = [
    [one, linked.slice(0, 1)],
    [`${one} and ${kinds} and trashed = false`, linked.slice(0, 1)],
    [`${kinds} and ${one}`, linked.slice(0, 1)],
    [`(${one} or ${other}) and ${kinds}`, []],
    [`${other} and not ${one}`, linked.slice(1)],
    [named, []],
    [`(${one} or ${named})`, []],
    [`not ${one} and ${named}`, []],
  ];
  for (const [q, found] of queries) expect(await names(bob, { q }), q).toEqual(found);
  expect(await names(alice, { q: named })).toEqual(linked);
});

test('sharing in My Drive: who finds it, who needs the link, who is told of the others', async () => {
  const { world } = server;
  const folder = myFolder('Sharing');
  const fileId = world.createFile(text('Shared with Bob.txt', folder));
  const q = "name = 'Shared with Bob.txt'";
  share(world, fileId, { type: 'user', emailAddress: bob, role: 'reader' });
  expect(await names(bob, { q: `${q} and sharedWithMe` }).catch(() => 'refused')).toBe('refused');
  expect(await names(bob, { q: `${q} and sharedWithMe = true` })).toHaveLength(1);
  const asBob = (await clientOf(server, bob).files.get({ fileId, fields: '*' })).data;
  expect(asBob).not.toHaveProperty('permissions');
  expect(asBob).not.toHaveProperty('parents');
  share(world, fileId, { type: 'user', emailAddress: bob, role: 'writer' });
  expect(
    (await clientOf(server, bob).files.get({ fileId, fields: '*' })).data.permissions,
  ).toHaveLength(2);
  unshare(world, fileId, permissionIdOf(bob));
  expect(await names(bob, { q })).toEqual([]);
  share(world, fileId, { type: 'anyone', role: 'reader' });
  expect(await names(bob, { q })).toEqual([]);
  const link = { fileId, fields: 'id' };
  expect((await clientOf(server, carol).files.get(link)).status).toBe(200);
  mark(world, fileId, { resourceKey: '0-secret' });
  expect(await refusal(clientOf(server, carol).files.get(link))).toMatchObject({ status: 404 });
  const headers = { 'X-Goog-Drive-Resource-Keys': `${fileId}/0-secret` };
  expect((await clientOf(server, carol).files.get(link, { headers })).status).toBe(200);
  trash(world, folder);
  expect(await refusal(clientOf(server, carol).files.get(link, { headers }))).toMatchObject({
    status: 404,
  });
  const mine = await clientOf(server, alice).files.get({
    fileId,
    fields: 'trashed,explicitlyTrashed',
  });
  expect(mine.data).toEqual({ trashed: true, explicitlyTrashed: false });
  restore(world, folder);
  expect((await clientOf(server, carol).files.get(link, { headers })).status).toBe(200);
});

test('the logs say how things are now, once a file, and nothing of what lies in a folder', async () => {
  const { world } = server;
  const driveId = world.createDrive('Log', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
  ]);
  const folder = myFolder('Log');
  const kept = world.createFile(text('Kept.txt', folder));
  const moved = world.createFile(text('Moved.txt', folder));
  const deleted = world.createFile(text('Deleted.txt', folder));
  const client = clientOf(server, alice);
  const start = async (drive?: string) =>
    (await client.changes.getStartPageToken({ ...everyDrive, driveId: drive })).data
      .startPageToken ?? '';
  const since = async (pageToken: string, drive?: string, more = {}) => {
    const fields =
      'newStartPageToken,nextPageToken,changes(fileId,changeType,removed,file(name,trashed),drive/name)';
    const page = await client.changes.list({
      ...everyDrive,
      pageToken,
      driveId: drive,
      fields,
      ...more,
    });
    return page.data;
  };
  const [mine, ofDrive] = [await start(), await start(driveId)];
  expect(await since(mine)).toEqual({ newStartPageToken: mine, changes: [] });
  edit(world, kept, Buffer.from('new'));
  rename(world, kept, 'Renamed.txt');
  move(world, moved, driveId);
  remove(world, deleted);
  rename(world, folder, 'Renamed folder');
  trash(world, folder);
  const file = (fileId: string, name: string, trashed: boolean) => ({
    fileId,
    changeType: 'file',
    removed: false,
    file: { name, trashed },
  });
  const gone = (fileId: string) => ({ fileId, changeType: 'file', removed: true });
  const { changes, newStartPageToken } = await since(mine);
  expect(changes).toEqual([
    file(kept, 'Renamed.txt', true),
    gone(moved),
    gone(deleted),
    file(folder, 'Renamed folder', true),
  ]);
  expect(newStartPageToken).toBe(await start());
  expect((await since(ofDrive, driveId)).changes).toEqual([file(moved, 'Moved.txt', false)]);
  expect((await since(mine, undefined, { includeRemoved: false })).changes).toHaveLength(2);
  const corpus = await since(mine, undefined, { includeCorpusRemovals: true });
  expect(corpus.changes?.[1]).toMatchObject({ removed: true, file: { name: 'Moved.txt' } });
  const paged = await since(mine, undefined, { pageSize: 1 });
  expect(paged).not.toHaveProperty('newStartPageToken');
  expect((await since(paged.nextPageToken ?? '', undefined, { pageSize: 1 })).changes).toEqual([
    gone(moved),
  ]);
  rename(world, driveId, 'Logbook');
  expect((await since(newStartPageToken ?? '')).changes).toEqual([
    { changeType: 'drive', removed: false, drive: { name: 'Logbook' } },
  ]);
  expect(await refusal(since('nonsense'))).toMatchObject({ status: 400, location: 'pageToken' });
  for (const status of [400, 410] as const) {
    server.expireTokens(status);
    expect(await refusal(since(mine))).toMatchObject({ status });
  }
  expect((await since(await start())).changes).toEqual([]);
});

test('members who only read a shared drive may not be told who else does', async () => {
  const strict = await temporaryDrive({ membersSeePermissions: false });
  for (const user of [alice, bob]) strict.world.addUser(user);
  const driveId = strict.world.createDrive('Strict', [
    { type: 'user', emailAddress: alice, role: 'writer' },
    { type: 'user', emailAddress: bob, role: 'reader' },
  ]);
  const fileId = strict.world.createFile(text('Strict.txt', driveId));
  const list = (who: string) =>
    clientOf(strict, who).permissions.list({ fileId, supportsAllDrives: true });
  expect((await list(alice)).data.permissions).toHaveLength(2);
  expect(await refusal(list(bob))).toMatchObject({ reason: 'insufficientFilePermissions' });
  for (const [who, readersKnown] of [
    [alice, true],
    [bob, false],
  ] as const)
    expect(expectedFor(strict.world, who).get(fileId)).toMatchObject({ readersKnown });
});
