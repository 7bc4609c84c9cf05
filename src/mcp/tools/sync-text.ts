import type { SyncStatusAnswer } from '../../search/answers.ts';

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** A sync's state and counts, and what failed, for reading. */
export function syncText(answer: SyncStatusAnswer): string {
  if (answer.state === 'none') {
    return 'No sync has run yet. sync_documents starts one.';
  }
  const pace = [
    answer.files_per_second === undefined
      ? undefined
      : `${answer.files_per_second.toFixed(1)} files a second`,
    answer.seconds_left === undefined ? undefined : `about ${duration(answer.seconds_left)} left`,
  ].filter((part) => part !== undefined);
  const failures = answer.failures.map((failure) => {
    const place =
      failure.folder === '' ? failure.file_name : `${failure.folder}/${failure.file_name}`;
    const detail = failure.detail === undefined ? '' : `: ${failure.detail}`;
    return `- ${place} — ${failure.reason}${detail} (${failure.attempts} attempt${failure.attempts === 1 ? '' : 's'})`;
  });
  return [
    `Sync ${answer.job_id ?? ''}: ${answer.state}${answer.detail === undefined ? '' : ` (${answer.detail})`}`,
    `found ${answer.found} · indexed ${answer.indexed} · unchanged ${answer.unchanged} · failed ${answer.failed} · ` +
      `ignored ${answer.ignored} · removed ${answer.removed} · pending ${answer.pending}`,
    pace.length > 0 ? pace.join(', ') : undefined,
    ...failures,
    answer.more_failures > 0 ? `and ${answer.more_failures} more failures` : undefined,
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}
