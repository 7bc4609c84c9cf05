import { setTimeout as delay } from 'node:timers/promises';
import { DeedboxError } from '../../errors.ts';
import { syncStatusAnswer, type SyncStatusAnswer } from '../../search/answers.ts';
import { syncDocumentsRequest } from '../../search/requests.ts';
import { isOver } from '../../sync/syncs.ts';
import { fewerFailures, syncText } from './sync-text.ts';
import { defineTool, type ToolCall } from './tool.ts';

/** Milliseconds between two looks at a running sync. */
const interval = 250;

/** Watches a sync until it ends or patience does, telling how far it is. Throws when aborted. */
async function watch(status: () => Promise<SyncStatusAnswer>, call: ToolCall) {
  const began = Date.now();
  let told = -1;
  for (;;) {
    const sync = await status();
    const done = sync.indexed + sync.unchanged + sync.failed + sync.ignored;
    if (done > told) {
      told = done;
      await call.progress(done, sync.found, `${sync.state}: ${done} of ${sync.found} files`);
    }
    if (isOver(sync) || Date.now() - began >= call.patience()) return sync;
    await delay(interval, undefined, { signal: call.signal });
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
  input: syncDocumentsRequest,
  output: syncStatusAnswer,
  async run({ syncs }, args, call) {
    if (args.files !== undefined) {
      const asked = await syncs.requestFiles(args.files);
      return watch(() => syncs.filesStatus(asked), call);
    }
    const before = await syncs.status();
    const { syncId } = await syncs.request({ kind: args.full ? 'full' : 'follow' });
    const joined = before.job_id === syncId;
    try {
      return await watch(() => syncs.status(syncId), call);
    } catch (error) {
      if (!call.signal.aborted) throw error;
      if (call.cancelled() && !joined) await syncs.cancel(syncId);
      throw new DeedboxError('cancelled', 'Nobody waits for this sync any more.', { cause: error });
    }
  },
  text: (answer) =>
    isOver(answer)
      ? syncText(answer)
      : `${syncText(answer)}\nIt goes on. ${
          answer.job_id === undefined
            ? 'Ask for the documents a little later.'
            : `Ask get_sync_status with job_id "${answer.job_id}".`
        }`,
  shorten: (_services, _args, answer, share) => fewerFailures(answer, share),
});
