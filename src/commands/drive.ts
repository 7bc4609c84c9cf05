import type { Config } from '../settings/config.ts';
import { DeedboxError } from '../errors/errors.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { readTokenFile } from '../sources/drive/credential-files.ts';
import { removeTokenFile, writeTokenFile } from '../sources/drive/token-file.ts';
import { checkDrive, reportCheck } from './drive-check.ts';
import { openBrowser } from './open-browser.ts';

/** Milliseconds in which somebody must sign in. */
const signInTimeoutMs = 5 * 60_000;

/**
 * `deedbox drive login`: one person lets Deedbox read their Drive. What is kept before stays until it
 * went well.
 */
export async function login(config: Config, options: { browser: boolean }): Promise<number> {
  const { authorizeInBrowser: askToSignIn } = await import('../sources/drive/login.ts');
  const person = await askToSignIn(config.drive, {
    timeoutMs: signInTimeoutMs,
    onAuthUrl(address) {
      process.stdout.write(`Sign in to Google in the browser of this machine:\n\n  ${address}\n\n`);
      if (options.browser) openBrowser(address);
    },
  });
  writeTokenFile(config.drive.tokenFile, person);
  const api = await connectDrive({ ...config.drive, keyFile: undefined });
  const account = await api.account();
  process.stdout.write(
    `Signed in as ${account}. \`deedbox drive check\` shows what Deedbox sees; ` +
      '`deedbox ingest drive:` reads it.\n',
  );
  if (config.drive.keyFile !== undefined) {
    process.stderr.write('DEEDBOX_DRIVE_KEY_FILE is set, and is used instead of this sign-in.\n');
  }
  return 0;
}

/** `deedbox drive logout`: takes the right back at Google, and deletes the sign-in here. */
export async function logout(config: Config): Promise<number> {
  const { tokenFile } = config.drive;
  let person;
  try {
    person = readTokenFile(tokenFile);
  } catch (error) {
    // others may have read it, or it is damaged: all the more it goes
    if (!(error instanceof DeedboxError)) throw error;
    process.stderr.write(`${error.message}\n`);
    removeTokenFile(tokenFile);
    process.stdout.write(
      'The sign-in is deleted here. Take the right back at https://myaccount.google.com/connections.\n',
    );
    return 0;
  }
  if (!person) {
    process.stdout.write('Nobody is signed in.\n');
    return 0;
  }
  const { revoke } = await import('../sources/drive/login.ts');
  let isRevoked;
  try {
    isRevoked = await revoke(config.drive, person);
  } finally {
    removeTokenFile(tokenFile);
  }
  const outcome = isRevoked ? 'Google has taken the right back' : 'Google knew the sign-in no more';
  process.stdout.write(`Signed out: ${outcome}, and it is deleted here.\n`);
  return 0;
}

/** `deedbox drive check`: whether the sign-in works and what it sees; 1 where something is amiss. */
export async function check(config: Config, options: { json: boolean }): Promise<number> {
  const report = await checkDrive(config);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportCheck(report));
  return report.problems.length > 0 ? 1 : 0;
}
