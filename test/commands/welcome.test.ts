import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { claudeDesktop } from '../../src/commands/welcome.ts';
import { readConfig } from '../../src/config.ts';

it('has Claude Desktop sign in to Drive as the service does', () => {
  const subject = 'contracts@firm.example';
  const given = { DEEDBOX_DRIVE_KEY_FILE: 'key.json', DEEDBOX_DRIVE_SUBJECT: subject };
  const entryOf = (settings: Record<string, string>) =>
    JSON.parse(claudeDesktop(readConfig(settings), 'http://127.0.0.1:7331', true)).mcpServers
      .deedbox;
  expect(entryOf(given).env).toEqual({ ...given, DEEDBOX_DRIVE_KEY_FILE: resolve('key.json') });
  expect(entryOf({})).not.toHaveProperty('env');
});
