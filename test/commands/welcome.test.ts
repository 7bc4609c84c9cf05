import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { claudeDesktop } from '../../src/commands/welcome.ts';
import { readConfig } from '../../src/settings/config.ts';

const entryOf = (settings: Record<string, string>) =>
  JSON.parse(claudeDesktop(readConfig(settings), 'http://127.0.0.1:7331', true)).mcpServers.deedbox;

it('Claude Desktop uses a bridge where the service limits answers or has its queue in Redis', () => {
  for (const [setting, value] of [
    ['DEEDBOX_REDACT', 'names'],
    ['DEEDBOX_ANSWER_DOCUMENTS', '3'],
    ['DEEDBOX_ANSWER_CHARACTERS', '20000'],
    ['REDIS_URL', 'redis://:secret@127.0.0.1:6379/0'],
  ] as const) {
    const settings = { [setting]: value };
    expect(entryOf(settings).env).toMatchObject({ DEEDBOX_URL: 'http://127.0.0.1:7331' });
    expect(entryOf(settings).args).not.toContain('--data');
    expect(JSON.stringify(entryOf(settings))).not.toContain('secret');
  }
  expect(entryOf({}).args).toContain('--data');
});

it('Claude Desktop uses a bridge where the service requires a key or answers for one person', () => {
  const withKey = JSON.parse(claudeDesktop(readConfig(), 'http://127.0.0.1:7331', false));
  expect(withKey.mcpServers.deedbox).toMatchObject({
    args: expect.not.arrayContaining(['--data']),
    env: { DEEDBOX_URL: 'http://127.0.0.1:7331', DEEDBOX_KEY: expect.any(String) },
  });
  const forPerson = entryOf({ DEEDBOX_PERSON: 'ann@firm.example' });
  expect(forPerson.env).toEqual({ DEEDBOX_URL: 'http://127.0.0.1:7331' });
  expect(forPerson.args).not.toContain('--data');
});

it('Claude Desktop gets the Drive credentials of the service', () => {
  const subject = 'contracts@firm.example';
  const driveSettings = { DEEDBOX_DRIVE_KEY_FILE: 'key.json', DEEDBOX_DRIVE_SUBJECT: subject };
  expect(entryOf(driveSettings).env).toEqual({
    ...driveSettings,
    DEEDBOX_DRIVE_KEY_FILE: resolve('key.json'),
  });
  expect(entryOf({})).not.toHaveProperty('env');
});
