import { syncStatusResponseSchema } from '../../search/response-schemas.ts';
import { syncStatusRequestSchema } from '../../search/request-schemas.ts';
import { truncateFailures, syncText } from './sync-text.ts';
import { defineTool } from './tool.ts';

export const getSyncStatusTool = defineTool({
  name: 'get_sync_status',
  title: 'Status of the index',
  description:
    'How far a sync is (the newest without job_id): files found, indexed, unchanged, failed, removed, ' +
    'rate, time left, and each failed file with its reason. Use it to say whether the index is complete ' +
    'or why a contract is missing.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: syncStatusRequestSchema,
  output: syncStatusResponseSchema,
  run: ({ syncs }, args) => syncs.status(args.job_id),
  text: syncText,
  truncate: (_services, _args, answer, share) => truncateFailures(answer, share),
});
