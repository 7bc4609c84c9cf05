import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';

const serviceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  client_id: z.string().optional(),
  project_id: z.string().optional(),
});
const externalAccount = z.looseObject({
  type: z.literal('external_account'),
  audience: z.string().min(1),
  service_account_impersonation_url: z.string().optional(),
});
const authorizedUser = z.object({
  type: z.literal('authorized_user'),
  client_id: z.string().min(1),
  client_secret: z.string(),
  refresh_token: z.string().min(1),
});
const keyCredentials = z.discriminatedUnion('type', [
  serviceAccount,
  externalAccount,
  authorizedUser,
]);
export type KeyCredentials = z.infer<typeof keyCredentials>;
export type UserCredentials = z.infer<typeof authorizedUser>;

const desktopClient = z.object({
  installed: z.object({ client_id: z.string().min(1), client_secret: z.string() }),
});

/** Reads a key file. Throws `invalid_configuration`. */
export function readKeyFile(path: string): KeyCredentials {
  return parseCredentialFile(path, keyCredentials, {
    message: `${path} holds no credentials that can be used.`,
    hint:
      'Give the key of a service account, or the configuration of workload identity, as Google ' +
      'Cloud’s console or gcloud writes it.',
  });
}

/** The OAuth client that asks a person to sign in. Throws `invalid_configuration`. */
export function readClientFile(path: string): { id: string; secret: string } {
  const { installed } = parseCredentialFile(path, desktopClient, {
    message: `${path} holds no OAuth client of the kind "Desktop app".`,
    hint: 'In Google Cloud’s console, create one under APIs & Services › Credentials and download its JSON.',
  });
  return { id: installed.client_id, secret: installed.client_secret };
}

/**
 * The sign-in that `deedbox drive login` made, or undefined where there is none.
 * @throws DeedboxError `not_signed_in` where others may read it, or it is damaged
 */
export function readTokenFile(path: string): UserCredentials | undefined {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined) return undefined;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new DeedboxError('not_signed_in', `Others than its owner may read ${path}.`, {
      hint:
        `Whoever read it may read your Drive: run \`deedbox drive logout\`, then ` +
        '`deedbox drive login`. If nobody did, `chmod 600` on the file is enough.',
    });
  }
  try {
    return parseCredentialFile(path, authorizedUser, { message: `${path} is damaged.`, hint: '' });
  } catch (cause) {
    throw new DeedboxError('not_signed_in', `The sign-in kept in ${path} cannot be read.`, {
      hint: 'Run `deedbox drive login` again.',
      cause,
    });
  }
}

function parseCredentialFile<T>(
  path: string,
  schema: z.ZodType<T>,
  invalid: { message: string; hint: string },
): T {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DeedboxError('invalid_configuration', `${path} cannot be read.`, {
      hint: 'Check the path, and that the user that runs Deedbox may read it.',
      cause,
    });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // the cause would hold parts of the file
    throw new DeedboxError('invalid_configuration', invalid.message, { hint: invalid.hint });
  }
}

/** Stores a person's sign-in, readable for its owner alone. A failed write leaves the file as it was. */
export function writeTokenFile(path: string, credentials: UserCredentials): void {
  const temporaryPath = `${path}.${randomUUID()}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporaryPath, `${JSON.stringify(credentials)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    renameSync(temporaryPath, path);
  } catch (cause) {
    rmSync(temporaryPath, { force: true });
    throw new DeedboxError('storage_error', `The sign-in could not be kept in ${path}.`, {
      hint: 'Check the free space and the rights of the data folder, then sign in again.',
      cause,
    });
  }
}

export function removeTokenFile(path: string): void {
  rmSync(path, { force: true });
}
