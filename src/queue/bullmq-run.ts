import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { interruptionDelay } from './backoff.ts';
import type { Asked, KeptJob } from './bullmq-asked.ts';
import { describeFailure, requirePayload } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, RunningJob } from './queue.ts';

interface JobRunOptions {
  kind: JobKind;
  job: Job<KeptJob>;
  /** Shows BullMQ that it is this worker that has the job. */
  token: string;
  asked: Asked;
  handlers: Handlers;
  /** Runs at most; see `RetryPolicy`. */
  attempts: number;
}

/** One run of one job that BullMQ has given to this process. */
export class JobRun {
  /** Ends when the handler has ended, or the run was given up; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: JobRunOptions;
  readonly #abort = new AbortController();
  readonly #outcome: Promise<unknown>;
  #giveUp: ((reason: DeedboxError) => void) | undefined;
  #stopping = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
    const givenUp = new Promise<never>((_, reject) => (this.#giveUp = reject));
    this.#outcome = Promise.race([this.#run(), givenUp]).then(
      () => undefined,
      (error: unknown) => error ?? new Error('A handler threw nothing.'),
    );
    this.ended = this.#outcome.then(() => undefined);
  }

  /** Asks the handler to end, because this worker stops. */
  stop(): void {
    this.#stopping = true;
    this.#abort.abort(stopping());
  }

  /** Asks the handler to end, because another worker has the job. */
  takenAway(): void {
    this.#abort.abort(new DeedboxError('cancelled', 'Another worker has taken over the job.'));
  }

  /** Takes the run for ended, whether or not its handler has noticed that it is to stop. */
  giveUp(): void {
    this.stop();
    this.#giveUp?.(stopping());
  }

  /** Resolves where the job is done; else throws what tells BullMQ what becomes of it. */
  async settle(): Promise<void> {
    const outcome = await this.#outcome;
    if (outcome === undefined) return;
    const { kind, job, token, asked, attempts } = this.#options;
    if (outcome instanceof DelayedError) throw outcome;
    if (this.#stopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    // Another worker has it: there is nothing to be said to the queue.
    if (this.#abort.signal.aborted) throw new WaitingError();
    // Added again while it ran: what is asked for now has not been tried yet, and is rung for.
    if ((await asked.look(kind, job.name)) !== undefined) return;
    const failure = asDeedboxError(outcome);
    if (failure.retryable && job.attemptsMade + 1 < attempts) throw failure;
    await asked.recordFailure(kind, job.name);
    throw new UnrecoverableError(describeFailure(failure));
  }

  async #run(): Promise<void> {
    const { kind, job, handlers, attempts } = this.#options;
    await this.#holdBack();
    const kept = await this.#takeUp();
    if (kept === undefined) return;
    const payload = requirePayload(kind, kept);
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
      lastAttempt: attempt >= attempts,
      signal,
    });
  }

  /** A job whose workers died over and over may be why, and lets the others go first. */
  async #holdBack(): Promise<void> {
    const { job, token } = this.#options;
    const interruptions = job.stalledCounter;
    const delay = interruptionDelay(interruptions);
    if (delay === 0 || job.data.held === interruptions) return;
    await job.updateData({ ...job.data, held: interruptions });
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  /** The payload asked for last: newly asked, or what this job was cut short with; else undefined. */
  async #takeUp(): Promise<unknown> {
    const { kind, job, asked } = this.#options;
    const kept = await asked.look(kind, job.name);
    if (kept === undefined) return job.data.payload;
    const { payload } = JSON.parse(kept) as { payload: unknown };
    // Kept with the job before it is forgotten elsewhere, so that a crash between the two loses nothing.
    await job.updateData({ ...job.data, payload });
    await asked.take(kind, job.name, kept);
    return payload;
  }
}

const stopping = () => new DeedboxError('cancelled', 'The worker stops.');
