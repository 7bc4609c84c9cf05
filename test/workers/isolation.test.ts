import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { detectIsolation, isolatedCommand } from '../../workers/reading/isolation.ts';

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
