import * as z from 'zod/v4';
import { DeedboxError, type ErrorCode } from '../../errors/errors.ts';
import type { SignIn } from './sign-in.ts';

/** A failed request to Google. */
export interface ApiError {
  /** HTTP status; absent where there was no response. */
  status?: number;
  /** Google's reason, e.g. `rateLimitExceeded`, or that of OAuth, e.g. `invalid_grant`. */
  reason?: string;
  message: string;
  /** Whether it is a response of the token endpoint, and so about the sign-in. */
  isAuthError: boolean;
  /** Milliseconds to wait before another attempt, from `Retry-After`. */
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

/** The failed request of a thrown error; undefined where it is another error. */
export function parseApiError(error: unknown): ApiError | undefined {
  if (!isGaxiosError(error)) return undefined;
  const { response, message } = error;
  if (!response) return { message, isAuthError: false };
  const { status } = response;
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
  // for a streamed response, only the message holds the body
  const body = parseJson(response.data) ?? parseJson(message);
  const oauth = oauthErrorSchema.safeParse(body);
  if (oauth.success) {
    const { error: reason, error_description: description } = oauth.data;
    return { status, reason, message: description ?? reason, isAuthError: true, retryAfterMs };
  }
  const api = apiErrorSchema.safeParse(body);
  if (!api.success) return { status, message: `HTTP ${status}`, isAuthError: false, retryAfterMs };
  const { errors, details, message: apiMessage } = api.data.error;
  // the details have more specific reasons than the older list, where some are just "forbidden"
  const detailReason = details?.find((detail) => detail.reason)?.reason;
  const listedReason = errors?.find((one) => one.reason)?.reason;
  const reason =
    listedReason === undefined || listedReason === 'forbidden'
      ? (detailReason ?? listedReason)
      : listedReason;
  return { status, reason, message: apiMessage ?? message, isAuthError: false, retryAfterMs };
}

/** Recognised by its fields, so that Google's libraries need not be loaded. */
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

/** Whether Google reports too many requests. */
export function isRateLimit({ status, reason }: ApiError): boolean {
  return status === 429 || (status === 403 && reason !== undefined && rateReasons.has(reason));
}

/** Whether the same request may succeed later. */
export function isRetryable(apiError: ApiError): boolean {
  const { status } = apiError;
  return status === undefined || status === 408 || status >= 500 || isRateLimit(apiError);
}

type SignInKind = SignIn['kind'];
interface ErrorDescription {
  code: ErrorCode;
  message: string;
  hint: string;
  retryable?: boolean;
}

const signInAgain =
  'Run `deedbox drive login` again. The sign-ins of an OAuth app whose publishing status is ' +
  '"Testing" end after 7 days: publish the app, or make it Internal, so that they stay.';

/** A failed request as an error with a hint for the administrator. */
export function toDeedboxError(apiError: ApiError, kind: SignInKind, cause: unknown): DeedboxError {
  const { code, message, hint, retryable = false } = describeApiError(apiError, kind);
  return new DeedboxError(code, message, { hint, retryable, cause });
}

function describeApiError(apiError: ApiError, kind: SignInKind): ErrorDescription {
  if (isRetryable(apiError)) return retryableFailure(apiError);
  if (apiError.isAuthError) return signInFailure(apiError, kind);
  const known = descriptionsByReason[apiError.reason ?? ''];
  if (known) return known;
  if (apiError.status === 401) return rejectedToken(kind);
  if (apiError.status === 404) {
    return {
      code: 'not_found',
      message: 'Google Drive has no such file, or no longer shows it to these credentials.',
      hint: 'Share it with them again if it is to be read.',
    };
  }
  return {
    code: 'source_error',
    message: `Google Drive refused (${apiError.status} ${apiError.reason ?? ''}).`.replace(
      ' )',
      ')',
    ),
    hint: '`deedbox drive check` tells whether the sign-in works.',
    retryable: true,
  };
}

function retryableFailure(apiError: ApiError): ErrorDescription {
  const { status } = apiError;
  if (isRateLimit(apiError)) {
    return {
      code: 'source_error',
      message: 'Google Drive reports too many requests.',
      hint: 'Deedbox tries again. Lower DEEDBOX_DRIVE_UNITS_PER_MINUTE if this happens often.',
      retryable: true,
    };
  }
  const isUnreachable = status === undefined;
  return {
    code: 'source_error',
    message: `Google Drive ${isUnreachable ? 'could not be reached' : `failed (${status})`}.`,
    hint: isUnreachable
      ? 'Deedbox tries again. Check that this machine reaches www.googleapis.com by HTTPS.'
      : 'Deedbox tries again, with the next sync at the latest. The fault is at Google or in a proxy.',
    retryable: true,
  };
}

function rejectedToken(kind: SignInKind): ErrorDescription {
  return {
    code: 'not_signed_in',
    message: 'Google no longer accepts the sign-in.',
    hint: kind === 'user' ? signInAgain : 'Check that the account is not disabled.',
  };
}

function signInFailure({ reason, message }: ApiError, kind: SignInKind): ErrorDescription {
  const code = 'not_signed_in';
  if (kind === 'user') {
    if (reason === 'invalid_grant') {
      const expiredMessage = 'The sign-in to Google Drive has expired or was revoked.';
      return { code, message: expiredMessage, hint: signInAgain };
    }
    return {
      code,
      message: `Google refused the OAuth client (${reason}).`,
      hint: 'Check that it still exists, download its JSON again, and run `deedbox drive login`.',
    };
  }
  if (reason === 'unauthorized_client') {
    return {
      code,
      message: 'Google does not let the service account impersonate DEEDBOX_DRIVE_SUBJECT.',
      hint:
        'In the Admin console under Security › Access and data control › API controls › Domain-wide ' +
        'delegation, add its client id with the scopes drive.readonly and drive.metadata.readonly.',
    };
  }
  return {
    code,
    message: `Google refused the credentials: ${message}.`.replace('..', '.'),
    hint:
      'Check that the key still exists, that the account is not disabled, that this machine’s clock ' +
      'is right, and that DEEDBOX_DRIVE_SUBJECT, where set, is a person’s address.',
  };
}

const scopeMissing: ErrorDescription = {
  code: 'not_signed_in',
  message: 'The sign-in does not include reading files in Google Drive.',
  hint:
    'Run `deedbox drive login` again and tick the box that allows it; for a service account with ' +
    'domain-wide delegation, add the scope drive.readonly in the Admin console.',
};
const apiDisabled: ErrorDescription = {
  code: 'source_error',
  message: 'The Google Drive API is not enabled in the Google Cloud project of these credentials.',
  hint: 'Enable it under APIs & Services › Library › Google Drive API; it takes some minutes.',
  retryable: true,
};
const blockedByPolicy: ErrorDescription = {
  code: 'source_error',
  message: 'A policy of your Google Workspace blocks this app.',
  hint:
    'Ask the administrator to trust it: Admin console, Security › Access and data control › API ' +
    'controls › Manage app access.',
  retryable: true,
};
const notDownloadable: ErrorDescription = {
  code: 'source_error',
  message: 'The owner does not let these credentials download the file.',
  hint: 'Allow viewers to download it in its sharing settings, or share it for editing.',
};

const notImpersonated: ErrorDescription = {
  code: 'not_signed_in',
  message: 'Google does not let the workload impersonate the service account.',
  hint: 'Give the workload’s principal the role Workload Identity User on the service account.',
};

const descriptionsByReason: Record<string, ErrorDescription> = {
  IAM_PERMISSION_DENIED: notImpersonated,
  insufficientPermissions: scopeMissing,
  insufficientScopes: scopeMissing,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: scopeMissing,
  accessNotConfigured: apiDisabled,
  SERVICE_DISABLED: apiDisabled,
  domainPolicy: blockedByPolicy,
  appNotInstalled: blockedByPolicy,
  appBlacklisted: blockedByPolicy,
  cannotDownloadFile: notDownloadable,
  insufficientFilePermissions: notDownloadable,
  fileNotDownloadable: {
    code: 'source_error',
    message: 'Google Drive holds no bytes for this file.',
    hint: 'Only files and Google Docs are read.',
  },
  cannotDownloadAbusiveFile: {
    code: 'source_error',
    message: 'Google marked the file as malware or spam, so it is not read.',
    hint: 'Have its owner ask Google for a review, or put a clean copy in its place.',
  },
  exportSizeLimitExceeded: {
    code: 'too_large',
    message: 'The Google Doc is larger than Google exports.',
    hint: 'Split it, or save it as a PDF file in Drive.',
  },
  dailyLimitExceeded: {
    code: 'source_error',
    message: 'The Google Cloud project has used up its daily quota for Drive.',
    hint: 'Deedbox goes on tomorrow. To go on sooner, raise the quota of the Google Drive API.',
    retryable: true,
  },
};

/** Whether Google responded with one of these statuses, and will do so again. */
export function hasApiStatus(error: unknown, statuses: number[]): boolean {
  const apiError = parseApiError((error as Error).cause);
  if (!apiError || apiError.isAuthError || isRetryable(apiError)) return false;
  return apiError.status !== undefined && statuses.includes(apiError.status);
}

/** @param reason a sentence, where more is known than that Google no longer accepts the token */
export function cursorExpired(cause?: unknown, reason?: string): DeedboxError {
  const message = reason ?? 'It was no longer known what had changed since the last sync.';
  return new DeedboxError('checkpoint_expired', message, { cause });
}
