#!/usr/bin/env node
import { Command, Option } from 'commander';
import { auditCommands } from './commands/audit-commands.ts';
import { asOption, defined, exitWith } from './commands/command-options.ts';
import { backupCommands } from './commands/backup-commands.ts';
import { holdCommands } from './commands/hold-commands.ts';
import { keyCommands } from './commands/key-commands.ts';
import { questionCommands } from './commands/search-commands.ts';
import { sourceCommands } from './commands/source-commands.ts';
import { sourceArgumentHelp } from './sources/registry.ts';
import { writeError, writeOutput } from './encode/terminal.ts';
import { packageVersion, readConfig } from './settings/config.ts';
import { asDeedboxError } from './errors/errors.ts';

/** The command line. Each command is loaded when it is run, so that `stdio` starts fast. */

// Whatever Deedbox writes is for its user alone.
process.umask(0o077);

const program = new Command('deedbox')
  .description('Contracts in, cited answers out. Reading and searching happen on this machine.')
  .version(packageVersion())
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ writeOut: writeOutput, writeErr: writeError })
  .option('--data <folder>', 'the data folder (or DEEDBOX_DATA)')
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  });

const config = (overrides: Partial<Record<string, string>> = {}) =>
  readConfig({
    ...overrides,
    ...(program.opts().data ? { DEEDBOX_DATA: program.opts().data } : {}),
  });

/** The configuration of a command with the option `--as`. */
const configFor = (options: { as?: string }) => config(defined({ DEEDBOX_PERSON: options.as }));

const json = () => new Option('--json', 'print JSON').default(false);

/** The kinds of sync that have an option of `ingest`; see `SyncKind`. */
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
  .option(
    '--no-worker',
    'start no worker; `deedbox worker` reads the files, on this machine or another',
  )
  .action(async (paths: string[], options: { port?: string; host?: string; worker: boolean }) => {
    const { start } = await import('./commands/start.ts');
    const overrides = { DEEDBOX_PORT: options.port, DEEDBOX_HOST: options.host };
    await exitWith(start(config(defined(overrides)), paths, options));
  });

program
  .command('stdio')
  .description('speak MCP over standard input and output, for Claude Desktop')
  .option('--url <url>', 'act as a bridge to this running service (or DEEDBOX_URL)')
  .action(async (options: { url?: string }) => {
    const { stdio } = await import('./commands/stdio.ts');
    await exitWith(stdio(() => config(defined({ DEEDBOX_URL: options.url }))));
  });

program
  .command('ingest')
  .alias('sync')
  .argument('[path...]', `${sourceArgumentHelp}, to add to those read`)
  .description('read what is new or changed, then end')
  .addOption(
    kindOption('--nightly', 'as the nightly sync: also compare the full listing where that is due'),
  )
  .addOption(
    kindOption('--reconcile', 'compare the full listing with the index, and correct what differs'),
  )
  .addOption(kindOption('--full', 'read every file again'))
  .addOption(json())
  .action(async (paths: string[], options: SyncKindOptions & { json: boolean }) => {
    const { ingestSources } = await import('./commands/ingest.ts');
    const kind = syncKinds.find((one) => options[one]) ?? 'incremental';
    await exitWith(ingestSources(config(), paths, { kind, json: options.json }));
  });

program
  .command('worker')
  .description('run jobs of the queue until it is stopped; any number of workers may run')
  .option('--drain', 'end when the queue is empty', false)
  .option('--check', 'check whether the worker of this data folder is alive, then end', false)
  .action(async ({ drain, check }: { drain: boolean; check: boolean }) => {
    const { checkWorker, runWorkerProcess } = await import('../workers/worker-process.ts');
    if (check) process.exitCode = checkWorker(config());
    else await exitWith(runWorkerProcess(config(), { drain }));
  });

program
  .command('forget')
  .argument('<path>', 'a source that was added')
  .description('remove a source from the index; its files stay where they are')
  .action(async (path: string) => {
    const { forgetSource } = await import('./commands/forget.ts');
    await exitWith(forgetSource(config(), path));
  });

program
  .command('purge')
  .description('remove what is left of removed documents from the data folder')
  .action(async () => {
    const { purge } = await import('./commands/forget.ts');
    await exitWith(purge(config()));
  });

keyCommands(program, config);
auditCommands(program, config);
backupCommands(program, config);
holdCommands(program, config);

sourceCommands(program, config);
questionCommands(program, configFor);

program
  .command('status')
  .description('print what is indexed, and what failed and why')
  .addOption(asOption())
  .addOption(json())
  .action(async (options: { as?: string; json: boolean }) => {
    const { status } = await import('./commands/status.ts');
    await exitWith(status(configFor(options), options));
  });

program
  .command('verify')
  .description('check the integrity of everything stored')
  .addOption(json())
  .action(async (options: { json: boolean }) => {
    const { verify } = await import('./commands/status.ts');
    await exitWith(verify(config(), options));
  });

program
  .command('read')
  .argument('<file...>', 'file names or document ids')
  .description('read files again now, ahead of everything that waits')
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

// a pipe that is closed early (`deedbox export | head`) is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 2);
});

program.parseAsync().catch((error: unknown) => {
  const { code, message, hint, cause } = asDeedboxError(error);
  writeError(`deedbox: ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`);
  if (code === 'internal' && cause instanceof Error) writeError(`${cause.stack}\n`);
  process.exitCode = 2;
});
