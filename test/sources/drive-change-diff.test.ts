import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceChange } from '../../src/sources/source.ts';
import { type DriveFile, folderType, shortcutType } from '../../src/sources/drive/api-schemas.ts';
import {
  diffDrives,
  diffEntries,
  diffFolders,
  diffShortcuts,
  driveReported,
  type FeedState,
  foldersRemoved,
  foldersReported,
  initialState,
  latestEntries,
  requireAllFolders,
  requireListable,
  tokenOf,
  tokenReported,
} from '../../src/sources/drive/change-diff.ts';
import {
  type DriveCursor,
  FolderStates,
  parseCursor,
  serializeCursor,
} from '../../src/sources/drive/cursor.ts';
import {
  type DriveSnapshot,
  foldersOf,
  withFoldersAndShortcuts,
} from '../../src/sources/drive/drive-snapshot.ts';
import { FolderTree, rootFolder } from '../../src/sources/drive/folder-tree.ts';
import { PersistentMap } from '../../src/sources/drive/persistent-map.ts';
import { ShortcutIndex } from '../../src/sources/drive/shortcut-index.ts';
import type { DriveScope } from '../../src/sources/drive/source-id.ts';

const expired = expect.objectContaining({ code: 'checkpoint_expired' });

function file(id: string, fields: Partial<DriveFile> = {}): DriveFile {
  const mimeType = 'application/pdf';
  return { id, name: id, mimeType, trashed: false, parents: ['root'], version: 1, ...fields };
}

const folder = (id: string, fields: Partial<DriveFile> = {}) =>
  file(id, { mimeType: folderType, ...fields });

/** A state in which all folders are known, and their files reported. */
function stateOf(
  files: DriveFile[],
  options: { scope?: DriveScope; cursor?: Partial<DriveCursor> } = {},
): FeedState {
  const vendors = { id: 'vendors', name: 'Vendors' };
  const empty: DriveSnapshot = {
    scope: options.scope ?? { kind: 'all' },
    drives: new Map([['vendors', vendors]]),
    isFolderDriveMember: false,
    tree: FolderTree.empty().with([
      rootFolder({ id: 'root', name: 'My Drive' }),
      rootFolder(vendors, 'vendors'),
    ]),
    shortcuts: ShortcutIndex.empty(),
  };
  const snapshot = withFoldersAndShortcuts(empty, files);
  const cursor: DriveCursor = {
    account: 'reader@firm.example',
    userToken: '7',
    drives: { vendors: { token: '3', state: 'as before' } },
    folders: FolderStates.of(foldersOf(snapshot)),
    shortcutStates: {},
    ...options.cursor,
  };
  return { ...initialState(snapshot, cursor), hasFolderTree: true };
}

const entry = (found: DriveFile) => ({ id: found.id, file: found });
const removedEntry = (id: string) => ({ id, file: undefined });

describe('latestEntries', () => {
  it('keeps the newest version of each file, in whatever order they come', () => {
    const changes = [2, 3, 1].map((version) => ({
      fileId: 'a',
      file: file('a', { version, name: `v${version}` }),
    }));
    expect(latestEntries(changes)).toEqual([
      { id: 'a', file: expect.objectContaining({ name: 'v3' }) },
    ]);
  });

  it('leaves out entries for drives and entries without a file', () => {
    expect(latestEntries([{ changeType: 'drive' }, { fileId: 'a' }])).toEqual([]);
  });

  it('has no file for a removed one', () => {
    expect(latestEntries([{ fileId: 'a', removed: true }])).toEqual([removedEntry('a')]);
  });

  it('keeps the later of a file and its removal', () => {
    const removal = { fileId: 'a', removed: true };
    const change = (version: number) => ({ fileId: 'a', file: file('a', { version }) });
    expect(latestEntries([change(2), removal])).toEqual([removedEntry('a')]);
    expect(latestEntries([removal, change(2)])).toEqual([entry(file('a', { version: 2 }))]);
    expect(latestEntries([change(2), removal, change(3), change(2)])).toEqual([
      entry(file('a', { version: 3 })),
    ]);
  });
});

describe('diffEntries', () => {
  it('reports changed and removed files', () => {
    const changed = file('a', { version: 2 });
    const { files, removedIds } = diffEntries(
      stateOf([]),
      [entry(changed), removedEntry('b')],
      undefined,
    );
    expect(files).toEqual([changed]);
    expect(removedIds).toEqual(['b']);
  });

  it('ignores an entry that is older than a reported one', () => {
    const { state } = diffEntries(stateOf([]), [entry(file('a', { version: 5 }))], undefined);
    expect(diffEntries(state, [entry(file('a', { version: 4 }))], undefined).files).toEqual([]);
    expect(diffEntries(state, [entry(file('a', { version: 5 }))], undefined).files).toHaveLength(1);
  });

  it('leaves files of a shared drive to its own log', () => {
    const inDrive = file('a', { driveId: 'vendors', parents: ['vendors'] });
    expect(diffEntries(stateOf([]), [entry(inDrive)], undefined).files).toEqual([]);
    expect(diffEntries(stateOf([]), [entry(inDrive)], 'vendors').files).toEqual([inDrive]);
  });

  it.each([
    ['renamed', { name: 'Closed deals' }],
    ['moved', { parents: ['other'] }],
    ['closed to permissions from above', { inheritedPermissionsDisabled: true }],
  ])('reports what is below a folder that was %s', (_what, fields) => {
    const state = stateOf([folder('deals'), folder('other')]);
    const { changedFolders } = diffEntries(
      state,
      [entry(folder('deals', { version: 2, ...fields }))],
      undefined,
    );
    expect(changedFolders.map(({ id }) => id)).toEqual(['deals']);
  });

  it('reports nothing below a folder whose change does not affect its files', () => {
    const { changedFolders } = diffEntries(
      stateOf([folder('deals')]),
      [entry(folder('deals', { version: 2, modifiedTime: '2026-01-01T00:00:00Z' }))],
      undefined,
    );
    expect(changedFolders).toEqual([]);
  });

  it('reports what is below a folder with permissions of its own whenever it changed', () => {
    const fields = { driveId: 'vendors', parents: ['vendors'], hasAugmentedPermissions: true };
    const state = stateOf([folder('deals', fields)]);
    const changed = entry(folder('deals', { ...fields, version: 2 }));
    expect(diffEntries(state, [changed], 'vendors').changedFolders).toHaveLength(1);
    const same = entry(folder('deals', fields));
    expect(diffEntries(state, [same], 'vendors').changedFolders).toEqual([]);
  });

  it.each([
    ['trashed', { kind: 'all' }, { trashed: true }],
    ['moved out of the chosen folder', { kind: 'folder', folderId: 'chosen' }, { parents: ['x'] }],
    ['moved into a shared drive', { kind: 'my' }, { driveId: 'vendors', parents: ['vendors'] }],
  ] as const)('removes a known folder that was %s', (_what, scope, fields) => {
    const files = [folder('chosen'), folder('deals', { parents: ['chosen'] })];
    const removed = folder('deals', { version: 2, ...fields, parents: ['x'] });
    const diff = diffEntries(stateOf(files, { scope }), [entry(removed)], 'vendors');
    expect(diff.removedFolders).toEqual([removed]);
    expect(diff.changedFolders).toEqual([]);
    expect(diff.state.snapshot.tree.get('deals')).toBeUndefined();
    // until what is below it is reported
    expect(diff.state.cursor.folders.has('deals')).toBe(true);
    const after = foldersRemoved(diff.state, new Set(['deals']));
    expect(after.cursor.folders.has('deals')).toBe(false);
    expect(after.cursor.folders.has('chosen')).toBe(true);
  });

  it('expires where a known folder is gone, for nobody can tell what was in it', () => {
    const state = stateOf([folder('deals')]);
    expect(() => diffEntries(state, [removedEntry('deals')], undefined)).toThrow(expired);
    expect(diffEntries(state, [removedEntry('unknown')], undefined).removedIds).toEqual([
      'unknown',
    ]);
  });

  it('keeps the shortcuts of the scope up to date', () => {
    const shortcut = (id: string, fields: Partial<DriveFile> = {}) =>
      file(id, { mimeType: shortcutType, shortcutDetails: { targetId: 'target' }, ...fields });
    const state = stateOf([shortcut('s1'), shortcut('s2')]);
    const { snapshot } = diffEntries(
      state,
      [entry(shortcut('s1', { trashed: true, version: 2 })), entry(shortcut('s3'))],
      undefined,
    ).state;
    expect(snapshot.shortcuts.all().map(({ id }) => id)).toEqual(['s2', 's3']);
    expect(snapshot.shortcuts.firstTo('target')).toBe('s2');
  });

  it('leaves the state before as it was', () => {
    const state = stateOf([folder('deals')]);
    const before = serializeCursor(state.cursor);
    const renamed = folder('deals', { version: 2, name: 'Renamed' });
    const diff = diffEntries(state, [entry(renamed), entry(file('a'))], undefined);
    foldersReported(diff.state, new Set(['deals']));
    expect(serializeCursor(state.cursor)).toBe(before);
    expect(state.snapshot.tree.get('deals')?.name).toBe('deals');
    expect(state.versions.has('a')).toBe(false);
  });
});

describe('diffFolders', () => {
  it('finds new and changed folders until they are reported', () => {
    const known = stateOf([folder('a'), folder('b')]);
    const files = [folder('b', { version: 2, name: 'Renamed' }), folder('c')];
    const state = { ...known, snapshot: withFoldersAndShortcuts(known.snapshot, files) };
    expect(diffFolders(state).map(({ id }) => id)).toEqual(['b', 'c']);
    const reported = foldersReported(state, new Set(['b']));
    expect(diffFolders(reported).map(({ id }) => id)).toEqual(['c']);
  });

  it('expires where a known folder can no longer be listed', () => {
    const state = stateOf([folder('a')]);
    const closed = folder('a', { version: 2, capabilities: { canListChildren: false } });
    const snapshot = withFoldersAndShortcuts(state.snapshot, [closed]);
    const folders = diffFolders({ ...state, snapshot });
    expect(() => requireListable(state, folders)).toThrow(expired);
    expect(() => requireListable(stateOf([]), folders)).not.toThrow();
  });

  it('expires at the end where a known folder is missing', () => {
    const state = stateOf([folder('a')]);
    const without = { ...state, snapshot: stateOf([]).snapshot };
    expect(() => requireAllFolders(state)).not.toThrow();
    expect(() => requireAllFolders(without)).toThrow(expired);
    expect(() => requireAllFolders({ ...without, hasFolderTree: false })).not.toThrow();
  });
});

describe('diffDrives', () => {
  const { cursor } = stateOf([]);
  const observed = (id: string, state: string) => ({ id, token: '9', state });

  it('finds new drives, and those whose name or members changed', () => {
    expect(diffDrives(cursor, [observed('vendors', 'as before')])).toEqual([]);
    const changed = [observed('vendors', 'other members'), observed('new', 'x')];
    expect(diffDrives(cursor, changed)).toEqual(changed);
  });

  it('expires where a drive is no longer visible', () => {
    expect(() => diffDrives(cursor, [])).toThrow(expired);
  });

  it('marks the folders of a new drive as reported, not those of a changed one', () => {
    const inDrive = folder('deals', { driveId: 'vendors', parents: ['vendors'] });
    const empty = { folders: FolderStates.of([]) };
    const drive = observed('vendors', 'x');
    const joined = driveReported(stateOf([inDrive], { cursor: { ...empty, drives: {} } }), drive);
    expect(joined.cursor.folders.has('deals')).toBe(true);
    expect(joined.cursor.drives).toEqual({ vendors: { token: '9', state: 'x' } });
    const changed = driveReported(stateOf([inDrive], { cursor: empty }), drive);
    expect(changed.cursor.folders.has('deals')).toBe(false);
  });
});

describe('tokens', () => {
  it('are kept for each log', () => {
    const state = tokenReported(tokenReported(stateOf([]), undefined, '8'), 'vendors', '4');
    expect(tokenOf(state.cursor, undefined)).toBe('8');
    expect(tokenOf(state.cursor, 'vendors')).toBe('4');
    expect(() => tokenOf(state.cursor, 'unknown')).toThrow(expired);
  });
});

describe('diffShortcuts', () => {
  const reported = (fileId: string, changeKey: string): SourceChange => ({
    kind: 'file',
    file: {
      fileId,
      source: 'drive:all',
      fileName: 'Lease.pdf',
      folder: 'My Drive',
      size: 1,
      modifiedAt: '2026-01-01T00:00:00.000Z',
      changeKey,
      aclEntries: [],
    },
  });
  const ignored = (fileId: string): SourceChange => ({
    kind: 'ignored',
    fileId,
    fileName: 'Lease',
    folder: 'My Drive',
    reason: 'shortcut to no file',
  });

  it('reports a target that changed, and one that is no longer followed, once', () => {
    const first = diffShortcuts(stateOf([]), [reported('s1', 'a'), reported('s2', 'a')]);
    expect(first.changes).toHaveLength(2);
    const now = [reported('s1', 'b'), ignored('s2')];
    const second = diffShortcuts(first.state, now);
    expect(second.changes).toEqual(now);
    expect(diffShortcuts(second.state, now).changes).toEqual([]);
  });

  it('reports ignored shortcuts too where it is not known what was reported', () => {
    const state = stateOf([], { cursor: { shortcutStates: undefined } });
    expect(diffShortcuts(state, [ignored('s1')]).changes).toHaveLength(1);
  });
});

describe('the cursor', () => {
  it('is read as it was written', () => {
    const { cursor } = stateOf([folder('a'), folder('b', { name: 'B' })]);
    const text = serializeCursor(cursor);
    expect(serializeCursor(parseCursor(text))).toBe(text);
    expect(parseCursor(text)).toMatchObject({ userToken: '7', drives: cursor.drives });
  });

  it.each(['', 'null', '{}', '{"v":1,"account":"a","drives":{},"folders":""}'])(
    'expires where it is %j',
    (text) => {
      expect(() => parseCursor(text)).toThrow(expired);
    },
  );
});

describe('PersistentMap', () => {
  const key = fc.integer({ min: 0, max: 3000 });
  const change = fc.oneof(
    fc.record({ set: fc.array(fc.tuple(key, fc.integer()), { maxLength: 700 }) }),
    fc.record({ remove: fc.array(key, { maxLength: 700 }) }),
  );

  it('holds what a Map would hold, and leaves earlier versions as they were', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), (changes) => {
        let map = PersistentMap.of<number, number>();
        const expected = new Map<number, number>();
        const versions = [{ map, entries: new Map(expected) }];
        for (const step of changes) {
          if ('set' in step) {
            map = map.with(step.set);
            for (const [changed, value] of step.set) expected.set(changed, value);
          } else {
            map = map.without(step.remove);
            for (const changed of step.remove) expected.delete(changed);
          }
          versions.push({ map, entries: new Map(expected) });
        }
        for (const { map: version, entries } of versions) {
          expect(new Map(version.entries())).toEqual(entries);
          for (const changed of [0, 1, 2, ...entries.keys()].slice(0, 50)) {
            expect(version.get(changed)).toBe(entries.get(changed));
            expect(version.has(changed)).toBe(entries.has(changed));
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});
