import * as z from 'zod/v4';
import { count, text } from './kinds.ts';

/** The settings of how Google Drive is reached; part of the environment. */
export const driveEnvironment = {
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
