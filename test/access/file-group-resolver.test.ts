import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveAccess } from '../../src/access/access.ts';
import { FileGroupResolver } from '../../src/access/file-group-resolver.ts';
import { parseGroups } from '../../src/access/groups-table.ts';
import { temporaryFolder } from '../support/cli.ts';

async function groupsIn(text: string) {
  const file = path.join(temporaryFolder(), 'groups.csv');
  await writeFile(file, text);
  const log: string[] = [];
  return { file, log, groups: new FileGroupResolver(file, (line) => log.push(line)) };
}

test('resolves direct and transitive groups', async () => {
  const { groups, log } = await groupsIn(
    '\uFEFF# kept by IT\r\nGroup;Member\r\n\r\n' +
      'Deals@firm.example;ann@firm.example\r\n"legal@firm.example";"deals@firm.example"\r\n' +
      'all@firm.example; LEGAL@firm.example \r\nlegal@firm.example;all@firm.example\r\n' +
      'board@firm.example;bob@firm.example\r\n',
  );
  const ann = ['all@firm.example', 'deals@firm.example', 'legal@firm.example'];
  expect(await groups.resolve('ann@firm.example')).toEqual(ann);
  expect(await groups.resolve('bob@firm.example')).toEqual(['board@firm.example']);
  expect(await groups.resolve('ann+plus@firm.example')).toEqual([]);
  expect(await groups.resolve('an.n@firm.example')).toEqual([]);
  expect(await resolveAccess({ email: 'ann@firm.example' }, groups)).toEqual([
    'anyone',
    'user:ann@firm.example',
    'domain:firm.example',
    ...ann.map((group) => `group:${group}`),
  ]);
  expect(await resolveAccess('unrestricted', groups)).toBe('unrestricted');
  expect(log).toEqual([]);
});

test('takes no member or group for another that it only looks like', async () => {
  const lookalikes = ['ban\u212A@firm.example', 'bank@f\u0131rm.example', 'bank\uFF20firm.example'];
  for (const lookalike of lookalikes) {
    const text = `group,member\ndeals@firm.example,${lookalike}\n`;
    const { groups, log } = await groupsIn(text);
    expect(await groups.resolve('bank@firm.example')).toEqual([]);
    expect(log.join()).toContain('line 2: its member is not an email address');
    expect(() => parseGroups(`group,member\n${lookalike},ann@firm.example\n`)).toThrow(/line 2/);
  }
});

test('names each invalid line, and uses nothing of the table', () => {
  const parseErrorOf = (text: string) => {
    try {
      parseGroups(text);
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('It was taken.');
  };
  const lines = [
    'group,member',
    'a@firm.example,b@firm.example',
    'a@firm.example',
    'deals,b@firm.example',
    '# c@firm.example',
    'a@firm.example,everyone',
    'a@firm.example,b@firm.example,c@firm.example',
    'a@firm.example;b@firm.example',
  ];
  const message = parseErrorOf(lines.join('\n'));
  for (const line of [3, 4, 6, 7, 8]) expect(message).toContain(`line ${line}:`);
  for (const line of [1, 2, 5]) expect(message).not.toContain(`line ${line}:`);
  expect(parseErrorOf('')).toContain('line 1: the first line must be "group,member"');
  expect(parseErrorOf('a@firm.example,b@firm.example')).toContain('line 1');
  expect(parseErrorOf(`group,member\n${'x\n'.repeat(30)}`)).toContain('and 20 more');
});

test('reads a changed file again; while it is invalid or missing nobody is in any group', async () => {
  const { file, groups, log } = await groupsIn('group,member\na@x.example,u@x.example\n');
  const resolveGroups = () => groups.resolve('u@x.example');
  expect(await resolveGroups()).toEqual(['a@x.example']);
  await writeFile(file, 'group,member\nb@x.example,u@x.example\nc@x.example,u@x.example\n');
  expect(await resolveGroups()).toEqual(['b@x.example', 'c@x.example']);
  expect(log).toEqual([]);

  await writeFile(file, 'group,member\nb@x.example,u@x.example\nnonsense\n');
  expect(await resolveGroups()).toEqual([]);
  expect(await resolveGroups()).toEqual([]);
  expect(log).toHaveLength(1);
  expect(log[0]).toMatch(/groups\.csv.*line 3.*nobody is in any group/);

  await writeFile(`${file}.new`, 'group,member\nd@x.example,u@x.example\n');
  await rename(`${file}.new`, file);
  expect(await resolveGroups()).toEqual(['d@x.example']);

  await rm(file);
  expect(await resolveGroups()).toEqual([]);
  expect(log.at(-1)).toMatch(/cannot be read/);
  await writeFile(file, Buffer.from([0xff, 0xfe, 0x67, 0x00]));
  expect(await resolveGroups()).toEqual([]);
  expect(log.at(-1)).toMatch(/UTF-8/);
});

test('resolves what the lines lead to (property)', async () => {
  const address = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f').map((name) => `${name}@x.example`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(address, address), { maxLength: 15 }), async (lines) => {
      const text = ['group,member', ...lines.map((line) => line.join(','))].join('\n');
      const { groups } = await groupsIn(text);
      // A group is reached where some chain of lines leads to it: by taking each line again and again.
      const reached = new Set(['a@x.example']);
      const found = new Set<string>();
      for (let round = 0; round < lines.length + 1; round += 1) {
        for (const [group, member] of lines) {
          if (reached.has(member)) found.add(group);
          if (reached.has(member)) reached.add(group);
        }
      }
      expect(await groups.resolve('a@x.example')).toEqual([...found].sort());
    }),
    { numRuns: 60, seed: 4 },
  );
});
