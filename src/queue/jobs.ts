import * as z from 'zod/v4';

const syncKind = z.enum(['incremental', 'nightly', 'reconcile', 'full']);

/** Payload schemas by kind of job, checked when a job is added and again when it runs. */
export const jobPayloads = {
  /** Request a sync of all sources, as a person would. */
  request: z.object({ kind: syncKind }),
  /** Bring the index up to date with the sources. */
  sync: z.object({
    syncId: z.string().min(1),
    /** Ids of the sources to read. */
    sources: z.array(z.string().min(1)),
    /** How much is compared; see `SyncKind` of the store's records. */
    kind: syncKind,
  }),
  /** Read one file into the index. */
  ingest: z.object({
    syncId: z.string().min(1),
    fileId: z.string().min(1),
    /** Index it again even when its bytes have not changed. */
    force: z.boolean(),
  }),
};

export type JobKind = keyof typeof jobPayloads;
export type JobPayload<K extends JobKind> = z.infer<(typeof jobPayloads)[K]>;
