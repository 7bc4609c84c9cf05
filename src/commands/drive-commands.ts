import type { Command } from 'commander';
import type { Config } from '../settings/config.ts';
import { exitWith } from './command-options.ts';

/** `deedbox drive …` on the command line. */
export function driveCommands(program: Command, config: () => Config): void {
  const drive = program.command('drive').description('sign in to Google Drive, and check it');

  drive
    .command('login')
    .description('let Deedbox read the Drive of one person, who signs in in a browser')
    .option('--no-browser', 'only print the address')
    .action(async (options: { browser: boolean }) => {
      const { login } = await import('./drive.ts');
      await exitWith(login(config(), options));
    });

  drive
    .command('logout')
    .description('take that right back')
    .action(async () => {
      const { logout } = await import('./drive.ts');
      await exitWith(logout(config()));
    });

  drive
    .command('check')
    .description('whether the sign-in works, and what Deedbox sees with it')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { check } = await import('./drive.ts');
      await exitWith(check(config(), options));
    });
}
