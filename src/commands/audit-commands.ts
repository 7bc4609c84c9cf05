import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../settings/config.ts';
import type { ShowOptions, VerifyOptions } from './audit.ts';

function parseLink(value: string): { seq: number; hash: string } {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(value) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError('It must be NUMBER:HASH, as `audit verify` prints it.');
  }
  return { seq: Number(seq), hash };
}

function parseTime(value: string): string {
  const time = new Date(value);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a day or a time, for example 2026-03-01.');
  return time.toISOString();
}

/** `deedbox audit …` on the command line. */
export function auditCommands(program: Command, config: () => Config): void {
  const audit = program
    .command('audit')
    .description('show and check the log of what was disclosed to whom');

  audit
    .command('verify')
    .description('check that no line of the log was removed, changed or moved')
    .option('--noted <line>', 'a last line that was noted earlier, as NUMBER:HASH', parseLink)
    .option('--archived', 'older files were moved away', false)
    .option('--json', 'print JSON', false)
    .action(async (options: VerifyOptions) => {
      const { verify } = await import('./audit.ts');
      process.exitCode = verify(config(), options);
    });

  audit
    .command('show')
    .description('print the lines of the log as JSON, oldest first')
    .option('--person <name>', 'only of this person, key or token')
    .option('--document <id>', 'only what disclosed something of this contract')
    .option('--since <time>', 'only from this day or time on', parseTime)
    .action(async (options: ShowOptions) => {
      const { show } = await import('./audit.ts');
      process.exitCode = show(config(), options);
    });
}
