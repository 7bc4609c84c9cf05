import type { SyncStatusResponse } from '../../search/response-schemas.ts';
import { displayPath } from '../../search/summary.ts';
import { formatDuration, syncNotes } from '../../sync/sync-notes.ts';
import { reducedCount } from '../truncate-text.ts';

/** A sync's state and counts, and what failed, for reading. */
export function syncText(answer: SyncStatusResponse): string {
  if (answer.state === 'none') {
    return 'No sync has run yet. sync_documents starts one.';
  }
  const throughput = [
    answer.files_per_second === undefined
      ? undefined
      : `${answer.files_per_second.toFixed(1)} files a second`,
    answer.seconds_left === undefined
      ? undefined
      : `about ${formatDuration(answer.seconds_left)} left`,
  ].filter((part) => part !== undefined);
  const failures = answer.failures.map((failure) => {
    const location = displayPath(failure.folder, failure.file_name);
    const detail = failure.detail === undefined ? '' : `: ${failure.detail}`;
    return `- ${location} — ${failure.reason}${detail} (${failure.attempts} attempt${failure.attempts === 1 ? '' : 's'})`;
  });
  return [
    `${answer.job_id === undefined ? 'These files' : `Sync ${answer.job_id}`}: ${answer.state}${answer.detail === undefined ? '' : ` (${answer.detail})`}`,
    `found ${answer.found} · indexed ${answer.indexed} · unchanged ${answer.unchanged} · failed ${answer.failed} · ` +
      `ignored ${answer.ignored} · removed ${answer.removed} · pending ${answer.pending}`,
    ...syncNotes(answer),
    throughput.length > 0 ? throughput.join(', ') : undefined,
    ...failures,
    unlistedFailuresText(answer),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

function unlistedFailuresText({
  failures,
  more_failures: more,
}: SyncStatusResponse): string | undefined {
  if (more === 0) return undefined;
  if (failures.length > 0) return `and ${more} more that failed`;
  return (
    `${more} ${more === 1 ? 'file' : 'files'} could not be read. Which and why is told to whoever may ` +
    'read everything; `deedbox status` on the server lists them.'
  );
}

/** The answer with about that share (0 to 1) of its failures listed; undefined when none is left. */
export function truncateFailures(
  answer: SyncStatusResponse,
  share: number,
): SyncStatusResponse | undefined {
  const { failures, more_failures: more } = answer;
  if (failures.length === 0) return undefined;
  const listed = failures.slice(0, reducedCount(failures.length, share));
  return { ...answer, failures: listed, more_failures: more + failures.length - listed.length };
}
