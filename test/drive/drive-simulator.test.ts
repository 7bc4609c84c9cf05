import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { clientOf, listNames } from '../support/drive/clients.ts';
import { mark, share, trash } from '../support/drive/drive-operations.ts';
import { docType, docxType, folderType } from '../support/drive/types.ts';
import { permissionIdOf } from '../support/drive/people.ts';
import { rejectionOf } from '../support/drive/rejected-request.ts';
import { createFolder, textFile } from '../support/drive/sample-files.ts';
import type { DriveSimulator } from '../support/drive/simulator.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const alice = 'alice@firm.example';
const bob = 'bob@firm.example';

let server: DriveSimulator;
beforeAll(async () => {
  server = await temporarySimulator();
  for (const user of [alice, bob]) server.model.addUser(user);
});

test('queries support each operator', async () => {
  const { model } = server;
  const folder = createFolder(server, alice, 'Queries');
  const inFolder = `'${folder}' in parents`;
  model.createFile(textFile("Smith's \\ NDA.txt", folder));
  model.createFile({ ...textFile('Lease.pdf', folder), mimeType: 'application/pdf' });
  model.createDoc({ name: 'Draft lease', parent: folder, exports: {} });
  const trashed = model.createFile(textFile('Old lease.txt', folder));
  trash(model, trashed);
  model.createFile({
    ...textFile('Of 2020.txt', folder),
    modifiedTime: '2020-03-01T12:00:00.000Z',
  });
  const find = (q: string) => listNames(server, alice, { q: `${inFolder} and ${q}` });
  expect(await find(String.raw`name = 'Smith\'s \\ NDA.txt'`)).toEqual(["Smith's \\ NDA.txt"]);
  expect(await find("mimeType = 'application/pdf'")).toEqual(['Lease.pdf']);
  expect(await find("mimeType != 'text/plain'")).toEqual(['Lease.pdf', 'Draft lease']);
  expect(await find('trashed = true')).toEqual(['Old lease.txt']);
  expect(await find("trashed != true and not name contains 'old'")).toHaveLength(4);
  expect(await find("name contains 'leas' and trashed=false")).toEqual([
    'Lease.pdf',
    'Draft lease',
  ]);
  expect(await find("(mimeType='application/pdf' or name = 'Of 2020.txt')")).toHaveLength(2);
  expect(await find("modifiedTime > '2021-01-01T00:00:00' and trashed = false")).toHaveLength(3);
  expect(await find("modifiedTime <= '2020-03-01T13:00:00+01:00'")).toEqual(['Of 2020.txt']);
  expect(await find(`'${alice}' in owners and not mimeType = '${docType}'`)).toHaveLength(4);
  for (const q of [
    'name',
    "name = 'x' and",
    "colour = 'red'",
    "(name = 'x'",
    'trashed > true',
    "name = 'x",
  ])
    expect(await rejectionOf(listNames(server, alice, { q }))).toMatchObject({
      status: 400,
      location: 'q',
    });
});

test('pages are contiguous, and a token belongs to its query', async () => {
  const folder = createFolder(server, alice, 'Pages');
  for (let at = 0; at < 25; at++) server.model.createFile(textFile(`${at}.txt`, folder));
  const client = clientOf(server, alice);
  const q = `'${folder}' in parents`;
  const found: string[] = [];
  let pageToken: string | undefined;
  let pages = 0;
  do {
    const { data } = await client.files.list({ q, pageSize: 10, pageToken, orderBy: 'name desc' });
    found.push(...(data.files ?? []).map(({ name }) => name ?? ''));
    pageToken = data.nextPageToken ?? undefined;
    pages++;
    if (pageToken !== undefined)
      expect(
        await rejectionOf(client.files.list({ q: 'trashed = false', pageSize: 10, pageToken })),
      ).toMatchObject({ status: 400, location: 'pageToken' });
  } while (pageToken !== undefined);
  expect(pages).toBe(3);
  expect(found).toHaveLength(25);
  expect(found).toEqual(found.toSorted().toReversed());
  expect(await rejectionOf(client.files.list({ pageSize: 0 }))).toMatchObject({ status: 400 });
  expect(
    await listNames(server, alice, { q, orderBy: 'folder,modifiedTime desc', pageSize: 1 }),
  ).toEqual(['24.txt']);
});

test('returns the requested fields alone, and rejects unknown fields', async () => {
  const fileId = server.model.createFile(
    textFile('Fields.txt', createFolder(server, alice, 'Masks')),
  );
  const client = clientOf(server, alice);
  const get = async (fields?: string) => (await client.files.get({ fileId, fields })).data;
  expect(Object.keys(await get())).toEqual(['kind', 'id', 'name', 'mimeType']);
  expect(await get('size,capabilities(canDownload)')).toEqual({
    size: '10',
    capabilities: { canDownload: true },
  });
  expect(await get('permissions/role,owners(me,emailAddress)')).toEqual({
    permissions: [{ role: 'owner' }],
    owners: [{ me: true, emailAddress: alice }],
  });
  expect(Object.keys(await get('*')).length).toBeGreaterThan(25);
  expect(await rejectionOf(get('colour'))).toMatchObject({ reason: 'invalidParameter' });
  expect(await rejectionOf(get('size('))).toMatchObject({ status: 400, location: 'fields' });
  expect(await rejectionOf(client.files.list({ fields: 'files(id,colour)' }))).toMatchObject({
    location: 'fields',
  });
  const listed = await client.files.list({ q: "name='Fields.txt'", fields: 'files/id' });
  expect(listed.data).toEqual({ files: [{ id: fileId }] });
});

test('returns content and ranges, and rejects downloads that are not allowed', async () => {
  const { model } = server;
  const fileId = model.createFile(
    textFile('Bytes.txt', createFolder(server, alice, 'Bytes'), '0123456789'),
  );
  const client = clientOf(server, alice);
  const get = async (range?: string) => {
    const headers: Record<string, string> = range === undefined ? {} : { Range: range };
    const media = { fileId, alt: 'media' };
    const answer = await client.files.get(media, { responseType: 'stream', headers });
    return `${answer.status} ${(await buffer(answer.data)).toString()}`;
  };
  expect(await get()).toBe('200 0123456789');
  expect(await get('bytes=4-')).toBe('206 456789');
  expect(await get('bytes=2-3')).toBe('206 23');
  expect(await get('bytes=-3')).toBe('206 789');
  await expect(get('bytes=10-')).rejects.toMatchObject({ status: 416 });
  const media = { fileId, alt: 'media' };
  mark(model, fileId, { abusive: true });
  expect(await rejectionOf(client.files.get(media))).toMatchObject({
    reason: 'cannotDownloadAbusiveFile',
  });
  expect((await client.files.get({ ...media, acknowledgeAbuse: true })).status).toBe(200);
  mark(model, fileId, { abusive: false, copyRequiresWriterPermission: true });
  share(model, fileId, { type: 'user', emailAddress: bob });
  expect(await rejectionOf(clientOf(server, bob).files.get(media))).toMatchObject({
    status: 403,
    reason: 'cannotDownloadFile',
  });
});

test('exports a Google Doc, or one that is too large by its export link', async () => {
  const large = Buffer.alloc(10 * 1024 * 1024 + 1, 'x');
  const fileId = server.model.createDoc({
    name: 'Large',
    parent: createFolder(server, alice, 'Docs'),
    exports: { 'text/plain': Buffer.from('small'), [docxType]: large },
  });
  const client = clientOf(server, alice);
  const exportAs = (mimeType: string) => client.files.export({ fileId, mimeType });
  expect((await exportAs('text/plain')).data).toBe('small');
  expect(await rejectionOf(exportAs(docxType))).toMatchObject({
    reason: 'exportSizeLimitExceeded',
  });
  expect(await rejectionOf(exportAs('image/png'))).toMatchObject({ status: 400 });
  expect(await rejectionOf(client.files.get({ fileId, alt: 'media' }))).toMatchObject({
    reason: 'fileNotDownloadable',
  });
  const { data } = await client.files.get({ fileId, fields: 'exportLinks,sha256Checksum' });
  expect(data).not.toHaveProperty('sha256Checksum');
  const link = data.exportLinks?.[docxType] ?? '';
  expect((await fetch(link)).status).toBe(401);
  const auth = client.context._options.auth as {
    request: (options: object) => Promise<{ data: ArrayBuffer }>;
  };
  const fetched = await auth.request({ url: link, responseType: 'arraybuffer' });
  expect(Buffer.from(fetched.data).equals(large)).toBe(true);
});

test('returns the own account, if fields are requested', async () => {
  const client = clientOf(server, alice);
  const { data } = await client.about.get({ fields: 'user(emailAddress,permissionId)' });
  expect(data.user).toEqual({ emailAddress: alice, permissionId: permissionIdOf(alice) });
  expect(await rejectionOf(client.about.get())).toMatchObject({ status: 400, reason: 'required' });
});

test('lists ten thousand files quickly', async () => {
  const folder = createFolder(server, alice, 'Many');
  for (let at = 0; at < 10_000; at++) server.model.createFile(textFile(`Many ${at}.txt`, folder));
  const client = clientOf(server, alice);
  let listed = 0;
  let pageToken: string | undefined;
  const startedAt = performance.now();
  do {
    const fields = 'nextPageToken,files(id,name,mimeType,md5Checksum)';
    const { data } = await client.files.list({
      q: `trashed = false and mimeType != '${folderType}' and name contains 'Many'`,
      pageSize: 1000,
      pageToken,
      fields,
    });
    listed += data.files?.length ?? 0;
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  expect(listed).toBe(10_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
