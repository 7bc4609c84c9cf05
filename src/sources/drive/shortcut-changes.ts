import type { SourceChange } from '../source.ts';
import { type DriveCursor, digest } from './cursor.ts';
import type { DriveSnapshot } from './drive-snapshot.ts';

type ShortcutStates = NonNullable<DriveCursor['followed']>;

/**
 * Of the shortcuts of a view, those whose files are not what was told of them before, and what is told
 * of all that are followed now.
 */
export async function changedShortcuts(
  snapshot: DriveSnapshot,
  previous: DriveCursor['followed'],
): Promise<{ changes: SourceChange[]; shortcutStates: ShortcutStates }> {
  const current = await Promise.all(
    snapshot.shortcuts.all().map((shortcut) => snapshot.entry(shortcut)),
  );
  const shortcutStates: ShortcutStates = {};
  const changes = current.filter((change): change is SourceChange => {
    if (change === undefined || change.kind === 'gone') return change !== undefined;
    // where it is not known what was told, it may have been followed
    if (change.kind === 'ignored') return !previous || previous[change.fileId ?? ''] !== undefined;
    const { fileId } = change.file;
    const state = digest(JSON.stringify(change.file));
    shortcutStates[fileId] = state;
    return state !== previous?.[fileId];
  });
  return { changes, shortcutStates };
}
