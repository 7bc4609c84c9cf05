import { hasApiStatus } from './errors.ts';
import { type DriveFile, folderType } from './api-schemas.ts';
import { isShortcut } from './source-file.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

/** The shortcuts of a source, so that each target is followed once, and only where it is not listed. */
export class ShortcutIndex {
  /** Ids of shortcuts by the id of what they lead to. */
  readonly #byTarget = new Map<string, Set<string>>();
  readonly #shortcuts = new Map<string, DriveFile>();
  /** What a complete listing has found; absent where there is none. */
  listedIds: ReadonlySet<string> | undefined;

  put(shortcut: DriveFile): void {
    this.remove(shortcut.id);
    const target = shortcut.shortcutDetails?.targetId;
    if (target === undefined) return;
    this.#shortcuts.set(shortcut.id, shortcut);
    const group = this.#byTarget.get(target) ?? new Set();
    this.#byTarget.set(target, group.add(shortcut.id));
  }

  remove(id: string): void {
    const target = this.#shortcuts.get(id)?.shortcutDetails?.targetId;
    if (target === undefined) return;
    this.#shortcuts.delete(id);
    this.#byTarget.get(target)?.delete(id);
  }

  all(): DriveFile[] {
    return [...this.#shortcuts.values()];
  }

  /** Why a shortcut is not followed, in words, or else what it leads to. */
  async resolveTarget(snapshot: DriveSnapshot, shortcut: DriveFile): Promise<string | DriveFile> {
    const details = shortcut.shortcutDetails;
    if (!details) return 'shortcut that leads nowhere';
    const { targetId, targetMimeType, targetResourceKey: resourceKey } = details;
    if (targetMimeType === folderType) return 'shortcut to a folder, which can be added by itself';
    if (this.listedIds?.has(targetId)) return 'shortcut to what is listed in its own place';
    let target: DriveFile;
    try {
      target = await snapshot.api.file(targetId, { resourceKey, signal: snapshot.signal });
    } catch (error) {
      if (!hasApiStatus(error, [403, 404])) throw error;
      return 'shortcut to what these credentials may not see';
    }
    if (target.trashed) return 'shortcut to what is in the trash';
    if (target.mimeType === folderType || isShortcut(target)) return 'shortcut to no file';
    if (!this.listedIds && (await snapshot.isVisible(target))) {
      return 'shortcut to what is listed in its own place';
    }
    const first = [...(this.#byTarget.get(targetId) ?? [])].sort()[0];
    if (first !== undefined && first !== shortcut.id) return 'another shortcut leads to the same';
    return target;
  }
}
