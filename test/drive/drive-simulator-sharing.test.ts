import { beforeAll, expect, test } from 'vitest';
import { clientOf, listNames } from '../support/drive/clients.ts';
import {
  edit,
  limitAccess,
  mark,
  move,
  remove,
  rename,
  restore,
  share,
  trash,
  unshare,
} from '../support/drive/drive-operations.ts';
import { expectedFor } from '../support/drive/expected.ts';
import { permissionIdOf } from '../support/drive/people.ts';
import { rejectionOf } from '../support/drive/rejected-request.ts';
import { createFolder, textFile } from '../support/drive/sample-files.ts';
import type { DriveSimulator } from '../support/drive/simulator.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const alice = 'alice@firm.example';
const bob = 'bob@firm.example';
const carol = 'carol@elsewhere.example';
const allDrivesParams = { supportsAllDrives: true, includeItemsFromAllDrives: true };

let server: DriveSimulator;
beforeAll(async () => {
  server = await temporarySimulator();
  for (const user of [alice, bob, carol]) server.model.addUser(user);
});

test('files in shared drives require the parameters for shared drives', async () => {
  const { model } = server;
  const driveId = model.createDrive('Legal', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
  ]);
  const fileId = model.createFile(textFile('Shared.txt', driveId));
  const client = clientOf(server, alice);
  const corpus = { corpora: 'drive', driveId };
  expect(await listNames(server, alice, { ...allDrivesParams, ...corpus })).toEqual(['Shared.txt']);
  expect(await rejectionOf(client.files.list({ corpora: 'drive', driveId }))).toMatchObject({
    status: 400,
  });
  expect(
    await rejectionOf(client.files.list({ ...allDrivesParams, corpora: 'drive' })),
  ).toMatchObject({
    status: 400,
  });
  expect(await rejectionOf(client.files.list({ includeItemsFromAllDrives: true }))).toMatchObject({
    status: 400,
  });
  expect(
    await rejectionOf(listNames(server, bob, { ...allDrivesParams, ...corpus })),
  ).toMatchObject({
    status: 404,
    location: 'driveId',
  });
  expect(await listNames(server, alice, { ...allDrivesParams, q: "name = 'Shared.txt'" })).toEqual(
    [],
  );
  expect(
    await listNames(server, alice, {
      ...allDrivesParams,
      corpora: 'allDrives',
      q: "name = 'Shared.txt'",
    }),
  ).toEqual(['Shared.txt']);
  expect(
    await listNames(server, alice, { q: `'${driveId}' in parents`, ...allDrivesParams }),
  ).toEqual(['Shared.txt']);
  expect(await rejectionOf(client.files.get({ fileId }))).toMatchObject({ status: 404 });
  const { data } = await client.files.get({ fileId, fields: '*', supportsAllDrives: true });
  expect(data).toMatchObject({ driveId, hasAugmentedPermissions: false });
  expect(data).not.toHaveProperty('permissions');
  expect(data).not.toHaveProperty('owners');
  expect((await client.drives.list()).data.drives).toMatchObject([{ id: driveId, name: 'Legal' }]);
  expect((await client.drives.get({ driveId })).data.name).toBe('Legal');
  expect(await rejectionOf(clientOf(server, bob).drives.get({ driveId }))).toMatchObject({
    status: 404,
  });
});

test('a folder’s permissions are inherited, with their origin', async () => {
  const { model } = server;
  const driveId = model.createDrive('Deals', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
    { type: 'user', emailAddress: bob, role: 'reader' },
  ]);
  const folder = model.createFolder({ name: 'Secret', parent: driveId });
  const fileId = model.createFile(textFile('Deal.txt', folder));
  share(model, folder, { type: 'user', emailAddress: carol, role: 'commenter' });
  const client = clientOf(server, alice);
  const params = { ...allDrivesParams, fileId, fields: '*', pageSize: 2 };
  const first = (await client.permissions.list(params)).data;
  const rest = await client.permissions.list({ ...params, pageToken: first.nextPageToken ?? '' });
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
  limitAccess(model, folder, true);
  const permissions = (await client.permissions.list({ ...params, pageSize: 100 })).data
    .permissions;
  expect(permissions?.map(({ emailAddress }) => emailAddress)).toEqual([alice, carol]);
  const bobClient = clientOf(server, bob);
  expect(await rejectionOf(bobClient.files.get({ fileId, supportsAllDrives: true }))).toMatchObject(
    {
      status: 404,
    },
  );
  const seen = await bobClient.files.get({
    fileId: folder,
    supportsAllDrives: true,
    fields: 'name,capabilities',
  });
  expect(seen.data).toMatchObject({ name: 'Secret', capabilities: { canListChildren: false } });
  expect(
    await rejectionOf(bobClient.permissions.list({ ...params, fileId: folder })),
  ).toMatchObject({
    status: 403,
  });
  expect(await listNames(server, bob, { ...allDrivesParams, corpora: 'drive', driveId })).toEqual([
    'Secret',
  ]);
});

test('a file that a link opens is found in a query for its folder alone', async () => {
  const { model } = server;
  const folders = ['By link', 'By link too'].map((name) => createFolder(server, alice, name));
  for (const [at, folder] of folders.entries()) {
    share(model, folder, { type: 'domain', domain: 'firm.example', allowFileDiscovery: false });
    model.createFile(textFile(`Linked ${at}.txt`, folder));
  }
  const [one = '', other = ''] = folders.map((folder) => `'${folder}' in parents`);
  const linked = ['Linked 0.txt', 'Linked 1.txt'];
  const kinds = "(mimeType = 'text/plain' or mimeType = 'application/pdf')";
  const nameQuery = "name contains 'Linked'";
  const queries: [string, string[]][] = [
    [one, linked.slice(0, 1)],
    [`${one} and ${kinds} and trashed = false`, linked.slice(0, 1)],
    [`${kinds} and ${one}`, linked.slice(0, 1)],
    [`(${one} or ${other}) and ${kinds}`, []],
    [`${other} and not ${one}`, linked.slice(1)],
    [nameQuery, []],
    [`(${one} or ${nameQuery})`, []],
    [`not ${one} and ${nameQuery}`, []],
  ];
  for (const [q, found] of queries) expect(await listNames(server, bob, { q }), q).toEqual(found);
  expect(await listNames(server, alice, { q: nameQuery })).toEqual(linked);
});

test('sharing in My Drive: who finds a file, who needs the link, who sees the permissions', async () => {
  const { model } = server;
  const folder = createFolder(server, alice, 'Sharing');
  const fileId = model.createFile(textFile('Shared with Bob.txt', folder));
  const q = "name = 'Shared with Bob.txt'";
  share(model, fileId, { type: 'user', emailAddress: bob, role: 'reader' });
  expect(await listNames(server, bob, { q: `${q} and sharedWithMe` }).catch(() => 'refused')).toBe(
    'refused',
  );
  expect(await listNames(server, bob, { q: `${q} and sharedWithMe = true` })).toHaveLength(1);
  const bobClient = (await clientOf(server, bob).files.get({ fileId, fields: '*' })).data;
  expect(bobClient).not.toHaveProperty('permissions');
  expect(bobClient).not.toHaveProperty('parents');
  share(model, fileId, { type: 'user', emailAddress: bob, role: 'writer' });
  expect(
    (await clientOf(server, bob).files.get({ fileId, fields: '*' })).data.permissions,
  ).toHaveLength(2);
  unshare(model, fileId, permissionIdOf(bob));
  expect(await listNames(server, bob, { q })).toEqual([]);
  share(model, fileId, { type: 'anyone', role: 'reader' });
  expect(await listNames(server, bob, { q })).toEqual([]);
  const link = { fileId, fields: 'id' };
  expect((await clientOf(server, carol).files.get(link)).status).toBe(200);
  mark(model, fileId, { resourceKey: '0-secret' });
  expect(await rejectionOf(clientOf(server, carol).files.get(link))).toMatchObject({ status: 404 });
  const headers = { 'X-Goog-Drive-Resource-Keys': `${fileId}/0-secret` };
  expect((await clientOf(server, carol).files.get(link, { headers })).status).toBe(200);
  trash(model, folder);
  expect(await rejectionOf(clientOf(server, carol).files.get(link, { headers }))).toMatchObject({
    status: 404,
  });
  const ownFile = await clientOf(server, alice).files.get({
    fileId,
    fields: 'trashed,explicitlyTrashed',
  });
  expect(ownFile.data).toEqual({ trashed: true, explicitlyTrashed: false });
  restore(model, folder);
  expect((await clientOf(server, carol).files.get(link, { headers })).status).toBe(200);
});

test('the logs hold the present state, once for each file, and no entries for files below a folder', async () => {
  const { model } = server;
  const driveId = model.createDrive('Log', [
    { type: 'user', emailAddress: alice, role: 'organizer' },
  ]);
  const folder = createFolder(server, alice, 'Log');
  const keptId = model.createFile(textFile('Kept.txt', folder));
  const movedId = model.createFile(textFile('Moved.txt', folder));
  const deletedId = model.createFile(textFile('Deleted.txt', folder));
  const client = clientOf(server, alice);
  const startToken = async (drive?: string) =>
    (await client.changes.getStartPageToken({ ...allDrivesParams, driveId: drive })).data
      .startPageToken ?? '';
  const changesSince = async (pageToken: string, drive?: string, more = {}) => {
    const fields =
      'newStartPageToken,nextPageToken,changes(fileId,changeType,removed,file(name,trashed),drive/name)';
    const page = await client.changes.list({
      ...allDrivesParams,
      pageToken,
      driveId: drive,
      fields,
      ...more,
    });
    return page.data;
  };
  const [ownToken, ofDrive] = [await startToken(), await startToken(driveId)];
  expect(await changesSince(ownToken)).toEqual({ newStartPageToken: ownToken, changes: [] });
  edit(model, keptId, Buffer.from('new'));
  rename(model, keptId, 'Renamed.txt');
  move(model, movedId, driveId);
  remove(model, deletedId);
  rename(model, folder, 'Renamed folder');
  trash(model, folder);
  const file = (fileId: string, name: string, trashed: boolean) => ({
    fileId,
    changeType: 'file',
    removed: false,
    file: { name, trashed },
  });
  const gone = (fileId: string) => ({ fileId, changeType: 'file', removed: true });
  const { changes, newStartPageToken } = await changesSince(ownToken);
  expect(changes).toEqual([
    file(keptId, 'Renamed.txt', true),
    gone(movedId),
    gone(deletedId),
    file(folder, 'Renamed folder', true),
  ]);
  expect(newStartPageToken).toBe(await startToken());
  expect((await changesSince(ofDrive, driveId)).changes).toEqual([
    file(movedId, 'Moved.txt', false),
  ]);
  expect((await changesSince(ownToken, undefined, { includeRemoved: false })).changes).toHaveLength(
    2,
  );
  const corpus = await changesSince(ownToken, undefined, { includeCorpusRemovals: true });
  expect(corpus.changes?.[1]).toMatchObject({ removed: true, file: { name: 'Moved.txt' } });
  const paged = await changesSince(ownToken, undefined, { pageSize: 1 });
  expect(paged).not.toHaveProperty('newStartPageToken');
  expect(
    (await changesSince(paged.nextPageToken ?? '', undefined, { pageSize: 1 })).changes,
  ).toEqual([gone(movedId)]);
  rename(model, driveId, 'Logbook');
  expect((await changesSince(newStartPageToken ?? '')).changes).toEqual([
    { changeType: 'drive', removed: false, drive: { name: 'Logbook' } },
  ]);
  expect(await rejectionOf(changesSince('nonsense'))).toMatchObject({
    status: 400,
    location: 'pageToken',
  });
  for (const status of [400, 410] as const) {
    server.expireTokens(status);
    expect(await rejectionOf(changesSince(ownToken))).toMatchObject({ status });
  }
  expect((await changesSince(await startToken())).changes).toEqual([]);
});

test('members with the role reader may not see the permissions of a shared drive', async () => {
  const strictServer = await temporarySimulator({ membersSeePermissions: false });
  for (const user of [alice, bob]) strictServer.model.addUser(user);
  const driveId = strictServer.model.createDrive('Strict', [
    { type: 'user', emailAddress: alice, role: 'writer' },
    { type: 'user', emailAddress: bob, role: 'reader' },
  ]);
  const fileId = strictServer.model.createFile(textFile('Strict.txt', driveId));
  const list = (email: string) =>
    clientOf(strictServer, email).permissions.list({ fileId, supportsAllDrives: true });
  expect((await list(alice)).data.permissions).toHaveLength(2);
  expect(await rejectionOf(list(bob))).toMatchObject({ reason: 'insufficientFilePermissions' });
  for (const [email, isAclKnown] of [
    [alice, true],
    [bob, false],
  ] as const)
    expect(expectedFor(strictServer.model, email).get(fileId)).toMatchObject({ isAclKnown });
});
