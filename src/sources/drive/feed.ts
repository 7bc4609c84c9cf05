import type { ChangeFeed, ChangePage } from '../source.ts';
import { positionExpired } from './errors.ts';
import { type DriveCursor, driveState, FolderStates, readCursor } from './cursor.ts';
import { FeedLogs, logsOf } from './feed-logs.ts';
import { takeFrames } from './listing.ts';
import type { DriveView } from './view.ts';

/**
 * What changed in a part of Drive. Drive keeps a log for each account and for each shared drive; its
 * entries say how a file is now. Three things change files without an entry for each: a folder's
 * rename, move or sharing, the name and members of a shared drive, and joining a drive. The cursor
 * keeps what the folders and drives were like, so that these are found and told as well. While the
 * logs have nothing new, a look costs some requests for each drive, whatever is in it.
 */
export class DriveFeed implements ChangeFeed {
  readonly #open: (signal?: AbortSignal) => Promise<DriveView>;

  constructor(open: (signal?: AbortSignal) => Promise<DriveView>) {
    this.#open = open;
  }

  async now(signal?: AbortSignal): Promise<string> {
    const view = await this.#open(signal);
    const { user, drives } = logsOf(view);
    const cursor: DriveCursor = {
      v: 1,
      account: await view.api.account(signal),
      ...(user && { user: await view.api.startToken(undefined, signal) }),
      drives: {},
      folders: '',
    };
    for (const { id, name } of drives) {
      const token = await view.api.startToken(id, signal);
      const state = driveState(name, await view.readers.members(id, signal));
      cursor.drives[id] = { token, state };
    }
    // after the positions, so that whatever changes from here on is told
    await takeFrames(view);
    if (view.shortcuts.all().length === 0) cursor.followed = {};
    cursor.folders = FolderStates.of(view.folders()).toString();
    return JSON.stringify(cursor);
  }

  async *since(text: string, signal?: AbortSignal): AsyncIterable<ChangePage> {
    const cursor = readCursor(text);
    const view = await this.#open(signal);
    const account = await view.api.account(signal);
    if (cursor.account !== account) {
      throw positionExpired(
        undefined,
        `It is read as ${account} now, and was as ${cursor.account}.`,
      );
    }
    const logs = new FeedLogs(view, cursor);
    let latest = text;
    for await (const page of logs.read()) {
      latest = page.cursor;
      yield page;
    }
    const end = logs.position();
    if (end !== latest) yield { changes: [], cursor: end };
  }
}
