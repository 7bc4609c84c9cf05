import { type DriveFile, folderType } from './api-schemas.ts';
import { isShortcut } from './source-file.ts';

/** The shortcuts of a source, as an immutable value. Each target is followed from one of them. */
export class ShortcutIndex {
  readonly #shortcuts: ReadonlyMap<string, DriveFile>;
  /** The first shortcut to each target, by id. */
  readonly #firstIds = new Map<string, string>();

  private constructor(shortcuts: ReadonlyMap<string, DriveFile>) {
    this.#shortcuts = shortcuts;
    for (const { id, shortcutDetails } of shortcuts.values()) {
      const targetId = shortcutDetails?.targetId;
      const first = targetId === undefined ? undefined : this.#firstIds.get(targetId);
      if (targetId !== undefined && (first === undefined || id < first)) {
        this.#firstIds.set(targetId, id);
      }
    }
  }

  static empty(): ShortcutIndex {
    return new ShortcutIndex(new Map());
  }

  all(): DriveFile[] {
    return [...this.#shortcuts.values()];
  }

  /** The id of the shortcut from which a target is followed. */
  firstTo(targetId: string): string | undefined {
    return this.#firstIds.get(targetId);
  }

  with(shortcuts: readonly DriveFile[]): ShortcutIndex {
    return this.#changed(shortcuts, []);
  }

  without(ids: readonly string[]): ShortcutIndex {
    return this.#changed([], ids);
  }

  #changed(added: readonly DriveFile[], removedIds: readonly string[]): ShortcutIndex {
    if (added.length === 0 && !removedIds.some((id) => this.#shortcuts.has(id))) return this;
    const shortcuts = new Map(this.#shortcuts);
    for (const id of removedIds) shortcuts.delete(id);
    for (const shortcut of added) {
      if (shortcut.shortcutDetails) shortcuts.set(shortcut.id, shortcut);
      else shortcuts.delete(shortcut.id);
    }
    return new ShortcutIndex(shortcuts);
  }
}

/**
 * A target as a request found it: absent where the shortcut names none, or where there was no need to
 * ask; `hidden` where this account may not see it.
 */
export type ShortcutTarget = DriveFile | 'hidden' | undefined;

/** Why the target of a shortcut need not be requested, in words for people; undefined where it must. */
export function unfollowedReason(
  { shortcutDetails }: DriveFile,
  listedIds: ReadonlySet<string> | undefined,
): string | undefined {
  if (!shortcutDetails) return 'shortcut that leads nowhere';
  if (shortcutDetails.targetMimeType === folderType) {
    return 'shortcut to a folder, which can be added by itself';
  }
  return listedIds?.has(shortcutDetails.targetId) ? targetIsListed : undefined;
}

/**
 * Why a shortcut is not followed, in words for people; undefined where it is.
 * @param isTargetListed whether the source lists the target in its own place
 */
export function ignoredTargetReason(
  shortcut: DriveFile,
  target: DriveFile | 'hidden',
  { shortcuts, isTargetListed }: { shortcuts: ShortcutIndex; isTargetListed: boolean },
): string | undefined {
  if (target === 'hidden') return 'shortcut to what these credentials may not see';
  if (target.trashed) return 'shortcut to what is in the trash';
  if (target.mimeType === folderType || isShortcut(target)) return 'shortcut to no file';
  if (isTargetListed) return targetIsListed;
  const first = shortcuts.firstTo(target.id);
  return first === undefined || first === shortcut.id
    ? undefined
    : 'another shortcut leads to the same';
}

const targetIsListed = 'shortcut to what is listed in its own place';
