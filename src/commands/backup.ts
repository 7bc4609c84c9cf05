import { writeOutput } from '../encode/terminal.ts';
import { singleLine } from '../encode/visible.ts';
import { KeyStore } from '../access/key-store.ts';
import { backUp } from '../backup/backup.ts';
import { restore as restoreBackup } from '../backup/restore.ts';
import { type Config, packageVersion } from '../settings/config.ts';
import { runAudited } from './audited-command.ts';
import { requireData } from './existing-data.ts';

const megabytes = (bytes: number) => `${Math.max(1, Math.round(bytes / 2 ** 20))} MB`;

/** `deedbox backup TO`: a copy of the data folder, while everything runs. */
export async function backup(config: Config, target: string): Promise<number> {
  requireData(config);
  return runAudited(config, { name: 'backup', args: { target } }, async (_context, audit) => {
    const { documents, files } = await backUp(config.dataFolder, target, packageVersion());
    await audit();
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    writeOutput(
      `${target} holds ${documents} documents in ${files.length} files (${megabytes(bytes)}). ` +
        'It is not encrypted: keep it where only those may read who may read every contract.\n',
    );
    return 0;
  });
}

/** `deedbox restore FROM`: a backup into an empty data folder. */
export async function restore(
  config: Config,
  source: string,
  options: { keys: boolean },
): Promise<number> {
  const { dataFolder } = config;
  const result = await restoreBackup(source, dataFolder, { keepKeys: options.keys });
  const { manifest, hasKeys, revokedKeys } = result;
  await runAudited(config, { name: 'restore', args: { source } }, (_context, audit) => audit());
  const lines = [
    `${singleLine(dataFolder)} holds ${manifest.documents} documents as of ${manifest.created_at}.`,
    ...(hasKeys ? describeKeys(dataFolder, options.keys, revokedKeys) : []),
    'What was forgotten, released from a hold or withdrawn since then is back: repeat it, then run `deedbox ingest` to read what has changed in the sources.',
    '`deedbox verify` checks everything that was restored. Sign in again to sources such as Google Drive.',
  ];
  writeOutput(`${lines.join('\n')}\n`);
  return 0;
}

function describeKeys(dataFolder: string, areKept: boolean, revoked: number): string[] {
  if (!areKept) {
    return [
      `${revoked} keys were revoked, as one that was revoked after the backup would be valid again: create new ones with \`deedbox key create\`, or restore with --keys.`,
    ];
  }
  const keys = new KeyStore(dataFolder);
  try {
    const inUse = keys.list().filter(({ revokedAt }) => revokedAt === undefined);
    return [
      'Keys are as they were. Revoke those that were revoked after the backup with `deedbox key revoke ID`:',
      ...inUse.map(({ keyId, name, role }) => `  ${keyId}  ${JSON.stringify(name)}, ${role}`),
    ];
  } finally {
    keys.close();
  }
}
