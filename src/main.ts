#!/usr/bin/env node
import { Command, InvalidArgumentError, Option } from 'commander';
import { auditCommands } from './commands/audit-commands.ts';
import { defined, filterOptions, filtersOf, list } from './commands/filter-options.ts';
import { keyCommands } from './commands/key-commands.ts';
import { packageVersion, readConfig } from './config.ts';
import { asDeedboxError } from './errors.ts';

/** The command line. Each command is loaded when it is run, so that `stdio` starts fast. */

function confidence(value: string): number {
  const parsed = Number(value);
  if (value === '' || !(parsed >= 0 && parsed <= 1)) {
    throw new InvalidArgumentError('It must lie between 0 and 1.');
  }
  return parsed;
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

const program = new Command('deedbox')
  .description('Contracts in, cited answers out, on this machine alone.')
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
const askedBy = (options: { as?: string }) => config(defined({ DEEDBOX_PERSON: options.as }));

const json = () => new Option('--json', 'print JSON').default(false);

/** What somebody would see; see `DEEDBOX_PERSON`. */
const as = () => new Option('--as <email>', 'only what this person may read (or DEEDBOX_PERSON)');

/** What `ingest` may do beyond asking for changes; see `SyncKind`. */
const kindsOfSync = ['full', 'reconcile', 'nightly'] as const;
type KindOptions = Partial<Record<(typeof kindsOfSync)[number], boolean>>;
const kindOption = (flag: string, description: string) =>
  new Option(flag, description).conflicts(kindsOfSync.filter((one) => flag !== `--${one}`).slice());

/** Runs a command and leaves with its exit code; the outlet is emptied first. */
async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

program
  .command('start')
  .argument('[path...]', 'folders, or drive: for Google Drive; the bundled samples on a first run')
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
    await exitWith(stdio(config(defined({ DEEDBOX_URL: options.url }))));
  });

program
  .command('ingest')
  .argument('[path...]', 'folders, files or parts of Google Drive (drive:…) to add to those read')
  .description('read what is new or changed, then end')
  .addOption(kindOption('--nightly', 'also compare whole listings where that is due, as at night'))
  .addOption(kindOption('--reconcile', 'compare whole listings with the index, and mend it'))
  .addOption(kindOption('--full', 'read every file again'))
  .addOption(json())
  .action(async (paths: string[], options: KindOptions & { json: boolean }) => {
    const { ingest } = await import('./commands/ingest.ts');
    const kind = kindsOfSync.find((one) => options[one]) ?? 'follow';
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
    const { forget } = await import('./commands/ingest.ts');
    await exitWith(forget(config(), path));
  });

keyCommands(program, config);
auditCommands(program, config);

const drive = program.command('drive').description('sign in to Google Drive, and check it');

drive
  .command('login')
  .description('let Deedbox read the Drive of one person, who signs in in a browser')
  .option('--no-browser', 'only print the address')
  .action(async (options: { browser: boolean }) => {
    const { login } = await import('./commands/drive.ts');
    await exitWith(login(config(), options));
  });

drive
  .command('logout')
  .description('take that right back')
  .action(async () => {
    const { logout } = await import('./commands/drive.ts');
    await exitWith(logout(config()));
  });

drive
  .command('check')
  .description('whether the sign-in works, and what Deedbox sees with it')
  .addOption(json())
  .action(async (options: { json: boolean }) => {
    const { check } = await import('./commands/drive.ts');
    await exitWith(check(config(), options));
  });

filterOptions(
  program
    .command('search')
    .argument('[query]', 'what to look for')
    .description('passages that answer a question, verbatim')
    .option('--documents', 'list contracts instead of passages', false),
)
  .option('--limit <n>', 'how many', wholeNumber)
  .addOption(as())
  .addOption(json())
  .action(async (query: string | undefined, options) => {
    const { search } = await import('./commands/questions.ts');
    const filters = { ...filtersOf(options), ...defined({ limit: options.limit }) };
    const { documents } = options;
    await exitWith(search(askedBy(options), query, { json: options.json, documents, filters }));
  });

program
  .command('clauses')
  .argument('<document>', 'an id, a file name or a title')
  .description('the clauses of one contract, verbatim, with page and confidence')
  .option('--type <types>', 'clause types, separated by commas', list)
  .option('--question <question>', 'a question in free words')
  .option('--min-confidence <p>', 'between 0 and 1', confidence)
  .addOption(as())
  .addOption(json())
  .action(async (document: string, options) => {
    const { clauses } = await import('./commands/questions.ts');
    const request = defined({
      clause_types: options.type,
      question: options.question,
      min_confidence: options.minConfidence,
    });
    await exitWith(clauses(askedBy(options), document, { json: options.json, request }));
  });

filterOptions(
  program
    .command('export')
    .description('write the contract register, or what of it the filters let pass'),
)
  .addOption(new Option('--format <format>').choices(['jsonl', 'csv', 'ics']).default('jsonl'))
  .option('--min-confidence <p>', 'clauses from this confidence (jsonl)', confidence, 0.5)
  .option('--output <file>', 'a file instead of standard output')
  .addOption(as())
  .action(async (options) => {
    const { exportRegister } = await import('./commands/register.ts');
    const { format, minConfidence, output } = options;
    const filters = filtersOf(options);
    await exitWith(exportRegister(askedBy(options), format, { minConfidence, output, filters }));
  });

program
  .command('status')
  .description('what is read, what failed and why')
  .addOption(as())
  .addOption(json())
  .action(async (options: { as?: string; json: boolean }) => {
    const { status } = await import('./commands/state.ts');
    await exitWith(status(askedBy(options), options));
  });

program
  .command('verify')
  .description('check that everything stored is whole')
  .addOption(json())
  .action(async (options: { json: boolean }) => {
    const { verify } = await import('./commands/state.ts');
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
