import * as z from 'zod/v4';

const id = z.string().min(1).max(200);

/**
 * Payload schemas by kind of job, checked when a job is added and again when it runs. A payload names
 * rows of the store and grants nothing: whoever can write to the queue must not be able to choose what is
 * read, or for whom. Sources, kinds and files are those that the store has.
 */
export const jobPayloads = {
  /** Request the nightly sync of all sources. */
  request: z.object({ kind: z.literal('nightly') }),
  /** Bring the index up to date with the sources of a sync. */
  sync: z.object({
    syncId: id,
    /** Written by earlier versions and never read: the sources are those of the sync. */
    sources: z.array(z.string().max(10_000)).max(1000).optional(),
  }),
  /** Read one file into the index, if it is waiting for that. */
  ingest: z.object({
    /** The sync in which the file was enqueued. */
    syncId: id,
    fileId: id,
    /** Index it again even when its bytes have not changed. */
    force: z.boolean(),
  }),
};

export type JobKind = keyof typeof jobPayloads;
export type JobPayload<K extends JobKind> = z.infer<(typeof jobPayloads)[K]>;
