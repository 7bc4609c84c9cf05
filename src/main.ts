#!/usr/bin/env node
import { Command, Option } from 'commander';
import { auditCommands } from './commands/audit-commands.ts';
import { exitWith } from './commands/exit-code.ts';
import { asOption, defined } from './commands/filter-options.ts';
import { keyCommands } from './commands/key-commands.ts';
import { questionCommands } from './commands/search-commands.ts';
import { sourceCommands } from './commands/source-commands.ts';
import { sourceArgumentHelp } from './sources/registry.ts';
import { packageVersion, readConfig } from './settings/config.ts';
import { asDeedboxError } from './errors/errors.ts';

/** The command line. Each command is loaded when it is run, so that `stdio` starts fast. */

const program = new Command('deedbox')
  .description('Contracts in, cited answers out. Reading and searching happen on this machine.')
  .version(packageVersion())
  .configureHelp({ showGlobalOptions: true })
  .option('--data <folder>', 'the data folder (or DEEDBOX_DATA)')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

const config = (overrides: Partial<Record<string, string>> = {}) =>
  readConfig({
    ...overrides,
    ...(program.opts().data ? { DEEDBOX_DATA: program.opts().data } : {}),
  });

/** The configuration of a command that can be run as somebody would see it. */
const configFor = (options: { as?: string }) => config(defined({ DEEDBOX_PERSON: options.as }));

const json = () => new Option('--json', 'print JSON').default(false);

/** What `ingest` may do beyond asking for changes; see `SyncKind`. */
const syncKinds = ['full', 'reconcile', 'nightly'] as const;
type SyncKindOptions = Partial<Record<(typeof syncKinds)[number], boolean>>;
const kindOption = (flag: string, description: string) =>
  new Option(flag, description).conflicts(syncKinds.filter((one) => flag !== `--${one}`).slice());

program
  .command('start')
  .argument('[path...]', `${sourceArgumentHelp}; the bundled samples on a first run`)
  .description('run the service: MCP over HTTP, the worker and the nightly schedule')
  .option('--port <port>', 'the port (or DEEDBOX_PORT)')
  .option('--host <host>', 'the address to listen on (or DEEDBOX_HOST)')
  .option('--no-worker', 'leave the reading to `deedbox worker`, here or elsewhere')
  .action(async (paths: string[], options: { port?: string; host?: string; worker: boolean }) => {
    const { start } = await import('./commands/start.ts');
    const overrides = { DEEDBOX_PORT: options.port, DEEDBOX_HOST: options.host };
    await exitWith(start(config(defined(overrides)), paths, options));
  });

program
  .command('stdio')
  .description('speak MCP over standard input and output, for Claude Desktop')
  .option('--url <url>', 'be a bridge to this running service (or DEEDBOX_URL)')
  .action(async (options: { url?: string }) => {
    const { stdio } = await import('./commands/stdio.ts');
    await exitWith(stdio(() => config(defined({ DEEDBOX_URL: options.url }))));
  });

program
  .command('ingest')
  .alias('sync')
  .argument('[path...]', `${sourceArgumentHelp}, to add to those read`)
  .description('read what is new or changed, then end')
  .addOption(kindOption('--nightly', 'also compare whole listings where that is due, as at night'))
  .addOption(kindOption('--reconcile', 'compare whole listings with the index, and mend it'))
  .addOption(kindOption('--full', 'read every file again'))
  .addOption(json())
  .action(async (paths: string[], options: SyncKindOptions & { json: boolean }) => {
    const { ingest } = await import('./commands/ingest.ts');
    const kind = syncKinds.find((one) => options[one]) ?? 'incremental';
    await exitWith(ingest(config(), paths, { kind, json: options.json }));
  });

program
  .command('worker')
  .description('run jobs of the queue until it is stopped; any number of them share the work')
  .option('--drain', 'end when nothing is left to do', false)
  .option('--check', 'only say whether the worker here is alive, for a health check', false)
  .action(async ({ drain, check }: { drain: boolean; check: boolean }) => {
    const { checkWorker, worker } = await import('./commands/worker.ts');
    if (check) process.exitCode = checkWorker(config());
    else await exitWith(worker(config(), { drain }));
  });

program
  .command('forget')
  .argument('<path>', 'a folder that was added')
  .description('take a folder out of the index; its files stay where they are')
  .action(async (path: string) => {
    const { forgetFolder } = await import('./commands/ingest.ts');
    await exitWith(forgetFolder(config(), path));
  });

keyCommands(program, config);
auditCommands(program, config);

sourceCommands(program, config);
questionCommands(program, configFor);

program
  .command('status')
  .description('what is read, what failed and why')
  .addOption(asOption())
  .addOption(json())
  .action(async (options: { as?: string; json: boolean }) => {
    const { status } = await import('./commands/status.ts');
    await exitWith(status(configFor(options), options));
  });

program
  .command('verify')
  .description('check that everything stored is whole')
  .addOption(json())
  .action(async (options: { json: boolean }) => {
    const { verify } = await import('./commands/status.ts');
    await exitWith(verify(config(), options));
  });

program
  .command('read')
  .argument('<file...>', 'file names or document ids')
  .description('read these files again now, ahead of all that waits')
  .addOption(json())
  .action(async (files: string[], options: { json: boolean }) => {
    const { read } = await import('./commands/ingest.ts');
    await exitWith(read(config(), files, options));
  });

program
  .command('reindex')
  .description('read every file again, with the model that is configured now')
  .addOption(json())
  .action(async (options: { json: boolean }) => {
    const { reindex } = await import('./commands/ingest.ts');
    await exitWith(reindex(config(), options));
  });

// a reader that stops reading (`deedbox export | head`) is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 2);
});

program.parseAsync().catch((error: unknown) => {
  const { code, message, hint, cause } = asDeedboxError(error);
  process.stderr.write(`deedbox: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`);
  if (code === 'internal' && cause instanceof Error) process.stderr.write(`${cause.stack}\n`);
  process.exitCode = 2;
});
