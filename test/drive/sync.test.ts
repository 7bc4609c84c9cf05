import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportSync } from '../../src/commands/follow-sync.ts';
import type { Reader } from '../../src/documents.ts';
import { edit, move, share, unshare } from '../support/drive/deeds.ts';
import { type DrivePlace, openDrivePlace } from '../sources/drive-place.ts';
import { contract, everything, openWorkplace } from '../workers/workplace.ts';

const ada = 'ada@firm.example';
const bob = 'bob@firm.example';
let drive: DrivePlace | undefined;

afterEach(async () => {
  await drive?.close();
  drive = undefined;
});

/** An archive of what one account sees of a Drive: a folder that Ada shares, with two files. */
async function openArchive() {
  const opened = await openDrivePlace();
  drive = opened;
  const { server, account } = opened;
  const { world } = server;
  for (const user of [ada, bob]) world.addUser(user);
  const place = await openWorkplace();
  await place.store.removeSource(place.source);
  await place.store.addSource('drive:all');
  const folder = world.createFolder({ name: 'Contracts', parent: world.rootOf(ada) });
  const grant = share(world, folder, { type: 'user', emailAddress: account, role: 'writer' });
  const write = (name: string, party: string) =>
    world.createFile({
      name,
      parent: folder,
      mimeType: 'text/plain',
      bytes: Buffer.from(contract(party)),
    });
  const files = { a: write('a.txt', 'Aldermoor Inc.'), b: write('b.txt', 'Birchfold GmbH') };
  const sourceFor = () => opened.source('drive:all');
  return {
    ...place,
    server,
    world,
    account,
    folder,
    grant,
    write,
    files,
    /** A sync, and the requests of each kind that it made. */
    sync: async (kind: 'follow' | 'nightly' | 'reconcile' | 'full' = 'follow') => {
      server.forgetRequests();
      const status = await place.sync({ sourceFor, kind });
      return { status, requests: server.counts() };
    },
    /** What somebody finds. */
    foundBy: async (...who: Reader[]) => {
      const { documents } = await place.store
        .readableBy(who)
        .documents(everything, { sort: 'title', limit: 50 });
      return documents.map(({ file }) => file.fileName).sort();
    },
  };
}

describe('a Drive kept in step', () => {
  it('follows who may read a file, and its place, without downloading it', async () => {
    const { world, files, folder, sync, foundBy, record } = await openArchive();
    expect((await sync()).status).toMatchObject({ state: 'done', found: 2, indexed: 2 });
    expect(await foundBy(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
    expect(await foundBy(`user:${bob}`)).toEqual([]);

    const inner = world.createFolder({ name: 'Vendors', parent: folder });
    move(world, files.a, inner);
    const grant = share(world, inner, { type: 'user', emailAddress: bob, role: 'reader' });
    const shared = await sync();
    expect(shared.status).toMatchObject({ found: 2, indexed: 0, unchanged: 2 });
    expect(shared.requests.download).toBeUndefined();
    expect(await record('a.txt')).toMatchObject({ folder: 'Shared with me/Contracts/Vendors' });
    expect(await foundBy(`user:${bob}`)).toEqual(['a.txt']);

    unshare(world, inner, grant);
    const withdrawn = await sync();
    expect(withdrawn.requests.download).toBeUndefined();
    expect(withdrawn.requests.list ?? 0).toBeLessThan(5);
    expect(await foundBy(`user:${bob}`)).toEqual([]);
    expect(await foundBy(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
  });

  it('says what a comparison mended that no change had told', async () => {
    const { world, files, sync, record } = await openArchive();
    await sync();
    // Neither has an entry in any log.
    world.item(files.a).name = 'renamed.txt';
    world.item(files.b).content = world.contentOf(Buffer.from(contract('Cindervale Corp.')));
    expect((await sync('nightly')).status).toMatchObject({ unchanged: 2 });
    const { status, requests } = await sync('reconcile');
    expect(status.mended).toEqual({ added: 0, changed: 1, moved: 1, permissions: 0, removed: 0 });
    expect(requests.download).toBe(1);
    expect(reportSync(status)).toContain(
      'what differed was set right: 0 added, 0 removed, 1 changed, 1 moved, 0 with other readers.',
    );
    expect(await record('renamed.txt')).toBeDefined();
    expect(reportSync((await sync('reconcile')).status)).toContain('nothing differed');
  });

  it('keeps what it has when all access is lost at once, and says what to check', async () => {
    const { world, folder, grant, account, sync, store } = await openArchive();
    await sync();
    unshare(world, folder, grant);
    for (const kind of ['follow', 'nightly', 'full'] as const) {
      const { status } = await sync(kind);
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(/^Google Drive: everything shows no file any more/);
      expect(reportSync(status)).not.toContain('nothing differed');
      expect((await store.status()).documents).toBe(2);
    }
    share(world, folder, { type: 'user', emailAddress: account, role: 'writer' });
    const { status, requests } = await sync();
    expect(status).toMatchObject({ state: 'done', found: 2, unchanged: 2, removed: 0 });
    expect(requests.download).toBeUndefined();
  });

  it('takes out what was in a shared drive that it sees no more, and names the drive', async () => {
    const { world, account, sync, foundBy } = await openArchive();
    const vendors = world.createDrive('Vendors', [
      { type: 'user', emailAddress: ada, role: 'organizer' },
    ]);
    const member = share(world, vendors, { type: 'user', emailAddress: account, role: 'writer' });
    const bytes = Buffer.from(contract('Cindervale Corp.'));
    world.createFile({ name: 'c.txt', parent: vendors, mimeType: 'text/plain', bytes });
    await sync();
    expect(await foundBy(`user:${ada}`)).toEqual(['a.txt', 'b.txt', 'c.txt']);
    unshare(world, vendors, member);
    const { status } = await sync('nightly');
    expect(status).toMatchObject({ state: 'done', found: 2, removed: 1 });
    expect(reportSync(status)).toContain(`no longer sees the shared drive ${vendors}`);
    expect(await foundBy(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
  });

  it('says once what keeps all its parts from being read', async () => {
    const { server, account, sync, store, world } = await openArchive();
    const other = world.createFolder({ name: 'Other', parent: world.rootOf(account) });
    await store.addSource(`drive:folder/${other}`);
    server.accounts.revokeAll(account);
    const { status } = await sync();
    expect(status).toMatchObject({ state: 'failed' });
    expect(status.detail?.match(/has expired or was revoked/g)).toHaveLength(1);
  });

  it('ends what is shared until some time without a sync', async () => {
    const { world, files, sync, foundBy, store } = await openArchive();
    const expirationTime = new Date(Date.now() + 3000).toISOString();
    const whom = { type: 'user', emailAddress: bob, role: 'reader' } as const;
    share(world, files.a, { ...whom, expirationTime });
    await sync();
    expect(await foundBy(`user:${bob}`)).toEqual(['a.txt']);
    await vi.waitFor(async () => expect(await foundBy(`user:${bob}`)).toEqual([]), 6000);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expirationTime));
    expect(await foundBy(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
    expect((await store.verify()).filter(({ check }) => check === 'readers')).toEqual([]);
  });

  it('starts again from a listing when Drive no longer knows its position', async () => {
    const { server, world, files, write, sync } = await openArchive();
    await sync();
    write('c.txt', 'Cindervale Corp.');
    edit(world, files.a, Buffer.from(contract('Dunmore plc')));
    server.expireTokens(410);
    const { status, requests } = await sync();
    expect(status).toMatchObject({ state: 'done', found: 3, indexed: 2, unchanged: 1 });
    expect(status.mended).toMatchObject({ added: 1, changed: 1 });
    expect(reportSync(status)).toContain('Everything was listed.');
    expect(requests.download).toBe(2);
    expect((await sync()).requests.list).toBeUndefined();
  });
});
