import type { Command } from 'commander';
import type { Config } from '../settings/config.ts';
import { exitWith } from './command-options.ts';

/** `deedbox backup` and `deedbox restore` on the command line. */
export function backupCommands(program: Command, config: () => Config): void {
  program
    .command('backup')
    .argument('<to>', 'a new folder')
    .description('copy the data folder, while everything runs')
    .action(async (to: string) => {
      const { backup } = await import('./backup.ts');
      await exitWith(backup(config(), to));
    });

  program
    .command('restore')
    .argument('<from>', 'a backup')
    .description('restore a backup into an empty data folder')
    .option('--keys', 'keep keys valid that were in use when the backup was made', false)
    .action(async (from: string, options: { keys: boolean }) => {
      const { restore } = await import('./backup.ts');
      await exitWith(restore(config(), from, options));
    });
}
