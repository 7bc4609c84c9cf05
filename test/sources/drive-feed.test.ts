import { afterEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/domain/documents.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import type { ChangePage, Source } from '../../src/sources/source.ts';
import { changesSince, listAll, stateAfter } from '../contract/source.ts';
import {
  edit,
  limitAccess,
  move,
  rename,
  share,
  trash,
} from '../support/drive/drive-operations.ts';
import { expectedFor, type Scope } from '../support/drive/expected.ts';
import type { FaultRule } from '../support/drive/faults.ts';
import {
  type RandomActivity,
  startRandomActivity,
  runRandomOperations,
} from '../support/drive/random-activity.ts';
import { textFile } from '../support/drive/sample-files.ts';
import { type DriveFixture, openDriveFixture } from './drive-fixture.ts';

/** More of both with `npm run test:drive`. */
const rounds = Number(process.env['DRIVE_ROUNDS'] ?? 6);
const seeds = Number(process.env['DRIVE_SEEDS'] ?? 1);

/** Faults of the API, and behaviour that its reference allows. */
const faultRules: FaultRule[] = [
  { fault: { do: 'answer', status: 503 }, probability: 0.03 },
  { fault: { do: 'answer', status: 429 }, probability: 0.02 },
  { fault: { do: 'answer', status: 403, reason: 'rateLimitExceeded' }, probability: 0.02 },
  { fault: { do: 'refuse' }, kind: ['list', 'changes', 'get'], probability: 0.02 },
  { fault: { do: 'cut', after: 0.5 }, kind: ['list', 'changes', 'permissions'], probability: 0.02 },
  { fault: { do: 'incompleteSearch' }, kind: 'list', probability: 0.02 },
  { fault: { do: 'duplicateChanges' }, kind: 'changes', probability: 0.5 },
  { fault: { do: 'reorderChanges' }, kind: 'changes', probability: 0.5 },
  { fault: { do: 'emptyPage' }, kind: ['list', 'changes'], probability: 0.05 },
];

describe('the change feed of Drive', () => {
  let fixture: DriveFixture;
  afterEach(() => fixture.close());

  /** The files of an index that processes the feed, and the number of full listings. */
  class FeedConsumer {
    readonly #source: Source;
    #cursor: string | undefined;
    files = new Map<string, SourceFile>();
    listings = 0;

    constructor(source: Source) {
      this.#source = source;
    }

    async sync(): Promise<void> {
      if (this.#cursor !== undefined) {
        try {
          const { changes, cursor } = await changesSince(this.#source.feed!, this.#cursor);
          this.files = stateAfter([...this.files.values()], changes);
          this.#cursor = cursor;
          return;
        } catch (error) {
          if (!(error instanceof DeedboxError) || error.code !== 'checkpoint_expired') throw error;
        }
      }
      this.listings++;
      this.#cursor = await this.#source.feed!.now();
      this.files = stateAfter([], await listAll(this.#source));
    }
  }

  function expectDrive(
    activity: RandomActivity,
    files: Map<string, SourceFile>,
    scope: Scope,
  ): void {
    const expectedById = expectedFor(activity.model, activity.subject, { scope });
    const expectedFiles = [...expectedById.values()].map((file) => {
      const fileId = file.shortcuts?.toSorted()[0] ?? file.fileId;
      const isShown = file.isFromRoot || (typeof scope === 'object' && 'folder' in scope);
      const folders = isShown ? file.folders : ['Shared with me', ...file.folders];
      return {
        fileId,
        fileName: file.name,
        folder: folders.join('/'),
        aclEntries: file.isAclKnown ? file.aclEntries : ['unknown', `user:${activity.subject}`],
      };
    });
    const found = [...files.values()].map(({ fileId, fileName, folder, aclEntries }) => {
      return { fileId, fileName, folder, aclEntries };
    });
    const sortById = <T extends { fileId: string }>(all: T[]) =>
      all.sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
    expect(sortById(found)).toEqual(sortById(expectedFiles));
  }

  const scopes: [string, (activity: RandomActivity) => { id: string; scope: Scope }][] = [
    ['all of it', () => ({ id: 'drive:all', scope: 'all' })],
    ['My Drive', () => ({ id: 'drive:my', scope: 'my' })],
    [
      'a shared drive',
      ({ drives }) => ({ id: `drive:shared/${drives[0]}`, scope: { drive: drives[0]! } }),
    ],
    [
      'a folder of somebody’s My Drive',
      ({ folders }) => ({ id: `drive:folder/${folders[0]}`, scope: { folder: folders[0]! } }),
    ],
  ];

  const cases = scopes.flatMap(([name, choose]) =>
    Array.from({ length: seeds }, (_, at) => ({ name, choose, seed: at + 7 })),
  );
  it.each(cases)(
    'converges to the files and ACL entries in Drive, under faults: $name ($seed)',
    async ({ choose, seed }) => {
      fixture = await openDriveFixture({ entriesForDescendants: seed % 2 === 0 });
      const subject = fixture.account;
      const subjectRole = seed % 3 === 0 ? 'reader' : 'writer';
      const activity = startRandomActivity(fixture.server.model, {
        seed,
        subject,
        subjectRole,
        files: 80,
        users: 8,
      });
      const { id, scope } = choose(activity);
      const source = fixture.source(id);
      const consumer = new FeedConsumer(source);
      for (let round = 0; round < rounds; round++) {
        fixture.server.faults.clear();
        fixture.server.faults.add(...faultRules);
        await consumer.sync();
        fixture.server.faults.clear();
        const listing = stateAfter([], await listAll(source));
        expectDrive(activity, listing, scope);
        expect(sorted(consumer.files)).toEqual(sorted(listing));
        runRandomOperations(activity, 25);
      }
      expect(consumer.listings).toBeLessThan(rounds);
    },
  );

  it('reports the files of a folder of limited access that a link opens to everybody', async () => {
    fixture = await openDriveFixture();
    const { model } = fixture.server;
    const owner = model.addUser('owner@firm.example');
    const parent = model.createFolder({ name: 'Deals', parent: model.rootOf(owner) });
    share(model, parent, { type: 'user', emailAddress: fixture.account, role: 'reader' });
    const createTextFile = (name: string, folder: string) =>
      model.createFile(textFile(name, folder));
    const limitedFolder = model.createFolder({ name: 'Closed', parent });
    createTextFile('inside.txt', limitedFolder);
    createTextFile('deeper.txt', model.createFolder({ name: 'Deeper', parent: limitedFolder }));
    limitAccess(model, limitedFolder, true);
    const consumer = new FeedConsumer(fixture.source(`drive:folder/${parent}`));
    await consumer.sync();
    expect(consumer.files.size).toBe(0);
    share(model, limitedFolder, {
      type: 'domain',
      domain: 'firm.example',
      allowFileDiscovery: false,
    });
    // no log of this account has an entry for the link
    createTextFile('beside.txt', parent);
    await consumer.sync();
    expect(sorted(consumer.files)).toEqual(
      sorted(stateAfter([], await listAll(fixture.source(`drive:folder/${parent}`)))),
    );
    const names = [...consumer.files.values()].map(({ fileName }) => fileName);
    expect(names.sort()).toEqual(['beside.txt', 'deeper.txt', 'inside.txt']);
    expect(consumer.listings).toBe(1);
  });

  it('removes the files of a folder that limited access closes to the account', async () => {
    fixture = await openDriveFixture();
    const { model } = fixture.server;
    const owner = model.addUser('owner@firm.example');
    const parent = model.createFolder({ name: 'Deals', parent: model.rootOf(owner) });
    share(model, parent, { type: 'user', emailAddress: fixture.account, role: 'reader' });
    const folder = model.createFolder({ name: 'Closed', parent });
    model.createFile(textFile('inside.txt', folder, 'inside'));
    const consumer = new FeedConsumer(fixture.source(`drive:folder/${parent}`));
    await consumer.sync();
    expect(consumer.files.size).toBe(1);
    limitAccess(model, folder, true);
    await consumer.sync();
    expect(consumer.files.size).toBe(0);
  });

  it('leads to the same files from the cursor of any page', async () => {
    fixture = await openDriveFixture();
    const { model } = fixture.server;
    const root = model.rootOf(fixture.account);
    const member = { type: 'user', emailAddress: fixture.account, role: 'writer' } as const;
    const drive = model.createDrive('Vendors', [member]);
    const folders = [root, drive].flatMap((parent) =>
      ['Deals', 'Leases', 'Closed'].map((name) => model.createFolder({ name, parent })),
    );
    const files = folders.flatMap((parent) =>
      ['a.txt', 'b.txt'].map((name) => model.createFile(textFile(name, parent))),
    );
    const source = fixture.source('drive:all');
    const { feed } = source;
    const start = await feed.now();
    const before = [...stateAfter([], await listAll(source)).values()];
    expect(before).toHaveLength(files.length);

    rename(model, folders[0]!, 'Deals of 2026');
    move(model, folders[1]!, folders[0]!);
    trash(model, folders[2]!);
    share(model, folders[3]!, { type: 'domain', domain: 'firm.example', role: 'reader' });
    rename(model, folders[4]!, 'Leases of 2026');
    move(model, files[6]!, folders[5]!);
    edit(model, files[0]!, Buffer.from('amended'));
    const joined = model.createDrive('Clients', [member]);
    model.createFile(textFile('c.txt', joined, 'c'));

    const expected = sorted(stateAfter([], await listAll(source)));
    const pages: ChangePage[] = [];
    for await (const page of feed.since(start)) pages.push(page);
    expect(pages.filter(({ changes }) => changes.length > 0).length).toBeGreaterThan(3);
    expect((await changesSince(feed, pages.at(-1)!.cursor)).changes).toEqual([]);
    for (const [at, { cursor }] of pages.entries()) {
      const recorded = pages.slice(0, at + 1).flatMap(({ changes }) => changes);
      const rest = await changesSince(feed, cursor);
      expect(sorted(stateAfter(before, [...recorded, ...rest.changes]))).toEqual(expected);
    }
  });

  it('still follows a shortcut when one outside of the source has the same target', async () => {
    fixture = await openDriveFixture();
    const { model } = fixture.server;
    const root = model.rootOf(fixture.account);
    const [folder, elsewhere] = ['Deals', 'Elsewhere'].map((name) => {
      return model.createFolder({ name, parent: root });
    }) as [string, string];
    const targetId = model.createFile(textFile('lease.txt', elsewhere, 'lease'));
    const inside = model.createShortcut({ name: 'Lease', parent: folder, targetId });
    const consumer = new FeedConsumer(fixture.source(`drive:folder/${folder}`));
    await consumer.sync();
    expect([...consumer.files.keys()]).toEqual([inside]);
    // of those that lead to the same, the first by id is followed
    for (let outside = inside; outside >= inside;) {
      outside = model.createShortcut({ name: 'Lease too', parent: elsewhere, targetId });
    }
    edit(model, targetId, Buffer.from('lease, amended'));
    await consumer.sync();
    expect(sorted(consumer.files)).toEqual(
      sorted(stateAfter([], await listAll(fixture.source(`drive:folder/${folder}`)))),
    );
    expect([...consumer.files.keys()]).toEqual([inside]);
  });
});

function sorted(files: Map<string, SourceFile>): SourceFile[] {
  return [...files.values()].sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
}
