import type { SyncStatusAnswer } from '../../search/answers.ts';
import { displayPath } from '../../search/summary.ts';
import { durationText } from '../../sync/duration-text.ts';
import { remarks } from '../../sync/remarks.ts';
import { fewer } from '../text-part.ts';

/** A sync's state and counts, and what failed, for reading. */
export function syncText(answer: SyncStatusAnswer): string {
  if (answer.state === 'none') {
    return 'No sync has run yet. sync_documents starts one.';
  }
  const pace = [
    answer.files_per_second === undefined
      ? undefined
      : `${answer.files_per_second.toFixed(1)} files a second`,
    answer.seconds_left === undefined
      ? undefined
      : `about ${durationText(answer.seconds_left)} left`,
  ].filter((part) => part !== undefined);
  const failures = answer.failures.map((failure) => {
    const place = displayPath(failure.folder, failure.file_name);
    const detail = failure.detail === undefined ? '' : `: ${failure.detail}`;
    return `- ${place} — ${failure.reason}${detail} (${failure.attempts} attempt${failure.attempts === 1 ? '' : 's'})`;
  });
  return [
    `${answer.job_id === undefined ? 'These files' : `Sync ${answer.job_id}`}: ${answer.state}${answer.detail === undefined ? '' : ` (${answer.detail})`}`,
    `found ${answer.found} · indexed ${answer.indexed} · unchanged ${answer.unchanged} · failed ${answer.failed} · ` +
      `ignored ${answer.ignored} · removed ${answer.removed} · pending ${answer.pending}`,
    ...remarks(answer),
    pace.length > 0 ? pace.join(', ') : undefined,
    ...failures,
    moreFailures(answer),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

function moreFailures({ failures, more_failures: more }: SyncStatusAnswer): string | undefined {
  if (more === 0) return undefined;
  if (failures.length > 0) return `and ${more} more that failed`;
  return (
    `${more} ${more === 1 ? 'file' : 'files'} could not be read. Which and why is told to whoever may ` +
    'read everything; `deedbox status` on the server lists them.'
  );
}

/** The answer with about that share (0 to 1) of its failures listed; undefined when none is left. */
export function fewerFailures(
  answer: SyncStatusAnswer,
  share: number,
): SyncStatusAnswer | undefined {
  const { failures, more_failures: more } = answer;
  if (failures.length === 0) return undefined;
  const listed = failures.slice(0, fewer(failures.length, share));
  return { ...answer, failures: listed, more_failures: more + failures.length - listed.length };
}
