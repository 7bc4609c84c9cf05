import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  detectIsolation,
  isolatedCommand,
  permissionOptions,
} from '../../workers/reading/isolation.ts';
import { root, temporaryFolder } from '../support/cli.ts';

const memoryLimitBytes = 512 * 1024 * 1024;

/** What the kernel says of a process that reads files. */
function inReader(...command: string[]): string {
  const [file = '', ...args] = isolatedCommand(command, memoryLimitBytes);
  return execFileSync(file, args, { encoding: 'utf8' });
}

describe.runIf(process.platform === 'linux')('a process that reads files', () => {
  it.runIf(detectIsolation().privileges)('can gain no privileges', () => {
    expect(inReader('cat', '/proc/self/status')).toMatch(/^NoNewPrivs:\s1$/m);
  });

  it.runIf(detectIsolation().network)('has no capabilities in its namespaces', () => {
    const sets = [...inReader('cat', '/proc/self/status').matchAll(/^(Cap\w+):\s(\w+)$/gm)];
    expect(sets.map(([, name]) => name)).toEqual([
      'CapInh',
      'CapPrm',
      'CapEff',
      'CapBnd',
      'CapAmb',
    ]);
    for (const [line] of sets) expect(line).toMatch(/:\s0+$/);
  });

  it.runIf(detectIsolation().network)('has no network but a loopback that is down', () => {
    const devices = inReader('cat', '/proc/net/dev').match(/^ *[\w.-]+(?=:)/gm);
    expect(devices?.map((name) => name.trim())).toEqual(['lo']);
    expect(inReader('cat', '/proc/net/tcp').trim().split('\n')).toHaveLength(1);
  });
});

it('a process that reads files may read its copies and the program, and write and start nothing', () => {
  const [copies, dataFolder] = [temporaryFolder(), temporaryFolder()];
  for (const folder of [copies, dataFolder]) writeFileSync(join(folder, 'a.txt'), 'text');
  const attempts: Record<string, string> = {
    copy: `fs.readFileSync(${JSON.stringify(join(copies, 'a.txt'))})`,
    program: `fs.readFileSync(${JSON.stringify(join(root, 'package.json'))})`,
    dataFolder: `fs.readFileSync(${JSON.stringify(join(dataFolder, 'a.txt'))})`,
    listing: `fs.readdirSync(${JSON.stringify(dataFolder)})`,
    secrets: `fs.readFileSync(${JSON.stringify(join(root, 'deploy', 'nginx.conf'))})`,
    writing: `fs.writeFileSync(${JSON.stringify(join(copies, 'b.txt'))}, '')`,
    starting: `require('node:child_process').execFileSync(process.execPath, ['--version'])`,
  };
  const script = `const results = {};
    for (const [name, code] of Object.entries(${JSON.stringify(attempts)})) {
      try { eval(code); results[name] = 'done'; } catch (error) { results[name] = error.code; }
    }
    console.log(JSON.stringify(results));`;
  const output = execFileSync(process.execPath, [...permissionOptions([copies]), '-e', script], {
    encoding: 'utf8',
  });
  const denied = 'ERR_ACCESS_DENIED';
  expect(JSON.parse(output)).toEqual({
    copy: 'done',
    program: 'done',
    dataFolder: denied,
    listing: denied,
    secrets: denied,
    writing: denied,
    starting: denied,
  });
});
