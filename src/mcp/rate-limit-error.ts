import { DeedboxError } from '../errors/errors.ts';

/** The limits of the service, as the metrics name them. */
export const limitNames = [
  'requests',
  'calls',
  'received_bytes',
  'sent_bytes',
  'open_requests',
  'open_requests_total',
  'open_bodies',
  'open_bodies_total',
  'pending_calls',
  'sessions',
  'sessions_total',
  'subscriptions',
  'refused_sign_ins',
] as const;
export type LimitName = (typeof limitNames)[number];

export interface RateLimitOptions {
  limit: LimitName;
  /** 429 for a limit of one caller, 503 for one of all callers together. */
  status: 429 | 503;
  message: string;
  retryAfterSeconds: number;
  /** The setting that changes the limit; undefined for a fixed one. */
  setting?: string;
}

/** A request that came too soon or is one too many. */
export class RateLimitError extends DeedboxError {
  readonly limit: LimitName;
  readonly status: 429 | 503;
  readonly retryAfterSeconds: number;

  constructor({ limit, status, message, retryAfterSeconds, setting }: RateLimitOptions) {
    const change =
      setting === undefined ? '' : ` Administrators change this limit with ${setting}.`;
    super('not_ready', message, {
      retryable: true,
      hint: `Try again in ${retryAfterSeconds} s.${change}`,
    });
    this.limit = limit;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
