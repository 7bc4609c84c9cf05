import { type Command, Option } from 'commander';
import type { Config } from '../settings/config.ts';
import type { CreateOptions } from './key.ts';

/** `deedbox key …` on the command line. */
export function keyCommands(program: Command, config: () => Config): void {
  const key = program
    .command('key')
    .description('create, list and revoke keys for access over HTTP');

  key
    .command('create')
    .description('create a key, which is shown once')
    .requiredOption('--name <name>', 'the name of the key in lists and logs')
    .addOption(new Option('--role <role>').choices(['reader', 'admin']).makeOptionMandatory())
    .option('--as <email>', 'the key may read what this person may read')
    .addOption(
      new Option('--everything', 'the key may read all contracts').default(false).conflicts('as'),
    )
    .option('--expires <when>', '90d, a date, or never (a year from now)')
    .option('--json', 'print JSON', false)
    .action(async (options: CreateOptions) => {
      const { create } = await import('./key.ts');
      process.exitCode = create(config(), options);
    });

  key
    .command('list')
    .description('list all keys with role, person and last use')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { list: listKeys } = await import('./key.ts');
      process.exitCode = listKeys(config(), options);
    });

  key
    .command('revoke')
    .argument('<key>', 'its name or its id')
    .description('revoke a key; it stops working at once')
    .action(async (nameOrId: string) => {
      const { revoke } = await import('./key.ts');
      process.exitCode = revoke(config(), nameOrId);
    });
}
