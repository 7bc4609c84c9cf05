import { DeedboxError } from '../../errors/errors.ts';

/** How Google Drive is reached and as whom. */
export interface DriveSettings {
  /** Credentials named for Deedbox: a service account's key, or an `external_account` configuration. */
  keyFile?: string;
  /** The credentials that other Google programs on this machine use; what `login` made comes first. */
  defaultKeyFile?: string;
  /** The person in whose name a service account with domain-wide delegation reads. */
  subject?: string;
  /** The OAuth client of the kind "Desktop app", as Google's console gives it. */
  clientFile?: string;
  /** Where `login` keeps the sign-in of one person. */
  tokenFile: string;
  /** Takes the place of every address of Google's, for a proxy or a test. */
  endpoint?: string;
  limits: DriveLimits;
}

export interface DriveLimits {
  /** Google's quota units that may be used in a minute. */
  unitsPerMinute: number;
  /** Requests that run at once, at most. */
  concurrency: number;
  /** Milliseconds; the wait after a first failure is drawn from up to this, and it doubles. */
  initialBackoffMs: number;
  /** Tries of one request without progress, the first included. */
  maxAttempts: number;
  /** Milliseconds without a byte after which a request is given up. */
  idleTimeoutMs: number;
}

export const readScope = 'https://www.googleapis.com/auth/drive.readonly';
export const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';

/**
 * The address that a request for one of Google's really goes to.
 * @throws DeedboxError `invalid_configuration` where the endpoint is none
 */
export function endpointFor(url: string | URL, endpoint: string | undefined): URL {
  const requested = new URL(url);
  if (endpoint === undefined) return requested;
  try {
    return new URL(requested.pathname + requested.search, endpoint);
  } catch (cause) {
    throw new DeedboxError('invalid_configuration', `DEEDBOX_DRIVE_ENDPOINT is no address.`, {
      hint: 'For example http://127.0.0.1:8080/; without it Google itself is asked.',
      cause,
    });
  }
}
