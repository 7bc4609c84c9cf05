import type { Command } from 'commander';
import type { CommandContext, SourceKind } from '../source-kind.ts';
import { driveSettingsReader, type DriveSettings } from './settings.ts';
import { driveSourceId, driveSourcePrefix, parseDriveSource, scopeOf } from './source-id.ts';

/** Google Drive: all that an account sees, or a part of it. */
export const driveKind: SourceKind<DriveSettings> = {
  prefix: driveSourcePrefix,
  usage: 'for Google Drive `drive:` or the address of a folder in it',
  argumentHelp: 'drive: for Google Drive',
  checkCommand: 'deedbox drive check',
  settings: driveSettingsReader,
  parse: parseDriveSource,
  aliases(sourceId) {
    const scope = scopeOf(sourceId);
    // the address of a shared drive looks like that of a folder
    return scope.kind === 'folder'
      ? [driveSourceId({ kind: 'shared', driveId: scope.folderId })]
      : [];
  },
  describe: describeDriveSource,
  emptySource: (sourceId) => ({
    observation: `${describeDriveSource(sourceId)} shows no file any more`,
    hint: 'Check that the account that signs in is the right one and still has access',
  }),
  async locate(sourceId, settings) {
    const { locateDriveSource } = await import('./containment.ts');
    return locateDriveSource(sourceId, settings);
  },
  rebase: (file, outerSourceId) => ({ ...file, source: outerSourceId }), // it keeps its folder until it is listed
  async open(settings, options) {
    const { openDriveSources } = await import('./drive-source.ts');
    return openDriveSources(settings, options);
  },
  registerCommands,
};

function describeDriveSource(sourceId: string): string {
  const [kind, id] = sourceId.slice(driveSourcePrefix.length).split('/', 2);
  if (kind === 'all') return 'Google Drive: everything';
  if (kind === 'my') return 'Google Drive: My Drive';
  if (kind === 'shared') return `Google Drive: shared drive ${id}`;
  if (kind === 'folder') return `Google Drive: folder ${id}`;
  return sourceId;
}

/** `deedbox drive …` on the command line. */
function registerCommands(
  program: Command,
  { settings, recordedSources }: CommandContext<DriveSettings>,
): void {
  const drive = program.command('drive').description('sign in to Google Drive, and check it');

  drive
    .command('login')
    .description('let Deedbox read the Drive of one person, who signs in in a browser')
    .option('--no-browser', 'only print the address')
    .action(async (options: { browser: boolean }) => {
      const { login } = await import('./commands.ts');
      process.exitCode = await login(settings(), options);
    });

  drive
    .command('logout')
    .description('revoke the sign-in and delete it')
    .action(async () => {
      const { logout } = await import('./commands.ts');
      process.exitCode = await logout(settings());
    });

  drive
    .command('check')
    .description('check the sign-in, and show what Deedbox sees with it')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { check } = await import('./commands.ts');
      process.exitCode = await check(settings(), recordedSources, options);
    });
}
