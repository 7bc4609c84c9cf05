import { spawn } from 'node:child_process';
import { writeError, writeJson, writeOutput } from '../../encode/terminal.ts';
import { quoted, singleLine } from '../../encode/visible.ts';
import { asDeedboxError, DeedboxError } from '../../errors/errors.ts';
import type { DriveApi } from './api.ts';
import { folderType } from './api-schemas.ts';
import { connectDrive } from './connect.ts';
import { findContainers } from './containment.ts';
import { readTokenFile, removeTokenFile, writeTokenFile } from './credential-files.ts';
import { metadataScope, type DriveSettings } from './settings.ts';

/** Milliseconds that a person has to sign in. */
const signInTimeoutMs = 5 * 60_000;

/**
 * `deedbox drive login`: one person lets Deedbox read their Drive. An earlier sign-in is replaced only
 * when the new one has succeeded.
 */
export async function login(
  settings: DriveSettings,
  options: { browser: boolean },
): Promise<number> {
  const { authorizeInBrowser } = await import('./login.ts');
  const credentials = await authorizeInBrowser(settings, {
    timeoutMs: signInTimeoutMs,
    onAuthUrl(address) {
      writeOutput(`Sign in to Google in the browser of this machine:\n\n  ${address}\n\n`);
      if (options.browser) openBrowser(address);
    },
  });
  writeTokenFile(settings.tokenFile, credentials);
  const api = await connectDrive({ ...settings, keyFile: undefined });
  const account = await api.account();
  writeOutput(
    `Signed in as ${account}. \`deedbox drive check\` shows what Deedbox sees; ` +
      '`deedbox ingest drive:` reads it.\n',
  );
  if (settings.keyFile !== undefined) {
    writeError('DEEDBOX_DRIVE_KEY_FILE is set, and is used instead of this sign-in.\n');
  }
  return 0;
}

const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** Opens an address in the browser, if there is one. Reports no failure. */
function openBrowser(address: string): void {
  const [program, ...args] = openers[process.platform] ?? [];
  if (program === undefined) return;
  const child = spawn(program, [...args, address], { detached: true, stdio: 'ignore' });
  child.on('error', () => {}); // the address is printed as well
  child.unref();
}

/** `deedbox drive logout`: revokes the sign-in at Google, and deletes it here. */
export async function logout(settings: DriveSettings): Promise<number> {
  const { tokenFile } = settings;
  let credentials;
  try {
    credentials = readTokenFile(tokenFile);
  } catch (error) {
    // others may have read it, or it is damaged: delete it all the same
    if (!(error instanceof DeedboxError)) throw error;
    writeError(`${error.message}\n`);
    removeTokenFile(tokenFile);
    writeOutput(
      'The sign-in is deleted here. Revoke it at https://myaccount.google.com/connections as well.\n',
    );
    return 0;
  }
  if (!credentials) {
    writeOutput('Nobody is signed in.\n');
    return 0;
  }
  const { revoke } = await import('./login.ts');
  let isRevoked;
  try {
    isRevoked = await revoke(settings, credentials);
  } finally {
    removeTokenFile(tokenFile);
  }
  const outcome = isRevoked
    ? 'Google has revoked the sign-in'
    : 'Google no longer knew the sign-in';
  writeOutput(`Signed out: ${outcome}, and it is deleted here.\n`);
  return 0;
}

/** `deedbox drive check`: whether the sign-in works and what it sees; 1 where there are problems. */
export async function check(
  settings: DriveSettings,
  recordedSources: () => Promise<string[]>,
  options: { json: boolean },
): Promise<number> {
  const report = await checkDrive(settings, recordedSources);
  if (options.json) writeJson(report);
  else writeOutput(formatReport(report));
  return report.problems.length > 0 ? 1 : 0;
}

interface DriveCheck {
  /** The credentials that are used. */
  sign_in: string;
  account: string;
  /**
   * The first page of the files in My Drive and those shared with the account, and the number of them
   * whose ACLs are not known.
   */
  files: { looked_at: number; readers_unknown: number; more: boolean };
  shared_drives: { id: string; name: string; members_known: boolean }[];
  sources: { id: string; reachable: boolean }[];
  /** What is wrong, and what to do. */
  problems: string[];
}

/**
 * Tries what a sync needs, mostly with the right to see metadata alone.
 * @throws DeedboxError where nobody is signed in at all
 */
async function checkDrive(
  settings: DriveSettings,
  recordedSources: () => Promise<string[]>,
): Promise<DriveCheck> {
  const { openSignIn } = await import('./sign-in.ts');
  const { description } = openSignIn(settings, metadataScope);
  const api = await connectDrive(settings, metadataScope);
  const report: DriveCheck = {
    sign_in: description,
    account: await api.account(),
    files: { looked_at: 0, readers_unknown: 0, more: false },
    shared_drives: [],
    sources: [],
    problems: [],
  };
  const attempt = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      const { message, hint } = asDeedboxError(error);
      report.problems.push(hint === undefined ? message : `${message} ${hint}`);
    }
  };
  await attempt(() => checkFiles(api, report));
  // Google lists shared drives only with the right to read content, which a sync needs anyway.
  await attempt(async () => checkDrives(await connectDrive(settings), report));
  if (report.files.looked_at + report.shared_drives.length === 0 && report.problems.length === 0) {
    report.problems.push(
      `${report.account} sees no file and no shared drive. Make it a member of a shared drive, or ` +
        'share a folder with it.',
    );
  }
  for (const id of await recordedSources()) {
    const found = { id, reachable: false };
    report.sources.push(found);
    await attempt(async () => {
      await findContainers(api, id);
      found.reachable = true;
    });
  }
  return report;
}

async function checkFiles(api: DriveApi, { files, account, problems }: DriveCheck): Promise<void> {
  let pages = 0;
  for await (const page of api.files('user', `mimeType != '${folderType}' and trashed = false`)) {
    pages += 1;
    files.more = pages > 1;
    if (files.more) break;
    const personalFiles = page.filter(({ driveId }) => driveId === undefined);
    files.looked_at = personalFiles.length;
    files.readers_unknown = personalFiles.filter(({ permissions }) => !permissions).length;
  }
  if (files.readers_unknown === 0) return;
  problems.push(
    `Of ${files.readers_unknown} of ${files.looked_at} files outside of shared drives Google does not ` +
      `tell ${account} who else may read them, so nobody else finds them. That is enough for one ` +
      'person alone. Else share them with it as Editor, put them into a shared drive, or use delegation.',
  );
}

async function checkDrives(api: DriveApi, report: DriveCheck): Promise<void> {
  const { account, shared_drives: drives, problems } = report;
  for (const { id, name } of await api.drives()) {
    const isKnown = (await api.permissions(id)) !== undefined;
    drives.push({ id, name, members_known: isKnown });
    if (isKnown) continue;
    problems.push(
      `Google does not tell ${account} who the members of the shared drive ${quoted(name)} are, so nobody ` +
        'else finds the files there. That is enough for one person alone. Else make it a Contributor ' +
        'there or, if that does not do, a Content manager; with the next sync the readers are known.',
    );
  }
}

function formatReport(report: DriveCheck): string {
  const { files, shared_drives: drives, sources, problems } = report;
  const lines = [
    `Signs in by ${report.sign_in}`,
    `as ${singleLine(report.account)}.`,
    `Files of its own and shared with it: ${files.more ? 'more than ' : ''}${files.looked_at}`,
    `Shared drives: ${drives.length === 0 ? 'none' : ''}`.trimEnd(),
    ...drives.map(({ id, name }) => `  ${singleLine(name)} (drive:shared/${id})`),
    ...(sources.length > 0 ? ['Read by Deedbox:'] : []),
    ...sources.map(({ id, reachable }) => `  ${id}${reachable ? '' : ' — not reachable'}`),
    ...(problems.length > 0
      ? ['Problems:', ...problems.map((one) => `  - ${one}`)]
      : ['No problems found.']),
  ];
  return `${lines.join('\n')}\n`;
}
