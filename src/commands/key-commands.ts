import { type Command, Option } from 'commander';
import type { Config } from '../settings/config.ts';
import type { CreateOptions } from './key.ts';

/** `deedbox key …` on the command line. */
export function keyCommands(program: Command, config: () => Config): void {
  const key = program
    .command('key')
    .description('who may ask over HTTP: make, list and revoke keys');

  key
    .command('create')
    .description('make a key, which is shown once')
    .requiredOption('--name <name>', 'what the key is called in lists and logs')
    .addOption(new Option('--role <role>').choices(['reader', 'admin']).makeOptionMandatory())
    .option('--as <email>', 'it reads what this person may read')
    .addOption(new Option('--everything', 'it reads all contracts').default(false).conflicts('as'))
    .option('--expires <when>', '90d, a date, or never (a year from now)')
    .option('--json', 'print JSON', false)
    .action(async (options: CreateOptions) => {
      const { create } = await import('./key.ts');
      process.exitCode = create(config(), options);
    });

  key
    .command('list')
    .description('every key, with its role, its person and when it was used last')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) => {
      const { list: listKeys } = await import('./key.ts');
      process.exitCode = listKeys(config(), options);
    });

  key
    .command('revoke')
    .argument('<key>', 'its name or its id')
    .description('take a key out of use at once')
    .action(async (nameOrId: string) => {
      const { revoke } = await import('./key.ts');
      process.exitCode = revoke(config(), nameOrId);
    });
}
