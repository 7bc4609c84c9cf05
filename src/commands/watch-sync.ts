import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { showHidden, singleLine } from '../encode/visible.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import { displayPath } from '../search/summary.ts';
import type { Store } from '../store/store.ts';
import { formatDuration, syncNotes } from '../sync/sync-notes.ts';
import { isFinished, syncStatus } from '../sync/syncs.ts';

const countHandled = (status: SyncStatusResponse) => status.found - status.pending;

function describe(status: SyncStatusResponse): string {
  const throughputText = status.files_per_second
    ? `, ${status.files_per_second.toFixed(1)} files/s`
    : '';
  const remainingText = status.seconds_left ? `, ${formatDuration(status.seconds_left)} left` : '';
  const failedText = status.failed > 0 ? `, ${status.failed} failed` : '';
  return `${countHandled(status)} of ${status.found} files${failedText}${throughputText}${remainingText}`;
}

/** Shows progress until `stop()`: a bar on a terminal, a line every few seconds elsewhere. */
function createProgress(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) {
    let last = '';
    let next = 0;
    return {
      update(status: SyncStatusResponse) {
        const line = describe(status);
        if (status.found === 0 || line === last || Date.now() < next) return;
        next = Date.now() + 3000;
        last = line;
        stream.write(`  reading: ${line}\n`);
      },
      stop() {},
    };
  }
  const bar = new SingleBar({
    stream,
    format: '  reading [{bar}] {text}',
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
  });
  bar.start(1, 0, { text: 'looking for files' });
  return {
    update(status: SyncStatusResponse) {
      bar.setTotal(Math.max(status.found, 1));
      bar.update(countHandled(status), { text: describe(status) });
    },
    stop: () => bar.stop(),
  };
}

/**
 * Waits for the end of a sync, until `signal` is aborted or for `timeoutMs`, and shows its progress
 * unless `silent`. Returns its last status.
 */
export async function watchSync(
  store: Store,
  syncId: string,
  options: { signal?: AbortSignal; timeoutMs?: number; silent?: boolean },
): Promise<SyncStatusResponse> {
  const { signal, timeoutMs = Infinity, silent } = options;
  const progress = silent ? undefined : createProgress(process.stderr);
  const startedAt = performance.now();
  try {
    for (;;) {
      const status = await syncStatus({ store }, syncId);
      progress?.update(status);
      const isTimedOut = performance.now() - startedAt > timeoutMs;
      if (isFinished(status) || signal?.aborted || isTimedOut) return status;
      await sleep(150);
    }
  } finally {
    progress?.stop();
  }
}

/** The outcome of a finished sync as text. */
export function reportSync(status: SyncStatusResponse): string {
  const counts = (['indexed', 'unchanged', 'failed', 'ignored'] as const)
    .map((name) => `${status[name]} ${name}`)
    .join(', ');
  const lines = [
    `${status.found} ${status.found === 1 ? 'file' : 'files'} found: ${counts}; ${status.removed} removed.`,
  ];
  for (const failure of status.failures) {
    const where = singleLine(displayPath(failure.folder, failure.file_name));
    const why = failure.detail === undefined ? '' : `: ${showHidden(failure.detail)}`;
    lines.push(`  not read: ${where} (${failure.reason}${why})`);
  }
  if (status.more_failures > 0) lines.push(`  and ${status.more_failures} more`);
  lines.push(...syncNotes(status));
  if (status.state === 'failed')
    lines.push(`The sync failed: ${showHidden(status.detail ?? 'see the log')}`);
  return lines.join('\n');
}
