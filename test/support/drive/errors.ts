/** An answer that is not a success, in the shape of Google's error JSON. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** An error of the Drive or Directory API. */
export function apiError(
  code: number,
  reason: string,
  message: string,
  extra: {
    domain?: string;
    location?: string;
    locationType?: string;
    status?: string;
    headers?: Record<string, string>;
  } = {},
): ApiError {
  const { domain = 'global', location, locationType, status, headers } = extra;
  const error = {
    message,
    domain,
    reason,
    ...(location && { location, locationType: locationType ?? 'parameter' }),
  };
  return new ApiError(
    code,
    { error: { code, message, errors: [error], ...(status && { status }) } },
    headers,
  );
}

/** An error of the token endpoint, in the shape of RFC 6749. */
export function oauthError(status: number, error: string, description: string): ApiError {
  return new ApiError(status, { error, error_description: description });
}

/** Drive answers alike for what does not exist and what the caller may not know of. */
export function fileNotFound(id: string): ApiError {
  return apiError(404, 'notFound', `File not found: ${id}.`, { location: 'fileId' });
}

export function driveNotFound(id: string): ApiError {
  return apiError(404, 'notFound', `Shared drive not found: ${id}`, { location: 'driveId' });
}

export function invalidValue(location: string, message = 'Invalid Value'): ApiError {
  return apiError(400, 'invalid', message, { location });
}

/** The reasons of 403 and 429 that tests ask for by name, as Google words them. */
export const messages: Record<string, { domain: string; message: string }> = {
  userRateLimitExceeded: { domain: 'usageLimits', message: 'User Rate Limit Exceeded' },
  rateLimitExceeded: { domain: 'usageLimits', message: 'Rate Limit Exceeded' },
  dailyLimitExceeded: { domain: 'usageLimits', message: 'Daily Limit Exceeded' },
  storageQuotaExceeded: {
    domain: 'global',
    message: "The user's Drive storage quota has been exceeded.",
  },
  insufficientFilePermissions: {
    domain: 'global',
    message: 'The user does not have sufficient permissions for this file.',
  },
  cannotDownloadFile: { domain: 'global', message: 'This file cannot be downloaded by the user.' },
  cannotDownloadAbusiveFile: {
    domain: 'global',
    message:
      'This file has been identified as malware or spam and cannot be downloaded without acknowledgeAbuse.',
  },
  exportSizeLimitExceeded: { domain: 'global', message: 'This file is too large to be exported.' },
  fileNotDownloadable: {
    domain: 'global',
    message:
      'Only files with binary content can be downloaded. Use Export with Docs Editors files.',
  },
  fileNotExportable: {
    domain: 'global',
    message: 'Export only supports Docs Editors files.',
  },
  domainPolicy: {
    domain: 'global',
    message: 'The domain administrators have disabled Drive apps.',
  },
  appNotAuthorizedToFile: {
    domain: 'global',
    message: 'The user has not granted the app read access to the file.',
  },
  backendError: { domain: 'global', message: 'Backend Error' },
  authError: { domain: 'global', message: 'Invalid Credentials' },
};

export function forbidden(reason: string): ApiError {
  const known = messages[reason] ?? { domain: 'global', message: reason };
  return apiError(403, reason, known.message, { domain: known.domain });
}

export function invalidCredentials(): ApiError {
  return apiError(401, 'authError', 'Invalid Credentials', {
    location: 'Authorization',
    locationType: 'header',
    status: 'UNAUTHENTICATED',
    headers: { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/"' },
  });
}
