import { createHash } from 'node:crypto';
import * as z from 'zod/v4';
import { cursorExpired } from './errors.ts';
import type { Folder } from './folder-tree.ts';

const cursor = z.object({
  /** Of the form of this cursor. */
  v: z.literal(1),
  /** The account whose logs these are. */
  account: z.string(),
  /** A position in the account's own log, where the scope needs it. */
  user: z.string().optional(),
  /** Of each shared drive: the position in its log, and what its name and members were. */
  drives: z.record(z.string(), z.object({ token: z.string(), state: z.string() })),
  /** What every folder was like: see `FolderStates`. */
  folders: z.string(),
  /** The shortcuts that are followed, and what was told of each; absent where that is not known. */
  followed: z.record(z.string(), z.string()).optional(),
});
export type DriveCursor = z.infer<typeof cursor>;

/** Throws `checkpoint_expired` for anything that `JSON.stringify` of a cursor did not make. */
export function parseCursor(text: string): DriveCursor {
  try {
    return cursor.parse(JSON.parse(text));
  } catch (cause) {
    throw cursorExpired(cause);
  }
}

/** Base64 characters of each half; 48 bits, so that among a million folders no two are likely alike. */
const digestLength = 8;

export function digest(...parts: (string | boolean | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('base64url')
    .slice(0, digestLength);
}

/** What of a folder's state shows in the files below it, as far as Drive tells it with the folder. */
function folderState(folder: Folder): string {
  const {
    name,
    parent,
    driveId,
    hasOwnPermissions,
    isLimitedAccess,
    canListChildren,
    permissions,
  } = folder;
  const sharing = permissions?.map((one) => JSON.stringify(one)).sort();
  return digest(
    name,
    parent,
    driveId,
    hasOwnPermissions,
    isLimitedAccess,
    canListChildren,
    sharing?.join(),
  );
}

/** What of a shared drive's state shows in all its files. */
export function driveState(name: string, aclEntries: readonly string[] | undefined): string {
  return digest(name, aclEntries?.join(','));
}

/**
 * What the folders were like when their files were last told of, in sixteen characters each: half of
 * them for the folder's id, half for its state. A folder's rename, move or sharing says nothing of
 * the files in it, so the difference to the folders of now is what must be told.
 */
export class FolderStates {
  readonly #states: Map<string, string>;

  private constructor(states: Map<string, string>) {
    this.#states = states;
  }

  static read(text: string): FolderStates {
    const states = new Map<string, string>();
    for (let offset = 0; offset < text.length; offset += 2 * digestLength) {
      states.set(
        text.slice(offset, offset + digestLength),
        text.slice(offset + digestLength, offset + 2 * digestLength),
      );
    }
    return new FolderStates(states);
  }

  static of(folders: Iterable<Folder>): FolderStates {
    const states = new FolderStates(new Map());
    for (const folder of folders) states.set(folder);
    return states;
  }

  toString(): string {
    return [...this.#states].map(([id, state]) => id + state).join('');
  }

  has(id: string): boolean {
    return this.#states.has(digest(id));
  }

  /** Whether the folder was known and is as it was. */
  isUnchanged(folder: Folder): boolean {
    return this.#states.get(digest(folder.id)) === folderState(folder);
  }

  set(folder: Folder): void {
    this.#states.set(digest(folder.id), folderState(folder));
  }

  delete(id: string): void {
    this.#states.delete(digest(id));
  }

  /** How many folders there were that are not among those of now. */
  countMissing(folders: Iterable<Folder>): number {
    const presentIds = new Set([...folders].map(({ id }) => digest(id)));
    return [...this.#states.keys()].filter((id) => !presentIds.has(id)).length;
  }
}
