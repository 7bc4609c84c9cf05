import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openArchive } from '../app.ts';
import type { Config } from '../config.ts';
import { asDeedboxError } from '../errors.ts';
import type { DriveApi } from '../sources/drive/api.ts';
import { connectDrive } from '../sources/drive/connect.ts';
import { locate } from '../sources/drive/coverage.ts';
import { metadataScope } from '../sources/drive/settings.ts';
import { driveSourcePrefix } from '../sources/drive/source-id.ts';
import { databaseName } from '../store/sqlite.ts';

export interface DriveCheck {
  /** By which credentials Deedbox signs in. */
  sign_in: string;
  account: string;
  /** Files looked at, and of how many of them it is not known who may read them. */
  files: { looked_at: number; readers_unknown: number };
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
  const checked: DriveCheck = {
    sign_in: description,
    account: await api.account(),
    files: { looked_at: 0, readers_unknown: 0 },
    shared_drives: [],
    sources: [],
    problems: [],
  };
  const attempt = async (doing: () => Promise<void>) => {
    try {
      await doing();
    } catch (error) {
      const { message, hint } = asDeedboxError(error);
      checked.problems.push(hint === undefined ? message : `${message} ${hint}`);
    }
  };
  await attempt(() => lookAtFiles(api, checked));
  // shared drives are listed only to who may read content, which is needed in the end anyway
  await attempt(async () => lookAtDrives(await connectDrive(config.drive), checked));
  for (const id of await driveSources(config)) {
    const found = { id, reachable: false };
    checked.sources.push(found);
    await attempt(async () => {
      await locate(api, id);
      found.reachable = true;
    });
  }
  return checked;
}

async function lookAtFiles(api: DriveApi, { files, account, problems }: DriveCheck): Promise<void> {
  for await (const page of api.files('user', 'trashed = false')) {
    const personal = page.filter(({ driveId }) => driveId === undefined);
    files.looked_at = personal.length;
    files.readers_unknown = personal.filter(({ permissions }) => !permissions).length;
    break;
  }
  if (files.readers_unknown === 0) return;
  problems.push(
    `Google does not tell ${account} who else may read ${files.readers_unknown} of ` +
      `${files.looked_at} files, so only ${account} finds them. That is enough for one person alone; ` +
      'else share them with it for editing, put them into a shared drive, or use delegation.',
  );
}

async function lookAtDrives(api: DriveApi, checked: DriveCheck): Promise<void> {
  for (const { id, name } of await api.drives()) {
    const known = (await api.permissions(id)) !== undefined;
    checked.shared_drives.push({ id, name, members_known: known });
    if (known) continue;
    checked.problems.push(
      `Google does not tell ${checked.account} who the members of "${name}" are, so only it finds ` +
        'the files there. Give it a role in the drive that may see the members.',
    );
  }
}

async function driveSources(config: Config): Promise<string[]> {
  if (!existsSync(join(config.dataFolder, databaseName))) return [];
  const archive = await openArchive(config);
  try {
    const all = await archive.store.sources();
    return all.filter((id) => id.startsWith(driveSourcePrefix));
  } finally {
    await archive.close();
  }
}

/** The same for a person to read. */
export function reportCheck(checked: DriveCheck): string {
  const { files, shared_drives: drives, sources, problems } = checked;
  const lines = [
    `Signs in by ${checked.sign_in}`,
    `as ${checked.account}.`,
    `My Drive and what is shared: ${files.looked_at} files on the first page.`,
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
