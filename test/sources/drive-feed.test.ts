import { afterEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/documents.ts';
import { DeedboxError } from '../../src/errors.ts';
import type { Source } from '../../src/sources/source.ts';
import { followed, listed, stateAfter } from '../contract/source.ts';
import { edit, limitAccess, share } from '../support/drive/deeds.ts';
import { expectedFor, type Scope } from '../support/drive/expected.ts';
import type { FaultRule } from '../support/drive/faults.ts';
import { type Life, startLife } from '../support/drive/random-life.ts';
import { live } from '../support/drive/random-deeds.ts';
import { type DrivePlace, openDrivePlace } from './drive-place.ts';

/** More of both with `npm run test:drive`. */
const rounds = Number(process.env['DRIVE_ROUNDS'] ?? 6);
const seeds = Number(process.env['DRIVE_SEEDS'] ?? 1);

/** What Google does now and then, and what it may do. */
const troubles: FaultRule[] = [
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
  let place: DrivePlace;
  afterEach(() => place.close());

  /** What an index that follows the feed holds, and how often it had to list everything. */
  class Follower {
    readonly #source: Source;
    #position: string | undefined;
    files = new Map<string, SourceFile>();
    listings = 0;

    constructor(source: Source) {
      this.#source = source;
    }

    async night(): Promise<void> {
      if (this.#position !== undefined) {
        try {
          const { changes, position } = await followed(this.#source.feed!, this.#position);
          this.files = stateAfter([...this.files.values()], changes);
          this.#position = position;
          return;
        } catch (error) {
          if (!(error instanceof DeedboxError) || error.code !== 'position_expired') throw error;
        }
      }
      this.listings++;
      this.#position = await this.#source.feed!.now();
      this.files = stateAfter([], await listed(this.#source));
    }
  }

  function expectDrive(life: Life, files: Map<string, SourceFile>, scope: Scope): void {
    const expected = expectedFor(life.world, life.subject, { scope });
    const wanted = [...expected.values()].map((file) => {
      const fileId = file.shortcuts?.toSorted()[0] ?? file.fileId;
      const isShown = file.fromTop || (typeof scope === 'object' && 'folder' in scope);
      const folders = isShown ? file.folders : ['Shared with me', ...file.folders];
      return {
        fileId,
        fileName: file.name,
        folder: folders.join('/'),
        readers: file.readersKnown ? file.readers : ['unknown', `user:${life.subject}`],
      };
    });
    const found = [...files.values()].map(({ fileId, fileName, folder, readers }) => {
      return { fileId, fileName, folder, readers };
    });
    const inOrder = <T extends { fileId: string }>(all: T[]) =>
      all.sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
    expect(inOrder(found)).toEqual(inOrder(wanted));
  }

  const scopes: [string, (life: Life) => { id: string; scope: Scope }][] = [
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

  const lives = scopes.flatMap(([name, choose]) =>
    Array.from({ length: seeds }, (_, at) => ({ name, choose, seed: at + 7 })),
  );
  it.each(lives)(
    'leads to what Drive holds, file by file and reader by reader, under faults: $name ($seed)',
    async ({ choose, seed }) => {
      place = await openDrivePlace({ entriesForDescendants: seed % 2 === 0 });
      const subject = place.account;
      const subjectRole = seed % 3 === 0 ? 'reader' : 'writer';
      const life = startLife(place.server.world, {
        seed,
        subject,
        subjectRole,
        files: 80,
        users: 8,
      });
      const { id, scope } = choose(life);
      const source = place.source(id);
      const follower = new Follower(source);
      for (let round = 0; round < rounds; round++) {
        place.server.faults.clear();
        place.server.faults.add(...troubles);
        await follower.night();
        place.server.faults.clear();
        const listing = stateAfter([], await listed(source));
        expectDrive(life, listing, scope);
        expect(sorted(follower.files)).toEqual(sorted(listing));
        live(life, 25);
      }
      expect(follower.listings).toBeLessThan(rounds);
    },
  );

  it('tells the files of a folder of limited access that a link opens to everybody', async () => {
    place = await openDrivePlace();
    const { world } = place.server;
    const owner = world.addUser('owner@firm.example');
    const parent = world.createFolder({ name: 'Deals', parent: world.rootOf(owner) });
    share(world, parent, { type: 'user', emailAddress: place.account, role: 'reader' });
    const write = (name: string, folder: string) =>
      world.createFile({ name, parent: folder, mimeType: 'text/plain', bytes: Buffer.from(name) });
    const limited = world.createFolder({ name: 'Closed', parent });
    write('inside.txt', limited);
    write('deeper.txt', world.createFolder({ name: 'Deeper', parent: limited }));
    limitAccess(world, limited, true);
    const follower = new Follower(place.source(`drive:folder/${parent}`));
    await follower.night();
    expect(follower.files.size).toBe(0);
    share(world, limited, { type: 'domain', domain: 'firm.example', allowFileDiscovery: false });
    // of the link itself no log tells this account
    write('beside.txt', parent);
    await follower.night();
    expect(sorted(follower.files)).toEqual(
      sorted(stateAfter([], await listed(place.source(`drive:folder/${parent}`)))),
    );
    const names = [...follower.files.values()].map(({ fileName }) => fileName);
    expect(names.sort()).toEqual(['beside.txt', 'deeper.txt', 'inside.txt']);
    expect(follower.listings).toBe(1);
  });

  it('goes on following a shortcut when one outside of the source leads to the same', async () => {
    place = await openDrivePlace();
    const { world } = place.server;
    const root = world.rootOf(place.account);
    const [folder, elsewhere] = ['Deals', 'Elsewhere'].map((name) => {
      return world.createFolder({ name, parent: root });
    }) as [string, string];
    const targetId = world.createFile({
      name: 'lease.txt',
      parent: elsewhere,
      mimeType: 'text/plain',
      bytes: Buffer.from('lease'),
    });
    const inside = world.createShortcut({ name: 'Lease', parent: folder, targetId });
    const follower = new Follower(place.source(`drive:folder/${folder}`));
    await follower.night();
    expect([...follower.files.keys()]).toEqual([inside]);
    // of those that lead to the same, the first by id is followed
    for (let outside = inside; outside >= inside;) {
      outside = world.createShortcut({ name: 'Lease too', parent: elsewhere, targetId });
    }
    edit(world, targetId, Buffer.from('lease, amended'));
    await follower.night();
    expect(sorted(follower.files)).toEqual(
      sorted(stateAfter([], await listed(place.source(`drive:folder/${folder}`)))),
    );
    expect([...follower.files.keys()]).toEqual([inside]);
  });
});

function sorted(files: Map<string, SourceFile>): SourceFile[] {
  return [...files.values()].sort((one, other) => (one.fileId < other.fileId ? -1 : 1));
}
