import * as z from 'zod/v4';
import { DeedboxError, type ErrorCode } from '../../errors/errors.ts';
import type { SignIn } from './sign-in.ts';

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

/** What a refusal of Google's means to whoever runs Deedbox, and what to do about it. */
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
      message: 'Google Drive was asked more often than it allows.',
      hint: 'It is tried again; lower DEEDBOX_DRIVE_UNITS_PER_MINUTE if it happens often.',
      retryable: true,
    };
  }
  const isUnreachable = status === undefined;
  return {
    code: 'source_error',
    message: `Google Drive ${isUnreachable ? 'could not be reached' : `failed (${status})`}.`,
    hint: isUnreachable
      ? 'It is tried again; check that this machine reaches www.googleapis.com by HTTPS.'
      : 'It is tried again, by the next sync at the latest; the fault is Google’s, or a proxy’s between.',
    retryable: true,
  };
}

function rejectedToken(kind: SignInKind): ErrorDescription {
  return {
    code: 'not_signed_in',
    message: 'Google no longer accepts the sign-in.',
    hint: kind === 'person' ? signInAgain : 'Check that the account is not disabled.',
  };
}

function signInFailure({ reason, message }: ApiError, kind: SignInKind): ErrorDescription {
  const code = 'not_signed_in';
  if (kind === 'person') {
    if (reason === 'invalid_grant') {
      const expiredMessage = 'The sign-in to Google Drive has expired or was revoked.';
      return { code, message: expiredMessage, hint: signInAgain };
    }
    return {
      code,
      message: `Google refused the OAuth client (${reason}).`,
      hint: 'Check that it still exists, download its JSON anew, and run `deedbox drive login`.',
    };
  }
  if (reason === 'unauthorized_client') {
    return {
      code,
      message: 'Google does not let the service account read in the name of DEEDBOX_DRIVE_SUBJECT.',
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
  message: 'A policy of your Google Workspace keeps this app out of Drive.',
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
  message: 'Google does not let the workload become the service account.',
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
    message: 'The Google Cloud project has used up what it may ask Drive in a day.',
    hint: 'It goes on tomorrow; raise the quota of the Google Drive API to have it sooner.',
    retryable: true,
  },
};

/** Whether Google gave one of these answers, for good. */
export function hasApiStatus(error: unknown, statuses: number[]): boolean {
  const apiError = parseApiError((error as Error).cause);
  if (!apiError || apiError.isAuthError || isRetryable(apiError)) return false;
  return apiError.status !== undefined && statuses.includes(apiError.status);
}

/** @param reason a sentence, where more is known than that Google does not know the position any more */
export function cursorExpired(cause?: unknown, reason?: string): DeedboxError {
  const message = reason ?? 'It was no longer known what had changed since the last sync.';
  return new DeedboxError('checkpoint_expired', message, { cause });
}
