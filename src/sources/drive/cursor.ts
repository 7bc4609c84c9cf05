import { createHash } from 'node:crypto';
import * as z from 'zod/v4';
import { cursorExpired } from './errors.ts';
import type { Folder } from './folder-tree.ts';
import { PersistentMap } from './persistent-map.ts';

/**
 * How far the changes of a source are reported. Drive has a change log for the account and one for
 * each shared drive. What the logs do not contain is found by comparison with what was last reported.
 */
export interface DriveCursor {
  /** The account whose logs these are. */
  readonly account: string;
  /** The page token in the account's own log, where the scope needs it. */
  readonly userToken?: string;
  /** For each shared drive the page token in its log, and a digest of its name and members. */
  readonly drives: Readonly<Record<string, { readonly token: string; readonly state: string }>>;
  readonly folders: FolderStates;
  /**
   * For each shortcut that is followed, a digest of the file that was reported for it; absent where
   * that is not known.
   */
  readonly shortcutStates?: Readonly<Record<string, string>>;
}

const cursorSchema = z.object({
  /** The version of this format. */
  v: z.literal(2),
  account: z.string(),
  user: z.string().optional(),
  drives: z.record(z.string(), z.object({ token: z.string(), state: z.string() })),
  folders: z.string(),
  shortcutStates: z.record(z.string(), z.string()).optional(),
});

export function serializeCursor({
  account,
  userToken: user,
  drives,
  folders,
  shortcutStates,
}: DriveCursor): string {
  const cursor: z.infer<typeof cursorSchema> = {
    v: 2,
    account,
    user,
    drives: { ...drives },
    folders: folders.toString(),
    shortcutStates: shortcutStates && { ...shortcutStates },
  };
  return JSON.stringify(cursor);
}

/** Throws `checkpoint_expired` for anything that `serializeCursor` did not make. */
export function parseCursor(text: string): DriveCursor {
  let parsed;
  try {
    parsed = cursorSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw cursorExpired(cause);
  }
  const { account, user: userToken, drives, folders, shortcutStates } = parsed;
  return { account, userToken, drives, folders: FolderStates.read(folders), shortcutStates };
}

/** Base64 characters of a digest; 48 bits, so that no two among a million folders are likely equal. */
const digestLength = 8;

export function digest(...parts: (string | boolean | undefined)[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('base64url')
    .slice(0, digestLength);
}

/** A digest of the fields of a folder that affect the files below it. */
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

/** A digest of the fields of a shared drive that affect all its files. */
export function driveState(name: string, aclEntries: readonly string[] | undefined): string {
  return digest(name, aclEntries?.join(','));
}

/**
 * What the folders were like when their files were last reported, as an immutable value of sixteen
 * characters a folder: half of them for its id, half for its state. The log has no entries for the
 * files in a folder that was renamed, moved or shared, so these follow from the difference to the
 * present folders.
 */
export class FolderStates {
  readonly #states: PersistentMap<string, string>;

  private constructor(states: PersistentMap<string, string>) {
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
    return new FolderStates(PersistentMap.of(states));
  }

  static of(folders: Iterable<Folder>): FolderStates {
    return FolderStates.read('').with(folders);
  }

  toString(): string {
    return [...this.#states.entries()].map(([id, state]) => id + state).join('');
  }

  has(id: string): boolean {
    return this.#states.has(digest(id));
  }

  /** Whether the folder was known and is as it was. */
  isUnchanged(folder: Folder): boolean {
    return this.#states.get(digest(folder.id)) === folderState(folder);
  }

  with(folders: Iterable<Folder>): FolderStates {
    const states = [...folders].map((folder) => [digest(folder.id), folderState(folder)] as const);
    return states.length === 0 ? this : new FolderStates(this.#states.with(states));
  }

  without(ids: Iterable<string>): FolderStates {
    return new FolderStates(this.#states.without([...ids].map((id) => digest(id))));
  }

  /** Whether all known folders are among the present ones. */
  isSubsetOf(folders: Iterable<Folder>): boolean {
    const presentIds = new Set([...folders].map(({ id }) => digest(id)));
    return [...this.#states.entries()].every(([id]) => presentIds.has(id));
  }
}
