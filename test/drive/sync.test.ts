import { afterEach, describe, expect, it, vi } from 'vitest';
import { reportSync } from '../../src/commands/watch-sync.ts';
import type { AclEntry } from '../../src/domain/documents.ts';
import { edit, move, share, unshare } from '../support/drive/drive-operations.ts';
import { type DriveFixture, openDriveFixture } from '../sources/drive-fixture.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { contract, openFixture } from '../workers/fixture.ts';
import { textFile } from '../support/drive/sample-files.ts';

const ada = 'ada@firm.example';
const bob = 'bob@firm.example';
let drive: DriveFixture | undefined;

afterEach(async () => {
  await drive?.close();
  drive = undefined;
});

/** An archive of what one account sees of a Drive: a folder that Ada shares, with two files. */
async function openWorkspace() {
  const driveFixture = await openDriveFixture();
  drive = driveFixture;
  const { server, account } = driveFixture;
  const { model } = server;
  for (const user of [ada, bob]) model.addUser(user);
  const fixture = await openFixture();
  await fixture.store.removeSource(fixture.source);
  await fixture.store.addSource('drive:all');
  const folder = model.createFolder({ name: 'Contracts', parent: model.rootOf(ada) });
  const grant = share(model, folder, { type: 'user', emailAddress: account, role: 'writer' });
  const write = (name: string, party: string) =>
    model.createFile(textFile(name, folder, contract(party)));
  const files = { a: write('a.txt', 'Aldermoor Inc.'), b: write('b.txt', 'Birchfold GmbH') };
  const sourceFor = () => driveFixture.source('drive:all');
  return {
    ...fixture,
    server,
    model,
    account,
    folder,
    grant,
    write,
    files,
    /** A sync, and the requests of each kind that it made. */
    sync: async (kind: 'incremental' | 'nightly' | 'reconcile' | 'full' = 'incremental') => {
      server.forgetRequests();
      const status = await fixture.sync({ sourceFor, kind });
      return { status, requestCounts: server.counts() };
    },
    /** What somebody finds. */
    visibleTo: async (...aclEntries: AclEntry[]) => {
      const { documents } = await fixture.store
        .scopedTo(aclEntries)
        .documents(unfiltered, { sort: 'title', limit: 50 });
      return documents.map(({ file }) => file.fileName).sort();
    },
  };
}

describe('Drive sync', () => {
  it('updates the ACL and the folder of a file without a download', async () => {
    const { model, files, folder, sync, visibleTo, record } = await openWorkspace();
    expect((await sync()).status).toMatchObject({ state: 'done', found: 2, indexed: 2 });
    expect(await visibleTo(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
    expect(await visibleTo(`user:${bob}`)).toEqual([]);

    const inner = model.createFolder({ name: 'Vendors', parent: folder });
    move(model, files.a, inner);
    const grant = share(model, inner, { type: 'user', emailAddress: bob, role: 'reader' });
    const shared = await sync();
    expect(shared.status).toMatchObject({ found: 2, indexed: 0, unchanged: 2 });
    expect(shared.requestCounts.download).toBeUndefined();
    expect(await record('a.txt')).toMatchObject({ folder: 'Shared with me/Contracts/Vendors' });
    expect(await visibleTo(`user:${bob}`)).toEqual(['a.txt']);

    unshare(model, inner, grant);
    const afterUnshare = await sync();
    expect(afterUnshare.requestCounts.download).toBeUndefined();
    expect(afterUnshare.requestCounts.list ?? 0).toBeLessThan(5);
    expect(await visibleTo(`user:${bob}`)).toEqual([]);
    expect(await visibleTo(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
  });

  it('reports what reconciliation corrected', async () => {
    const { model, files, sync, record } = await openWorkspace();
    await sync();
    // Neither has an entry in any log.
    model.item(files.a).name = 'renamed.txt';
    model.item(files.b).content = model.contentOf(Buffer.from(contract('Cindervale Corp.')));
    expect((await sync('nightly')).status).toMatchObject({ unchanged: 2 });
    const { status, requestCounts } = await sync('reconcile');
    expect(status.reconcile_diff).toEqual({
      added: 0,
      changed: 1,
      moved: 1,
      permissions: 0,
      removed: 0,
    });
    expect(requestCounts.download).toBe(1);
    expect(reportSync(status)).toContain(
      'differences were corrected: 0 added, 0 removed, 1 changed, 1 moved, 0 with changed permissions.',
    );
    expect(await record('renamed.txt')).toBeDefined();
    expect(reportSync((await sync('reconcile')).status)).toContain('there were no differences');
  });

  it('keeps the index when all access is lost at once, with a hint', async () => {
    const { model, folder, grant, account, sync, store } = await openWorkspace();
    await sync();
    unshare(model, folder, grant);
    for (const kind of ['incremental', 'nightly', 'full'] as const) {
      const { status } = await sync(kind);
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(/^Google Drive: everything shows no file any more/);
      expect(reportSync(status)).not.toContain('there were no differences');
      expect((await store.status()).documents).toBe(2);
    }
    share(model, folder, { type: 'user', emailAddress: account, role: 'writer' });
    const { status, requestCounts } = await sync();
    expect(status).toMatchObject({ state: 'done', found: 2, unchanged: 2, removed: 0 });
    expect(requestCounts.download).toBeUndefined();
  });

  it('removes the files of a shared drive that is no longer visible, and names the drive', async () => {
    const { model, account, sync, visibleTo } = await openWorkspace();
    const vendors = model.createDrive('Vendors', [
      { type: 'user', emailAddress: ada, role: 'organizer' },
    ]);
    const member = share(model, vendors, { type: 'user', emailAddress: account, role: 'writer' });
    model.createFile(textFile('c.txt', vendors, contract('Cindervale Corp.')));
    await sync();
    expect(await visibleTo(`user:${ada}`)).toEqual(['a.txt', 'b.txt', 'c.txt']);
    unshare(model, vendors, member);
    const { status } = await sync('nightly');
    expect(status).toMatchObject({ state: 'done', found: 2, removed: 1 });
    expect(reportSync(status)).toContain(`no longer sees the shared drive ${vendors}`);
    expect(await visibleTo(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
  });

  it('reports an error of several sources once', async () => {
    const { server, account, sync, store, model } = await openWorkspace();
    const other = model.createFolder({ name: 'Other', parent: model.rootOf(account) });
    await store.addSource(`drive:folder/${other}`);
    server.accounts.revokeAll(account);
    const { status } = await sync();
    expect(status).toMatchObject({ state: 'failed' });
    expect(status.detail?.match(/has expired or was revoked/g)).toHaveLength(1);
  });

  it('ends access that expires without a sync', async () => {
    const { model, files, sync, visibleTo, store } = await openWorkspace();
    const expirationTime = new Date(Date.now() + 3000).toISOString();
    const grantee = { type: 'user', emailAddress: bob, role: 'reader' } as const;
    share(model, files.a, { ...grantee, expirationTime });
    await sync();
    expect(await visibleTo(`user:${bob}`)).toEqual(['a.txt']);
    await vi.waitFor(async () => expect(await visibleTo(`user:${bob}`)).toEqual([]), 6000);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expirationTime));
    expect(await visibleTo(`user:${ada}`)).toEqual(['a.txt', 'b.txt']);
    expect((await store.verify()).filter(({ check }) => check === 'acl_entries')).toEqual([]);
  });

  it('lists everything when Drive no longer accepts the cursor', async () => {
    const { server, model, files, write, sync } = await openWorkspace();
    await sync();
    write('c.txt', 'Cindervale Corp.');
    edit(model, files.a, Buffer.from(contract('Dunmore plc')));
    server.expireTokens(410);
    const { status, requestCounts } = await sync();
    expect(status).toMatchObject({ state: 'done', found: 3, indexed: 2, unchanged: 1 });
    expect(status.reconcile_diff).toMatchObject({ added: 1, changed: 1 });
    expect(reportSync(status)).toContain('Everything was listed.');
    expect(requestCounts.download).toBe(2);
    expect((await sync()).requestCounts.list).toBeUndefined();
  });
});
