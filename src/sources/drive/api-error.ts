import * as z from 'zod/v4';

/** What Google answered instead of what was asked for. */
export interface ApiError {
  /** HTTP status; absent where no answer came. */
  status?: number;
  /** Google's own word, e.g. `rateLimitExceeded`, or OAuth's, e.g. `invalid_grant`. */
  reason?: string;
  message: string;
  /** Of the token endpoint, so about the sign-in and not about what was asked for. */
  isAuthError: boolean;
  /** Milliseconds after which Google wants to be asked again. */
  retryAfterMs?: number;
}

const oauthErrorSchema = z.object({ error: z.string(), error_description: z.string().optional() });
const apiErrorSchema = z.object({
  error: z.object({
    message: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    status: z.string().optional(),
    details: z.array(z.looseObject({ reason: z.string().optional() })).optional(),
  }),
});

/** What a thrown error tells of Google's answer; undefined where it is no failure of a request. */
export function parseApiError(error: unknown): ApiError | undefined {
  if (!isGaxiosError(error)) return undefined;
  const { response, message } = error;
  if (!response) return { message, isAuthError: false };
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  // of a streamed answer only the message has the body
  const body = parseJson(response.data) ?? parseJson(message);
  const oauth = oauthErrorSchema.safeParse(body);
  if (oauth.success) {
    const { error: reason, error_description: description } = oauth.data;
    return { status, reason, message: description ?? reason, isAuthError: true, retryAfterMs };
  }
  const api = apiErrorSchema.safeParse(body);
  if (!api.success) return { status, message: `HTTP ${status}`, isAuthError: false, retryAfterMs };
  const { errors, details, message: apiMessage } = api.data.error;
  // the details know more reasons than the older list, which calls some of them just "forbidden"
  const detailReason = details?.find((detail) => detail.reason)?.reason;
  const listedReason = errors?.find((one) => one.reason)?.reason;
  const reason =
    listedReason === undefined || listedReason === 'forbidden'
      ? (detailReason ?? listedReason)
      : listedReason;
  return { status, reason, message: apiMessage ?? message, isAuthError: false, retryAfterMs };
}

/** Told by its form, so that whoever asks need not load Google's libraries. */
function isGaxiosError(error: unknown): error is Error & {
  response?: { status: number; headers: Headers; data: unknown };
} {
  return error instanceof Error && 'config' in error && 'response' in error;
}

/** `Retry-After` in milliseconds from now; it holds seconds or a date. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function parseJson(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

const rateReasons = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'sharingRateLimitExceeded',
  'RATE_LIMIT_EXCEEDED',
  'quotaExceeded',
]);

/** Whether it says that there are too many requests for now. */
export function isRateLimit({ status, reason }: ApiError): boolean {
  return status === 429 || (status === 403 && reason !== undefined && rateReasons.has(reason));
}

/** Whether the same request may go well in a moment. */
export function isRetryable(apiError: ApiError): boolean {
  const { status } = apiError;
  return status === undefined || status === 408 || status >= 500 || isRateLimit(apiError);
}
