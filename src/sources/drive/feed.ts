import type { ChangeFeed, ChangePage } from '../source.ts';
import { cursorExpired } from './errors.ts';
import { type DriveCursor, driveState, FolderStates, parseCursor } from './cursor.ts';
import { ChangeLogReader, logsInScope } from './change-log-reader.ts';
import { loadFolderTree } from './listing.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

/**
 * What changed in a part of Drive. Drive keeps a log for each account and for each shared drive; its
 * entries say how a file is now. Three things change files without an entry for each: a folder's
 * rename, move or sharing, the name and members of a shared drive, and joining a drive. The cursor
 * keeps what the folders and drives were like, so that these are found and told as well. While the
 * logs have nothing new, a look costs some requests for each drive, whatever is in it.
 */
export class DriveFeed implements ChangeFeed {
  readonly #openSnapshot: (signal?: AbortSignal) => Promise<DriveSnapshot>;

  constructor(openSnapshot: (signal?: AbortSignal) => Promise<DriveSnapshot>) {
    this.#openSnapshot = openSnapshot;
  }

  async now(signal?: AbortSignal): Promise<string> {
    const snapshot = await this.#openSnapshot(signal);
    const { user, drives } = logsInScope(snapshot);
    const cursor: DriveCursor = {
      v: 1,
      account: await snapshot.api.account(signal),
      ...(user && { user: await snapshot.api.startToken(undefined, signal) }),
      drives: {},
      folders: '',
    };
    for (const { id, name } of drives) {
      const token = await snapshot.api.startToken(id, signal);
      const state = driveState(name, await snapshot.acl.members(id, signal));
      cursor.drives[id] = { token, state };
    }
    // after the positions, so that whatever changes from here on is told
    await loadFolderTree(snapshot);
    if (snapshot.shortcuts.all().length === 0) cursor.followed = {};
    cursor.folders = FolderStates.of(snapshot.folders()).toString();
    return JSON.stringify(cursor);
  }

  async *since(text: string, signal?: AbortSignal): AsyncIterable<ChangePage> {
    const cursor = parseCursor(text);
    const snapshot = await this.#openSnapshot(signal);
    const account = await snapshot.api.account(signal);
    if (cursor.account !== account) {
      throw cursorExpired(undefined, `It is read as ${account} now, and was as ${cursor.account}.`);
    }
    const reader = new ChangeLogReader(snapshot, cursor);
    let latest = text;
    for await (const page of reader.read()) {
      latest = page.cursor;
      yield page;
    }
    const end = reader.serializeCursor();
    if (end !== latest) yield { changes: [], cursor: end };
  }
}
