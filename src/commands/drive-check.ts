import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openWorkspace } from '../composition/app.ts';
import type { Config } from '../settings/config.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { DriveApi } from '../sources/drive/api.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { locateSource } from '../sources/drive/containment.ts';
import { folderType } from '../sources/drive/api-schemas.ts';
import { metadataScope } from '../sources/drive/settings.ts';
import { driveSourcePrefix } from '../sources/drive/source-id.ts';
import { databaseName } from '../store/sqlite.ts';

export interface DriveCheck {
  /** By which credentials Deedbox signs in. */
  sign_in: string;
  account: string;
  /**
   * Files of My Drive and those shared with the account, as far as one page goes, and of how many of
   * them it is not known who may read them.
   */
  files: { looked_at: number; readers_unknown: number; more: boolean };
  shared_drives: { id: string; name: string; members_known: boolean }[];
  sources: { id: string; reachable: boolean }[];
  /** What is amiss, and what to do. */
  problems: string[];
}

/**
 * Tries what a sync will need, mostly with the right to see metadata alone.
 * @throws DeedboxError where nobody is signed in at all
 */
export async function checkDrive(config: Config): Promise<DriveCheck> {
  const { openSignIn } = await import('../sources/drive/sign-in.ts');
  const { description } = openSignIn(config.drive, metadataScope);
  const api = await connectDrive(config.drive, metadataScope);
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
  // shared drives are listed only to who may read content, which is needed in the end anyway
  await attempt(async () => checkDrives(await connectDrive(config.drive), report));
  if (report.files.looked_at + report.shared_drives.length === 0 && report.problems.length === 0) {
    report.problems.push(
      `${report.account} sees no file and no shared drive. Make it a member of a shared drive, or ` +
        'share a folder with it.',
    );
  }
  for (const id of await driveSources(config)) {
    const found = { id, reachable: false };
    report.sources.push(found);
    await attempt(async () => {
      await locateSource(api, id);
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
      `Google does not tell ${account} who the members of the shared drive "${name}" are, so nobody ` +
        'else finds the files there. That is enough for one person alone. Else make it a Contributor ' +
        'there or, if that does not do, a Content manager; with the next sync the readers are known.',
    );
  }
}

async function driveSources(config: Config): Promise<string[]> {
  if (!existsSync(join(config.dataFolder, databaseName))) return [];
  const workspace = await openWorkspace(config);
  try {
    const all = await workspace.store.sources();
    return all.filter((id) => id.startsWith(driveSourcePrefix));
  } finally {
    await workspace.close();
  }
}

/** The same for a person to read. */
export function reportCheck(report: DriveCheck): string {
  const { files, shared_drives: drives, sources, problems } = report;
  const lines = [
    `Signs in by ${report.sign_in}`,
    `as ${report.account}.`,
    `Files of its own and shared with it: ${files.more ? 'more than ' : ''}${files.looked_at}`,
    `Shared drives: ${drives.length === 0 ? 'none' : ''}`.trimEnd(),
    ...drives.map(({ id, name }) => `  ${name} (drive:shared/${id})`),
    ...(sources.length > 0 ? ['Read by Deedbox:'] : []),
    ...sources.map(({ id, reachable }) => `  ${id}${reachable ? '' : ' — not reachable'}`),
    ...(problems.length > 0
      ? ['To look at:', ...problems.map((one) => `  - ${one}`)]
      : ['All well.']),
  ];
  return `${lines.join('\n')}\n`;
}
