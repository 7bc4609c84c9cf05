export interface RetryPolicy {
  /** Maximum number of runs, the first one included; interrupted runs do not count. */
  maxAttempts: number;
  /** Upper bound of the delay before the second run, in milliseconds; doubles with each run. */
  baseDelayMs: number;
  /** Upper bound of any delay, in milliseconds. */
  maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxAttempts: 5,
  baseDelayMs: 1000,
  maxDelayMs: 5 * 60_000,
};

/**
 * Milliseconds to wait after run number `attempt` (from 1) failed: exponential backoff with full
 * jitter (Brooker, "Exponential Backoff and Jitter", 2015).
 */
export function retryDelayMs(attempt: number, policy: RetryPolicy): number {
  return Math.random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
}

/** The longest delay that `stallDelayMs` returns, in milliseconds. */
export const maxStallDelayMs = 10 * 60_000;

/**
 * Milliseconds to wait after the n-th interrupted run of a job. Any job may be hit by two crashes; one
 * that is hit more often may cause them, and must not delay the others.
 */
export function stallDelayMs(stalledCount: number): number {
  if (stalledCount <= 2) return 0;
  return Math.min(maxStallDelayMs, 100 * 2 ** (stalledCount - 3));
}

/** A limiter of `max` jobs per `duration` in milliseconds that spreads `perMinute` evenly. */
export function pacedLimiter(perMinute: number): { max: number; duration: number } {
  const max = Math.max(1, Math.floor(perMinute / 60));
  return { max, duration: Math.round((max * 60_000) / perMinute) };
}
