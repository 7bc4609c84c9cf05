import { setTimeout as delay } from 'node:timers/promises';
import { DeedboxError } from '../../errors/errors.ts';
import {
  syncStatusResponseSchema,
  type SyncStatusResponse,
} from '../../search/response-schemas.ts';
import { syncDocumentsRequestSchema } from '../../search/request-schemas.ts';
import { isFinished } from '../../sync/syncs.ts';
import { truncateFailures, syncText } from './sync-text.ts';
import { defineTool, type ToolCall } from './tool.ts';

/** Milliseconds between two looks at a running sync. */
const pollMs = 250;

/** Watches a sync until it ends or patience does, telling how far it is. Throws when aborted. */
async function waitForSync(status: () => Promise<SyncStatusResponse>, call: ToolCall) {
  const startedAt = Date.now();
  let lastReported = -1;
  for (;;) {
    const sync = await status();
    const done = sync.indexed + sync.unchanged + sync.failed + sync.ignored;
    if (done > lastReported) {
      lastReported = done;
      await call.reportProgress(done, sync.found, `${sync.state}: ${done} of ${sync.found} files`);
    }
    if (isFinished(sync) || Date.now() - startedAt >= call.timeoutMs()) return sync;
    await delay(pollMs, undefined, { signal: call.signal });
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
      return waitForSync(() => syncs.filesStatus(requestedFiles), call);
    }
    const previous = await syncs.status();
    const { syncId } = await syncs.request({ kind: args.full ? 'full' : 'incremental' });
    const wasAlreadyRunning = previous.job_id === syncId;
    try {
      return await waitForSync(() => syncs.status(syncId), call);
    } catch (error) {
      if (!call.signal.aborted) throw error;
      if (call.isCancelled() && !wasAlreadyRunning) await syncs.cancel(syncId);
      throw new DeedboxError('cancelled', 'Nobody waits for this sync any more.', { cause: error });
    }
  },
  text: (answer) =>
    isFinished(answer)
      ? syncText(answer)
      : `${syncText(answer)}\nIt goes on. ${
          answer.job_id === undefined
            ? 'Ask for the documents a little later.'
            : `Ask get_sync_status with job_id "${answer.job_id}".`
        }`,
  truncate: (_services, _args, answer, share) => truncateFailures(answer, share),
});
