import { DeedboxError, type ErrorCode } from '../../errors.ts';
import { isPassing, isRateLimit, type Refusal, refusalOf } from './refusal.ts';
import type { SignIn } from './sign-in.ts';

type Kind = SignIn['kind'];
interface Telling {
  code: ErrorCode;
  message: string;
  hint: string;
  retryable?: boolean;
}

const signInAgain =
  'Run `deedbox drive login` again. The sign-ins of an OAuth app whose publishing status is ' +
  '"Testing" end after 7 days: publish the app, or make it Internal, so that they stay.';

/** What a refusal of Google's means to whoever runs Deedbox, and what to do about it. */
export function explained(refusal: Refusal, kind: Kind, cause: unknown): DeedboxError {
  const { code, message, hint, retryable = false } = tellingOf(refusal, kind);
  return new DeedboxError(code, message, { hint, retryable, cause });
}

function tellingOf(refusal: Refusal, kind: Kind): Telling {
  if (isPassing(refusal)) return passing(refusal);
  if (refusal.ofSignIn) return ofSignIn(refusal, kind);
  const known = byReason[refusal.reason ?? ''];
  if (known) return known;
  if (refusal.status === 401) return refusedToken(kind);
  if (refusal.status === 404) {
    return {
      code: 'not_found',
      message: 'Google Drive has no such file, or no longer shows it to these credentials.',
      hint: 'Share it with them again if it is to be read.',
    };
  }
  return {
    code: 'source_error',
    message: `Google Drive refused (${refusal.status} ${refusal.reason ?? ''}).`.replace(' )', ')'),
    hint: '`deedbox drive check` tells whether the sign-in works.',
    retryable: true,
  };
}

function passing(refusal: Refusal): Telling {
  const { status } = refusal;
  if (isRateLimit(refusal)) {
    return {
      code: 'source_error',
      message: 'Google Drive was asked more often than it allows.',
      hint: 'It is tried again; lower DEEDBOX_DRIVE_UNITS_PER_MINUTE if it happens often.',
      retryable: true,
    };
  }
  const unreached = status === undefined;
  return {
    code: 'source_error',
    message: `Google Drive ${unreached ? 'could not be reached' : `failed (${status})`}.`,
    hint: unreached
      ? 'It is tried again; check that this machine reaches www.googleapis.com by HTTPS.'
      : 'It is tried again, by the next sync at the latest; the fault is Google’s, or a proxy’s between.',
    retryable: true,
  };
}

function refusedToken(kind: Kind): Telling {
  return {
    code: 'not_signed_in',
    message: 'Google no longer accepts the sign-in.',
    hint: kind === 'person' ? signInAgain : 'Check that the account is not disabled.',
  };
}

function ofSignIn({ reason, message }: Refusal, kind: Kind): Telling {
  const code = 'not_signed_in';
  if (kind === 'person') {
    if (reason === 'invalid_grant') {
      const said = 'The sign-in to Google Drive has expired or was revoked.';
      return { code, message: said, hint: signInAgain };
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

const scopeMissing: Telling = {
  code: 'not_signed_in',
  message: 'The sign-in does not include reading files in Google Drive.',
  hint:
    'Run `deedbox drive login` again and tick the box that allows it; for a service account with ' +
    'domain-wide delegation, add the scope drive.readonly in the Admin console.',
};
const apiDisabled: Telling = {
  code: 'source_error',
  message: 'The Google Drive API is not enabled in the Google Cloud project of these credentials.',
  hint: 'Enable it under APIs & Services › Library › Google Drive API; it takes some minutes.',
  retryable: true,
};
const policy: Telling = {
  code: 'source_error',
  message: 'A policy of your Google Workspace keeps this app out of Drive.',
  hint:
    'Ask the administrator to trust it: Admin console, Security › Access and data control › API ' +
    'controls › Manage app access.',
  retryable: true,
};
const notDownloadable: Telling = {
  code: 'source_error',
  message: 'The owner does not let these credentials download the file.',
  hint: 'Allow viewers to download it in its sharing settings, or share it for editing.',
};

const notImpersonated: Telling = {
  code: 'not_signed_in',
  message: 'Google does not let the workload become the service account.',
  hint: 'Give the workload’s principal the role Workload Identity User on the service account.',
};

const byReason: Record<string, Telling> = {
  IAM_PERMISSION_DENIED: notImpersonated,
  insufficientPermissions: scopeMissing,
  insufficientScopes: scopeMissing,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: scopeMissing,
  accessNotConfigured: apiDisabled,
  SERVICE_DISABLED: apiDisabled,
  domainPolicy: policy,
  appNotInstalled: policy,
  appBlacklisted: policy,
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
export function isRefusedFor(error: unknown, statuses: number[]): boolean {
  const refusal = refusalOf((error as Error).cause);
  if (!refusal || refusal.ofSignIn || isPassing(refusal)) return false;
  return refusal.status !== undefined && statuses.includes(refusal.status);
}

/** @param why a sentence, where more is known than that Google does not know the position any more */
export function positionExpired(cause?: unknown, why?: string): DeedboxError {
  const message = why ?? 'It was no longer known what had changed since the last sync.';
  return new DeedboxError('position_expired', message, { cause });
}
