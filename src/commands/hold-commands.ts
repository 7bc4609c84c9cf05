import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../settings/config.ts';
import { exitWith } from './command-options.ts';
import type { AddOptions } from './hold.ts';

function parseNumber(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be the number of a hold, as `hold list` prints it.');
}

/** `deedbox hold …` on the command line. */
export function holdCommands(program: Command, config: () => Config): void {
  const json = () => new Option('--json', 'print JSON').default(false);
  const hold = program
    .command('hold')
    .description('keep documents whose files are removed, for a legal hold');

  hold
    .command('add')
    .description('put documents on hold')
    .option('--document <id>', 'this document')
    .option('--folder <folder>', 'what lies in this folder of a source and its subfolders')
    .option('--party <name>', 'contracts with this party')
    .requiredOption('--reason <text>', 'why; shown with the hold')
    .option('--by <name>', 'who ordered it; by default the user who runs this')
    .addOption(json())
    .action(async (options: AddOptions) => {
      const { add } = await import('./hold.ts');
      await exitWith(add(config(), options));
    });

  hold
    .command('list')
    .description('print all holds, and documents whose files are gone')
    .addOption(json())
    .action(async (options: { json: boolean }) => {
      const { list } = await import('./hold.ts');
      await exitWith(list(config(), options));
    });

  hold
    .command('release')
    .argument('<number>', 'of the hold', parseNumber)
    .description('end a hold; documents whose files are gone leave the index')
    .action(async (id: number) => {
      const { release } = await import('./hold.ts');
      await exitWith(release(config(), id));
    });
}
