import { setTimeout as delay } from 'node:timers/promises';
import { markdownName, markdownSentence } from '../../encode/markdown.ts';
import { DeedboxError } from '../../errors/errors.ts';
import {
  syncDocumentsRequestSchema,
  syncStatusRequestSchema,
} from '../../search/request-schemas.ts';
import {
  syncStatusResponseSchema,
  type SyncStatusResponse,
} from '../../search/response-schemas.ts';
import { displayPath } from '../../search/summary.ts';
import type { ScopedSyncs } from '../../sync/scoped-syncs.ts';
import { formatDuration, isWithoutWorker, syncNotes } from '../../sync/sync-notes.ts';
import { isFinished } from '../../sync/syncs.ts';
import { reducedCount } from '../truncate.ts';
import { defineTool, type ToolCall } from './tool.ts';

/** A sync's state, counts and failures, as text. */
function syncText(answer: SyncStatusResponse): string {
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
    const location = markdownName(displayPath(failure.folder, failure.file_name));
    const detail = failure.detail === undefined ? '' : `: ${markdownSentence(failure.detail)}`;
    return `- File: ${location} — ${failure.reason}${detail} (${failure.attempts} attempt${failure.attempts === 1 ? '' : 's'})`;
  });
  return [
    `${answer.job_id === undefined ? 'These files' : `Sync ${answer.job_id}`}: ${answer.state}${answer.detail === undefined ? '' : ` (${markdownSentence(answer.detail)})`}`,
    `found ${answer.found} · indexed ${answer.indexed} · unchanged ${answer.unchanged} · failed ${answer.failed} · ` +
      `ignored ${answer.ignored} · removed ${answer.removed} · pending ${answer.pending}`,
    ...syncNotes(answer).map(markdownSentence),
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
    `${more} ${more === 1 ? 'file' : 'files'} could not be read. Administrators see which and why; ` +
    '`deedbox status` on the server lists them.'
  );
}

/** The answer with about that share (0 to 1) of its failures listed; undefined when none is left. */
function truncateFailures(
  answer: SyncStatusResponse,
  share: number,
): SyncStatusResponse | undefined {
  const { failures, more_failures: more } = answer;
  if (failures.length === 0) return undefined;
  const listed = failures.slice(0, reducedCount(failures.length, share));
  return { ...answer, failures: listed, more_failures: more + failures.length - listed.length };
}

const pollMs = 250;

/** Polls in a row without a worker after which nobody waits: one that is replaced is away for a moment. */
const maxPollsWithoutWorker = 2;

/**
 * Reports the progress of a sync until it ends, no worker runs or the call times out. Throws when aborted.
 */
async function waitForSync(
  { workerProblem }: Pick<ScopedSyncs, 'workerProblem'>,
  status: () => Promise<SyncStatusResponse>,
  call: ToolCall,
) {
  const startedAt = Date.now();
  let lastReported = -1;
  let pollsWithoutWorker = 0;
  for (;;) {
    const sync = await status();
    const done = sync.indexed + sync.unchanged + sync.failed + sync.ignored;
    if (done > lastReported) {
      lastReported = done;
      await call.reportProgress(done, sync.found, `${sync.state}: ${done} of ${sync.found} files`);
    }
    if (isFinished(sync) || Date.now() - startedAt >= call.timeoutMs()) return sync;
    pollsWithoutWorker = workerProblem() === undefined ? 0 : pollsWithoutWorker + 1;
    if (pollsWithoutWorker >= maxPollsWithoutWorker) return status();
    await delay(pollMs, undefined, { signal: call.context.signal });
  }
}

export const syncDocumentsTool = defineTool({
  name: 'sync_documents',
  title: 'Bring the index up to date',
  description:
    'Read new and changed contracts into the index and drop those that are gone, or read files at once, ' +
    'ahead of all that waits. Use it when the user says that files were added or changed. It reports ' +
    'progress; a long sync goes on by itself: ask get_sync_status with its job_id.',
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
  scope: 'documents:sync',
  input: syncDocumentsRequestSchema,
  output: syncStatusResponseSchema,
  async run({ syncs }, args, call) {
    if (args.files !== undefined) {
      const requestedFiles = await syncs.requestFiles(args.files);
      return waitForSync(syncs, () => syncs.filesStatus(requestedFiles), call);
    }
    const previous = await syncs.status();
    const { syncId } = await syncs.request({ kind: args.full ? 'full' : 'incremental' });
    const wasAlreadyRunning = previous.job_id === syncId;
    try {
      return await waitForSync(syncs, () => syncs.status(syncId), call);
    } catch (error) {
      if (!call.context.signal.aborted) throw error;
      if (call.isCancelled() && !wasAlreadyRunning) await syncs.cancel(syncId);
      throw new DeedboxError('cancelled', 'The client no longer waits for this sync.', {
        cause: error,
      });
    }
  },
  text: (answer) =>
    isFinished(answer)
      ? syncText(answer)
      : `${syncText(answer)}\nIt goes on${isWithoutWorker(answer) ? ' once a worker runs' : ''}. ${
          answer.job_id === undefined
            ? 'Ask for the documents a little later.'
            : `Ask get_sync_status with job_id "${answer.job_id}".`
        }`,
  truncate: (_services, _args, answer, share) => truncateFailures(answer, share),
});

export const getSyncStatusTool = defineTool({
  name: 'get_sync_status',
  title: 'Status of the index',
  description:
    'How far a sync is (the newest without job_id): files found, indexed, unchanged, failed, removed, ' +
    'rate, time left, failed files with reasons. Use it to say if the index is complete or why a ' +
    'contract is missing.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: syncStatusRequestSchema,
  output: syncStatusResponseSchema,
  run: ({ syncs }, args) => syncs.status(args.job_id),
  text: syncText,
  truncate: (_services, _args, answer, share) => truncateFailures(answer, share),
});
