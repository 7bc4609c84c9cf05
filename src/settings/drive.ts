import * as z from 'zod/v4';
import { count } from './kinds.ts';

/** The settings of how Google Drive is reached; part of the environment. */
export const driveEnvironment = {
  /** A service account's key, or a configuration of workload identity, for Google Drive. */
  DEEDBOX_DRIVE_KEY_FILE: z.string().min(1).optional(),
  /** The same for other Google programs; used where neither of the others is there. */
  GOOGLE_APPLICATION_CREDENTIALS: z.string().min(1).optional(),
  /** In whose name a service account with domain-wide delegation reads. */
  DEEDBOX_DRIVE_SUBJECT: z.email().optional(),
  /** The OAuth client with which `deedbox drive login` asks a person. */
  DEEDBOX_DRIVE_CLIENT_FILE: z.string().min(1).optional(),
  /** Takes the place of all of Google's addresses, for a proxy or a test. */
  DEEDBOX_DRIVE_ENDPOINT: z.url().optional(),
  /** Of Google's quota units; Google allows 325,000 to each user of a project. */
  DEEDBOX_DRIVE_UNITS_PER_MINUTE: count(1000, 100_000_000).default(250_000),
  DEEDBOX_DRIVE_CONCURRENCY: count(1, 64).default(16),
  /** The longest wait after a first failed request, which doubles with each that follows. */
  DEEDBOX_DRIVE_BACKOFF_MS: count(1, 60_000).default(1000),
  DEEDBOX_DRIVE_ATTEMPTS: count(1, 20).default(8),
  /** Without a byte, a request to Google is given up. */
  DEEDBOX_DRIVE_TIMEOUT_SECONDS: count(1, 3600).default(90),
};

type Environment = z.output<z.ZodObject<typeof driveEnvironment>>;

/** The same as the parts of the program have it. */
export function driveSettings(env: Environment) {
  return {
    keyFile: env.DEEDBOX_DRIVE_KEY_FILE,
    defaultKeyFile: env.GOOGLE_APPLICATION_CREDENTIALS,
    subject: env.DEEDBOX_DRIVE_SUBJECT,
    clientFile: env.DEEDBOX_DRIVE_CLIENT_FILE,
    endpoint: env.DEEDBOX_DRIVE_ENDPOINT,
    limits: {
      unitsPerMinute: env.DEEDBOX_DRIVE_UNITS_PER_MINUTE,
      concurrency: env.DEEDBOX_DRIVE_CONCURRENCY,
      initialBackoffMs: env.DEEDBOX_DRIVE_BACKOFF_MS,
      maxAttempts: env.DEEDBOX_DRIVE_ATTEMPTS,
      idleTimeoutMs: env.DEEDBOX_DRIVE_TIMEOUT_SECONDS * 1000,
    },
  };
}
