import { join, resolve } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import { count, text } from '../../settings/kinds.ts';
import { readerOf, type SettingsReader } from '../source-kind.ts';

/** How and with which credentials Deedbox connects to Google Drive. */
export interface DriveSettings {
  /** The credentials for Deedbox: a service account's key, or an `external_account` configuration. */
  keyFile?: string;
  /** The credentials of other Google programs on this machine, used where no person has signed in. */
  defaultKeyFile?: string;
  /** The person whom a service account with domain-wide delegation impersonates. */
  subject?: string;
  /** The file of an OAuth client of the kind "Desktop app". */
  clientFile?: string;
  /** The file in which `login` stores a sign-in. */
  tokenFile: string;
  /** Replaces all of Google's addresses, for a proxy or a test. */
  endpoint?: string;
  limits: DriveLimits;
}

export interface DriveLimits {
  /** Google's quota units per minute, at most. */
  unitsPerMinute: number;
  /** Requests that run at once, at most. */
  concurrency: number;
  /** Milliseconds; the wait after a first failure is drawn from up to this, and it doubles. */
  initialBackoffMs: number;
  /** Attempts of a request that makes no progress, the first included. */
  maxAttempts: number;
  /** Milliseconds without a byte after which a request is aborted. */
  idleTimeoutMs: number;
}

/** The environment variables that say how Google Drive is reached. */
const driveEnvironment = {
  DEEDBOX_DRIVE_KEY_FILE: text
    .optional()
    .describe('Key file of a service account, or a configuration of workload identity federation.'),
  GOOGLE_APPLICATION_CREDENTIALS: text
    .optional()
    .describe('As `DEEDBOX_DRIVE_KEY_FILE`. Used where that is unset and no person has signed in.'),
  DEEDBOX_DRIVE_SUBJECT: z
    .email()
    .optional()
    .describe('Person whom a service account with domain-wide delegation impersonates.'),
  DEEDBOX_DRIVE_CLIENT_FILE: text
    .optional()
    .describe('OAuth client file for `deedbox drive login`.'),
  DEEDBOX_DRIVE_ENDPOINT: z
    .url()
    .optional()
    .describe("Replaces all of Google's addresses, for a proxy or a test."),
  DEEDBOX_DRIVE_UNITS_PER_MINUTE: count(1000, 100_000_000)
    .default(250_000)
    .describe(
      "Quota units that this worker may use per minute (list 100, metadata 5, download 200). Google's own limit is 325,000 for each user of a project.",
    ),
  DEEDBOX_DRIVE_CONCURRENCY: count(1, 64)
    .default(16)
    .describe('Maximum number of simultaneous requests; fewer while Google asks to slow down.'),
  DEEDBOX_DRIVE_BACKOFF_MS: count(1, 60_000)
    .default(1000)
    .describe('Longest first wait after a failed request. It doubles with each failure.'),
  DEEDBOX_DRIVE_ATTEMPTS: count(1, 20)
    .default(8)
    .describe('Attempts of a request that makes no progress.'),
  DEEDBOX_DRIVE_TIMEOUT_SECONDS: count(1, 3600)
    .default(90)
    .describe('A request that receives no byte for this long is aborted and retried.'),
};

export const driveSettingsReader: SettingsReader<DriveSettings> = {
  title: 'Google Drive',
  page: 'drive.md',
  ...readerOf(driveEnvironment, (env, dataFolder) => ({
    keyFile: env.DEEDBOX_DRIVE_KEY_FILE,
    defaultKeyFile: env.GOOGLE_APPLICATION_CREDENTIALS,
    subject: env.DEEDBOX_DRIVE_SUBJECT,
    clientFile: env.DEEDBOX_DRIVE_CLIENT_FILE,
    tokenFile: join(dataFolder, 'drive-token.json'),
    endpoint: env.DEEDBOX_DRIVE_ENDPOINT,
    limits: {
      unitsPerMinute: env.DEEDBOX_DRIVE_UNITS_PER_MINUTE,
      concurrency: env.DEEDBOX_DRIVE_CONCURRENCY,
      initialBackoffMs: env.DEEDBOX_DRIVE_BACKOFF_MS,
      maxAttempts: env.DEEDBOX_DRIVE_ATTEMPTS,
      idleTimeoutMs: env.DEEDBOX_DRIVE_TIMEOUT_SECONDS * 1000,
    },
  })),
  // a person's sign-in lies in the data folder
  forwarded: ({ keyFile, subject }) => ({
    ...(keyFile !== undefined && {
      DEEDBOX_DRIVE_KEY_FILE: resolve(keyFile),
      ...(subject !== undefined && { DEEDBOX_DRIVE_SUBJECT: subject }),
    }),
  }),
};

export const readScope = 'https://www.googleapis.com/auth/drive.readonly';
export const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';

/**
 * The address to which a request to Google is sent.
 * @throws DeedboxError `invalid_configuration` where the endpoint is no address
 */
export function endpointFor(url: string | URL, endpoint: string | undefined): URL {
  const requested = new URL(url);
  if (endpoint === undefined) return requested;
  try {
    return new URL(requested.pathname + requested.search, endpoint);
  } catch (cause) {
    throw new DeedboxError(
      'invalid_configuration',
      'DEEDBOX_DRIVE_ENDPOINT is not a valid address.',
      {
        hint: 'For example http://127.0.0.1:8080/. Unset it to connect to Google.',
        cause,
      },
    );
  }
}
