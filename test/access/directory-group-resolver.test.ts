import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { directoryScope } from '../../src/access/directory-group-resolver.ts';
import { readConfig } from '../../src/settings/config.ts';
import { openGroupResolver } from '../../src/composition/app.ts';
import { temporaryFolder } from '../support/cli.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const drive = await temporarySimulator();
const { people } = drive.model;
const admin = `admin@${people.domain}`;
const ann = `ann@${people.domain}`;
const group = (name: string) => `${name}@${people.domain}`;

beforeEach(() => {
  drive.faults.clear();
  drive.forgetRequests();
  people.groups.clear();
  for (const email of [admin, ann]) people.addUser(email);
  people.setGroup(group('deals'), [ann]);
  people.setGroup(group('legal'), [group('deals')]);
  people.setGroup(group('all'), [group('legal'), group('board')]);
  people.setGroup(group('board'), [group('all')]);
  people.setGroup(group('other'), [admin]);
});

/** Groups as a configured process asks for them, with a service account that may act for an admin. */
function openConfiguredResolver(scopes: string[] = [directoryScope]) {
  const { keyFile } = addServiceAccount(drive, undefined, scopes);
  const file = path.join(temporaryFolder(), 'key.json');
  writeFileSync(file, JSON.stringify(keyFile));
  const log: string[] = [];
  const config = readConfig({
    DEEDBOX_GROUPS: 'directory',
    DEEDBOX_GROUPS_ADMIN: admin,
    DEEDBOX_DRIVE_KEY_FILE: file,
    DEEDBOX_DRIVE_ENDPOINT: drive.url,
  });
  return { groups: openGroupResolver(config, (line) => log.push(line))!, log };
}

const all = ['all', 'board', 'deals', 'legal'].map(group);

test('resolves direct and transitive groups in the name of an admin', async () => {
  const { groups, log } = openConfiguredResolver();
  expect(await groups.resolve(ann)).toEqual(all);
  expect(log).toEqual([]);
  const groupRequests = drive.requestLog.filter(({ kind }) => kind === 'groups');
  expect(groupRequests.every(({ email }) => email === admin)).toBe(true);
  expect(groupRequests.map(({ params }) => params['userKey'])).toEqual([
    ann,
    ...['deals', 'legal', 'all', 'board'].map(group),
  ]);
});

test('reads many groups in pages', async () => {
  const many = Array.from({ length: 450 }, (_, index) => group(`g${index}`));
  for (const name of many) people.setGroup(name, [ann]);
  const { groups } = openConfiguredResolver();
  expect(await groups.resolve(ann)).toEqual([...all, ...many].sort());
});

test('caches a response for some minutes', async () => {
  const { groups } = openConfiguredResolver();
  await groups.resolve(ann);
  const before = drive.counts().groups;
  people.setGroup(group('new'), [ann]);
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(Date.now() + 4 * 60_000);
    expect(await groups.resolve(ann)).toEqual(all);
    expect(drive.counts().groups).toBe(before);
    vi.setSystemTime(Date.now() + 2 * 60_000);
    expect(await groups.resolve(ann)).toEqual([...all, group('new')].sort());
  } finally {
    vi.useRealTimers();
  }
});

test('puts a person whom the directory does not know in no group', async () => {
  const { groups, log } = openConfiguredResolver();
  expect(await groups.resolve('guest@elsewhere.example')).toEqual([]);
  expect(log).toHaveLength(1);
  expect(log[0]).toContain('guest@elsewhere.example');
});

test.each([
  ['an error', { do: 'answer', status: 503, reason: 'backendError' }],
  ['a refusal', { do: 'answer', status: 403, reason: 'forbidden' }],
  ['broken JSON', { do: 'answer', status: 200, body: 'broken-json' }],
  ['a broken connection', { do: 'refuse' }],
] as const)('%s means no group until a retry', async (_, fault) => {
  const { groups, log } = openConfiguredResolver();
  drive.faults.add({ kind: 'groups', fault });
  expect(await groups.resolve(ann)).toEqual([]);
  expect(log).toHaveLength(1);
  drive.faults.clear();
  expect(await groups.resolve(ann)).toEqual([]);
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    vi.setSystemTime(Date.now() + 31_000);
    expect(await groups.resolve(ann)).toEqual(all);
  } finally {
    vi.useRealTimers();
  }
});

test('keeps the groups that could be read where a request fails', async () => {
  const { groups, log } = openConfiguredResolver();
  drive.faults.add({
    kind: 'groups',
    path: 'userKey=legal',
    fault: { do: 'answer', status: 500 },
  });
  expect(await groups.resolve(ann)).toEqual(['deals', 'legal'].map(group));
  expect(log).toHaveLength(1);
});

test('resolves no group without the scope or credentials, and logs why', async () => {
  const { groups, log } = openConfiguredResolver([
    'https://www.googleapis.com/auth/drive.readonly',
  ]);
  expect(await groups.resolve(ann)).toEqual([]);
  expect(log[0]).toContain('unauthorized');

  const none: string[] = [];
  const config = readConfig({
    DEEDBOX_DATA: temporaryFolder(),
    DEEDBOX_GROUPS: 'directory',
    DEEDBOX_GROUPS_ADMIN: admin,
  });
  expect(await openGroupResolver(config, (line) => none.push(line))!.resolve(ann)).toEqual([]);
  expect(none[0]).toContain('credentials');
});
