import type { SourceChange, SourceEntry, WatchEvent } from '../source.ts';
import { ChangeTracker } from './change-tracker.ts';
import { FolderPoller } from './folder-poller.ts';
import { FolderWatcher } from './folder-watcher.ts';

export interface WatchSettings {
  /** Time between two polls; without it the system reports changes. */
  pollMs?: number | undefined;
  /** A file rests when it was not modified for this long. */
  restMs: number;
}

/** What watching needs to know of a folder, or of a single file. */
interface WatchedFolder {
  root: string;
  fileIdOf: (path: string) => string;
  changeAt: (path: string) => Promise<SourceChange | undefined>;
  list: (signal: AbortSignal) => AsyncIterable<SourceEntry>;
}

/** Time between two polls where the system allows no more watches. */
const fallbackPollMs = 10_000;

/** See `Source.watch`. */
export async function watchFolder(
  { root, fileIdOf, changeAt, list }: WatchedFolder,
  onEvent: (event: WatchEvent) => void,
  { pollMs, restMs, signal }: WatchSettings & { signal: AbortSignal },
): Promise<void> {
  const poll = (intervalMs: number) =>
    new FolderPoller({ list, pollMs: intervalMs, onEvent, signal }).start();
  if (pollMs !== undefined) return poll(pollMs);

  const tracker = new ChangeTracker({ restMs, changeAt, fileIdOf, onEvent });
  let fallback: Promise<void> | undefined;
  const watcher = new FolderWatcher(root, tracker, (code) => {
    tracker.close();
    onEvent({ kind: 'polling', reason: exhaustionReason(code) });
    // what happened between the last notice and the first poll
    fallback = poll(fallbackPollMs).then(() => onEvent({ kind: 'listing_required' }));
  });
  signal.addEventListener('abort', () => {
    watcher.close();
    tracker.close();
  });
  await watcher.start();
  await fallback;
}

function exhaustionReason(code: string): string {
  const limit = code === 'ENOSPC' ? 'max_user_watches' : 'max_user_instances';
  return `${code}: the system allows no more watches; raise the sysctl fs.inotify.${limit} and start again`;
}
