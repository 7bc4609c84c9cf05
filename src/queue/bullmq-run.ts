import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import { stallDelayMs } from './backoff.ts';
import type { PendingRequests, BullmqJobData } from './bullmq-pending-requests.ts';
import { describeFailure, requirePayload } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, RunningJob } from './queue.ts';

interface JobRunOptions {
  kind: JobKind;
  job: Job<BullmqJobData>;
  /** Shows BullMQ that it is this worker that has the job. */
  token: string;
  pending: PendingRequests;
  handlers: Handlers;
  /** Runs at most; see `RetryPolicy`. */
  maxAttempts: number;
}

/** One run of one job that BullMQ has given to this process. */
export class JobRun {
  /** Ends when the handler has ended, or the run was given up; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: JobRunOptions;
  readonly #abort = new AbortController();
  readonly #outcome: Promise<unknown>;
  #abandon: ((reason: DeedboxError) => void) | undefined;
  #isStopping = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
    const aborted = new Promise<never>((_, reject) => (this.#abandon = reject));
    this.#outcome = Promise.race([this.#run(), aborted]).then(
      () => undefined,
      (error: unknown) => error ?? new Error('A handler threw nothing.'),
    );
    this.ended = this.#outcome.then(() => undefined);
  }

  /** Asks the handler to end, because this worker stops. */
  stop(): void {
    this.#isStopping = true;
    this.#abort.abort(stoppingError());
  }

  /** Asks the handler to end, because another worker has the job. */
  abortLostJob(): void {
    this.#abort.abort(new DeedboxError('cancelled', 'Another worker has taken over the job.'));
  }

  /** Takes the run for ended, whether or not its handler has noticed that it is to stop. */
  abandon(): void {
    this.stop();
    this.#abandon?.(stoppingError());
  }

  /** Resolves where the job is done; else throws what tells BullMQ what becomes of it. */
  async settle(): Promise<void> {
    const outcome = await this.#outcome;
    if (outcome === undefined) return;
    const { kind, job, token, pending, maxAttempts } = this.#options;
    if (outcome instanceof DelayedError) throw outcome;
    if (this.#isStopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    // Another worker has it: there is nothing to be said to the queue.
    if (this.#abort.signal.aborted) throw new WaitingError();
    // Added again while it ran: what is asked for now has not been tried yet, and is rung for.
    if ((await pending.peek(kind, job.name)) !== undefined) return;
    const failure = asDeedboxError(outcome);
    if (failure.retryable && job.attemptsMade + 1 < maxAttempts) throw failure;
    await pending.recordFailure(kind, job.name);
    throw new UnrecoverableError(describeFailure(failure));
  }

  async #run(): Promise<void> {
    const { kind, job, handlers, maxAttempts } = this.#options;
    await this.#delayIfStalled();
    const stored = await this.#takePayload();
    if (stored === undefined) return;
    const payload = requirePayload(kind, stored);
    const attempt = job.attemptsMade + 1;
    // The kind picks the handler and the payload's schema, which the compiler cannot follow.
    const handler = handlers[kind] as (job: RunningJob) => Promise<void>;
    const { signal } = this.#abort;
    signal.throwIfAborted();
    await handler({
      kind,
      key: job.name,
      payload,
      attempt,
      lastAttempt: attempt >= maxAttempts,
      signal,
    });
  }

  /** A job whose workers died over and over may be why, and lets the others go first. */
  async #delayIfStalled(): Promise<void> {
    const { job, token } = this.#options;
    const stalledCount = job.stalledCounter;
    const delay = stallDelayMs(stalledCount);
    if (delay === 0 || job.data.delayedAtStalledCount === stalledCount) return;
    await job.updateData({ ...job.data, delayedAtStalledCount: stalledCount });
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  /** The payload asked for last: newly asked, or what this job was cut short with; else undefined. */
  async #takePayload(): Promise<unknown> {
    const { kind, job, pending } = this.#options;
    const entry = await pending.peek(kind, job.name);
    if (entry === undefined) return job.data.payload;
    const { payload } = JSON.parse(entry) as { payload: unknown };
    // Kept with the job before it is forgotten elsewhere, so that a crash between the two loses nothing.
    await job.updateData({ ...job.data, payload });
    await pending.consume(kind, job.name, entry);
    return payload;
  }
}

const stoppingError = () => new DeedboxError('cancelled', 'The worker stops.');
