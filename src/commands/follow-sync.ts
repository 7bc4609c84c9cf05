import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { SyncStatusAnswer } from '../search/answers.ts';
import { displayPath } from '../search/summary.ts';
import type { Store } from '../store/store.ts';
import { durationText } from '../sync/duration-text.ts';
import { remarks } from '../sync/remarks.ts';
import { isOver, syncStatus } from '../sync/syncs.ts';

const handled = (status: SyncStatusAnswer) => status.found - status.pending;

function describe(status: SyncStatusAnswer): string {
  const rate = status.files_per_second ? `, ${status.files_per_second.toFixed(1)} files/s` : '';
  const left = status.seconds_left ? `, ${durationText(status.seconds_left)} left` : '';
  const failed = status.failed > 0 ? `, ${status.failed} failed` : '';
  return `${handled(status)} of ${status.found} files${failed}${rate}${left}`;
}

/** Shows progress until `stop()`: a bar on a terminal, a line every few seconds elsewhere. */
function display(stream: NodeJS.WriteStream) {
  if (!stream.isTTY) {
    let last = '';
    let next = 0;
    return {
      show(status: SyncStatusAnswer) {
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
    show(status: SyncStatusAnswer) {
      bar.setTotal(Math.max(status.found, 1));
      bar.update(handled(status), { text: describe(status) });
    },
    stop: () => bar.stop(),
  };
}

/**
 * Follows a sync to its end, until `until` is aborted or for `patience` milliseconds, and shows how far
 * it is.
 * @param options.silent shows nothing
 * @returns its last status
 */
export async function followSync(
  store: Store,
  syncId: string,
  options: { until?: AbortSignal; patience?: number; silent?: boolean },
): Promise<SyncStatusAnswer> {
  const { until, patience = Infinity, silent } = options;
  const shown = silent ? undefined : display(process.stderr);
  const began = performance.now();
  try {
    for (;;) {
      const status = await syncStatus({ store }, syncId);
      shown?.show(status);
      const late = performance.now() - began > patience;
      if (isOver(status) || until?.aborted || late) return status;
      await sleep(150);
    }
  } finally {
    shown?.stop();
  }
}

/** What a finished sync did, for a person. */
export function reportSync(status: SyncStatusAnswer): string {
  const counts = (['indexed', 'unchanged', 'failed', 'ignored'] as const)
    .map((name) => `${status[name]} ${name}`)
    .join(', ');
  const lines = [
    `${status.found} ${status.found === 1 ? 'file' : 'files'} found: ${counts}; ${status.removed} removed.`,
  ];
  for (const failure of status.failures) {
    const where = displayPath(failure.folder, failure.file_name);
    const why = failure.detail === undefined ? '' : `: ${failure.detail}`;
    lines.push(`  not read: ${where} (${failure.reason}${why})`);
  }
  if (status.more_failures > 0) lines.push(`  and ${status.more_failures} more`);
  lines.push(...remarks(status));
  if (status.state === 'failed') lines.push(`The sync failed: ${status.detail ?? 'see the log'}`);
  return lines.join('\n');
}
