import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSearchEngine } from '../../src/composition/app.ts';
import { decodeSingleLine, singleLine } from '../../src/encode/visible.ts';
import { readConfig } from '../../src/settings/config.ts';
import { hiddenIn } from '../encode/hidden-characters.ts';
import { writeLibrary } from '../encode/hostile-library.ts';
import { hostileNames, hostileSentences } from '../encode/hostile-names.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const count = hostileNames.length;
let data: string;
let ids: string[];

beforeAll(async () => {
  data = temporaryFolder(onFileFinished);
  const engine = await openSearchEngine(readConfig({ DEEDBOX_DATA: data }));
  ids = await writeLibrary(engine, hostileNames, hostileSentences);
  await engine.close();
});

/** Runs a command whose output must show every hidden character. */
async function run(...args: string[]) {
  const outcome = await deedbox('--data', data, ...args);
  for (const output of [outcome.stdout, outcome.stderr])
    expect(hiddenIn(output, '\n\t'), `${args.join(' ')}: ${JSON.stringify(output)}`).toEqual([]);
  return outcome;
}

const linesOf = (text: string) => text.trimEnd().split('\n');

describe('commands show hidden characters of names and texts', () => {
  it('search', async () => {
    const { stdout } = await run('search', 'agreement', '--limit', '50');
    const headings = linesOf(stdout).filter((line) => /^ {2}\S.* — pages? \d/.test(line));
    expect(headings.length).toBe(50);
    const json = await run('search', 'the agreement ends', '--limit', '50', '--json');
    const { passages } = JSON.parse(json.stdout) as { passages: { title: string; text: string }[] };
    // JSON has the values themselves
    for (const { title } of passages) expect(hostileNames).toContain(title);
    expect(passages.some(({ text }) => hiddenIn(text, '\n').length > 0)).toBe(true);
  });

  it('search --documents', async () => {
    const { stdout } = await run('search', '--documents', '--limit', '50');
    const titles = linesOf(stdout).flatMap(
      (line) => /^(\S.*) \[[\w-]{20}\]$/.exec(line)?.[1] ?? [],
    );
    expect(new Set(titles.map(decodeSingleLine))).toEqual(new Set(hostileNames));
    expect(titles.length).toBe(count);
  });

  it('clauses, by the name that is shown', async () => {
    const name = hostileNames[0]!;
    const { stdout, stderr } = await run('clauses', singleLine(name));
    expect(linesOf(stdout + stderr)[0]).toBe(singleLine(name));
    expect((await run('clauses', 'no such \u001B[31m\u202Econtract')).code).toBe(2);
  });

  it('status', async () => {
    const { stdout } = await run('status');
    expect(
      linesOf(stdout).filter((line) => /^ {4}.* is damaged\. \(1 attempt\)$/.test(line)),
    ).toHaveLength(count);
    const { failed_files: failed } = JSON.parse((await run('status', '--json')).stdout) as {
      failed_files: { folder: string }[];
    };
    expect(failed.map(({ folder }) => folder)).toContain(hostileNames[0]);
  });

  it('the audit log, keys and errors', async () => {
    await run('search', 'erased \u001B[2J\u009B31m\u202E');
    await run('audit', 'show');
    await run('key', 'create', '--name', 'a\u001B[2J\u202E', '--everything');
    await run('key', 'revoke', '\u001B[2J\u009D0;x\u009C');
    await run('key', 'list');
    await run('verify');
    await run('forget', '/nowhere/\u001B[2J\u202E');
    await run('search', '--\u001B[2J\u202E');
    await run('\u001B[2J\u202E\u2028x');
    await run('search', 'x', '--type', '\u001B[2J', '--folder', '\u202E');
  });
});

describe('ingest', () => {
  it('shows hidden characters of folders and files, read or not', async () => {
    const folder = join(temporaryFolder(), 'contracts \u202E\u001B[31m\n- forged');
    mkdirSync(folder);
    const files = hostileNames
      .map((name) => name.replaceAll(/[/\0\p{Cs}]/gu, '_').slice(0, 60))
      .slice(0, 40);
    for (const [at, name] of files.entries()) {
      const isDamaged = at % 2 === 0;
      writeFileSync(
        join(folder, `${at} ${name}.${isDamaged ? 'pdf' : 'txt'}`),
        isDamaged ? 'no PDF' : hostileSentences(name).join('\n'),
      );
    }
    const own = temporaryFolder();
    const output = await deedbox('--data', own, 'ingest', folder);
    expect(hiddenIn(output.stdout + output.stderr, '\n\t')).toEqual([]);
    expect(output.stdout).toMatch(/^40 files found: 20 indexed, 0 unchanged, 20 failed/);
    expect(linesOf(output.stdout).filter((line) => line.startsWith('  not read: '))).toHaveLength(
      20,
    );
    const status = await deedbox('--data', own, 'status');
    expect(hiddenIn(status.stdout + status.stderr, '\n\t')).toEqual([]);
    expect(status.stdout).toContain(`Sources:   ${singleLine(folder)}\n`);
  });
});

describe('exports', () => {
  const modeOf = (file: string) => statSync(file).mode & 0o777;
  async function exported(format: string): Promise<string> {
    const file = join(temporaryFolder(), `register.${format}`);
    const { code, stdout } = await run('export', '--format', format, '--output', file);
    expect([code, stdout]).toEqual([0, '']);
    expect(modeOf(file)).toBe(0o600);
    return readFileSync(file, 'utf8');
  }

  it('CSV has a line for each contract, which only its owner may read', async () => {
    const csv = await exported('csv');
    expect(hiddenIn(csv.slice(1), '\r\n')).toEqual([]);
    expect(csv.split('\r\n')).toHaveLength(count + 2);
    expect(csv).not.toMatch(/(?:^|[,\n])"[=+\-@]/);
  });

  it('restricts a file that others could read before', async () => {
    const file = join(temporaryFolder(), 'register.csv');
    writeFileSync(file, 'old');
    chmodSync(file, 0o644);
    await run('export', '--format', 'csv', '--output', file);
    expect(modeOf(file)).toBe(0o600);
    expect((await run('export', '--format', 'csv', '--output', '/dev/null')).code).toBe(0);
  });

  it('a calendar has the events of Deedbox alone', async () => {
    const calendar = await exported('ics');
    expect(hiddenIn(calendar, '\r\n')).toEqual([]);
    const lines = calendar.replaceAll('\r\n ', '').split('\r\n');
    expect(lines.join('')).not.toContain('\n');
    const events = lines.filter((line) => line === 'BEGIN:VEVENT').length;
    expect(events).toBeGreaterThan(0);
    expect(lines.filter((line) => line.startsWith('SUMMARY'))).toHaveLength(events);
    expect(lines.filter((line) => line.startsWith('SUMMARY:Invented'))).toEqual([]);
  });

  it('JSON lines hold the values themselves', async () => {
    const lines = (await exported('jsonl')).trimEnd().split('\n');
    expect(lines).toHaveLength(count);
    for (const line of lines) {
      expect(hiddenIn(line)).toEqual([]);
      expect(hostileNames).toContain((JSON.parse(line) as { title: string }).title);
    }
  });
});

it('the page for browsers shows names as text', async () => {
  const { url } = await serveWorkspace(data, {
    suggestQuestions: async () => hostileNames.map((name) => `Has ${name} signed?`),
  });
  const html = await (await fetch(url)).text();
  expect(hiddenIn(html, '\n')).toEqual([]);
  expect(html.match(/<li>/g)).toHaveLength(count);
  expect(html).not.toMatch(/<script|<img|<b>/);
  expect(ids).toHaveLength(count);
});
