import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { readConfig } from '../../src/settings/config.ts';
import { expiryOf } from '../../src/commands/key.ts';
import { deedbox, entry, temporaryFolder } from '../support/cli.ts';
import { bearer, send } from '../support/raw-http.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const start = (env: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, 'start', '--port', '0', ...args],
      { env: { ...process.env, ...env }, timeout: 20_000 },
      (error, _stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stderr }),
    );
  });

describe('when a key expires', () => {
  const now = new Date('2026-11-21T10:00:00Z');

  it('is a number of days from now, at the end of a day, or never', () => {
    expect(expiryOf('90d', now)?.toISOString()).toBe('2027-02-19T10:00:00.000Z');
    expect(expiryOf(undefined, now)?.toISOString()).toBe('2027-11-21T10:00:00.000Z');
    expect(expiryOf('2026-11-21', now)?.toISOString()).toBe('2026-11-21T23:59:59.999Z');
    expect(expiryOf('never', now)).toBeUndefined();
  });

  it.each([
    '',
    '90',
    'd',
    '0d',
    '-1d',
    '1.5d',
    '2026-02-30',
    '2026-13-01',
    '2020-01-01',
    'soon',
    '99999d',
  ])('rejects "%s"', (text) => {
    expect(() => expiryOf(text, now)).toThrow();
  });
});

describe('deedbox key', () => {
  it('creates keys, lists them without their secrets, and revokes them', async () => {
    const data = temporaryFolder();
    const run = (...args: string[]) => deedbox('--data', data, 'key', ...args);
    expect((await run('list')).stdout).toContain('There is no key yet');
    expect(existsSync(path.join(data, 'keys.db'))).toBe(false);

    const made = await run(
      'create',
      '--name',
      'Ann laptop',
      '--role',
      'reader',
      '--as',
      'Ann@Firm.Example',
      '--expires',
      '90d',
    );
    expect(made.code).toBe(0);
    const key = made.stdout.trim();
    expect(key).toMatch(/^dbx_[\w-]{49}$/);
    expect(made.stderr).toMatch(/shown only this once/);
    expect(made.stderr).toMatch(/rejects every request without a key/);
    // a key in another data folder than the service's would have no effect
    expect(made.stderr).toContain(`Nothing is indexed in ${data} yet`);
    expect(made.stderr).not.toContain(key);
    const admin = await run('create', '--name', 'IT', '--role', 'admin', '--everything', '--json');
    expect(JSON.parse(admin.stdout)).toMatchObject({
      role: 'admin',
      person: null,
      state: 'in_use',
    });

    const keys = new KeyStore(data);
    onTestFinished(() => keys.close());
    expect(keys.authenticate(key).principal).toEqual({ email: 'ann@firm.example' });
    const keyList = await run('list');
    expect(keyList.stdout).toMatch(/Ann laptop +reader +ann@firm\.example +in use/);
    expect(keyList.stdout).toMatch(/IT +admin +everything +in use/);
    expect(keyList.stdout).not.toContain(key.slice(4, 20));

    expect((await run('revoke', 'Ann laptop')).stdout).toContain(
      'The key "Ann laptop" is revoked.',
    );
    expect(() => keys.authenticate(key)).toThrow(/revoked/);
    const secondRevocation = await run('revoke', 'Ann laptop');
    expect([secondRevocation.code, secondRevocation.stderr]).toEqual([
      2,
      expect.stringContaining('No key in use'),
    ]);
    const json = JSON.parse((await run('list', '--json')).stdout) as { state: string }[];
    expect(json.map(({ state }) => state)).toEqual(['revoked', 'in_use']);
  });

  it('lists expired keys as expired', async () => {
    const data = temporaryFolder();
    const keys = new KeyStore(data);
    const expiresAt = new Date(Date.now() - 1);
    keys.create({ name: 'old', role: 'reader', expiresAt });
    keys.create({ name: 'new', role: 'reader', expiresAt: new Date(Date.now() + 3_600_000) });
    keys.close();
    const { stdout } = await deedbox('--data', data, 'key', 'list', '--json');
    const states = (JSON.parse(stdout) as { name: string; state: string }[]).map(
      ({ name, state }) => [name, state],
    );
    expect(Object.fromEntries(states)).toEqual({ old: 'expired', new: 'in_use' });
  });

  it('rejects options that do not say exactly what the key may read', async () => {
    const data = temporaryFolder();
    const create = (...args: string[]) => deedbox('--data', data, 'key', 'create', ...args);
    const nameOptions = ['--name', 'x', '--role', 'admin'];
    for (const [args, message] of [
      [nameOptions, /Specify what the key may read/],
      [[...nameOptions, '--as', 'Ann'], /not an email address/],
      [[...nameOptions, '--as', 'a@b.example', '--everything'], /cannot be used with/],
      [['--name', 'x', '--everything'], /--role/],
      [['--name', '\n', '--role', 'reader', '--everything'], /The name of a key/],
      [['--name', 'x', '--role', 'owner', '--everything'], /reader, admin/],
    ] as const) {
      const { code, stdout, stderr } = await create(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    }
    expect(existsSync(path.join(data, 'keys.db'))).toBe(false);
  });
});

describe('a key of the command line', () => {
  it('is required by a running service from then on, and is rejected once revoked', async () => {
    const data = temporaryFolder();
    const { url } = await serveWorkspace(data, {}, (close) => onTestFinished(close));
    expect((await send(`${url}/`)).status).toBe(200);
    const run = (...args: string[]) => deedbox('--data', data, 'key', ...args);
    const { stdout } = await run('create', '--name', 'x', '--role', 'admin', '--everything');
    const withKey = { headers: bearer(stdout.trim()) };
    expect((await send(`${url}/`)).status).toBe(401);
    expect((await send(`${url}/health/ready`)).status).toBe(200);
    expect((await send(`${url}/`, withKey)).status).toBe(200);
    await run('revoke', 'x');
    for (const with_ of [{}, withKey]) expect((await send(`${url}/`, with_)).status).toBe(401);
  });

  it('is required before a service listens on another address than loopback', async () => {
    const env = { DEEDBOX_HOST: '0.0.0.0', DEEDBOX_PUBLIC_URL: 'https://deedbox.firm.example' };
    const { code, stderr } = await start(env, '--data', temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /does not listen on 0\.0\.0\.0.*\n.*deedbox key create.*DEEDBOX_OIDC_ISSUER/,
    );
  });
});

describe('the settings of an identity provider', () => {
  const issuer = 'https://login.firm.example';

  it('require an audience', () => {
    expect(() => readConfig({ DEEDBOX_OIDC_ISSUER: issuer })).toThrow(/AUDIENCE: is required/);
    expect(() => readConfig({ DEEDBOX_OIDC_AUDIENCE: 'x' })).toThrow(/no effect without/);
    expect(() => readConfig({ DEEDBOX_OIDC_ISSUER: '' })).toThrow(/DEEDBOX_OIDC_ISSUER/);
    const { access } = readConfig({
      DEEDBOX_OIDC_ISSUER: issuer,
      DEEDBOX_PUBLIC_URL: 'https://deedbox.firm.example/',
    });
    expect(access.oidc).toMatchObject({ issuer, audience: 'https://deedbox.firm.example/mcp' });
  });

  it.each(['none', 'HS256', 'RS256,HS256', 'rs256', ','])(
    'reject the algorithms "%s"',
    (algorithms) => {
      const settings = { DEEDBOX_OIDC_ISSUER: issuer, DEEDBOX_OIDC_AUDIENCE: 'x' };
      expect(() => readConfig({ ...settings, DEEDBOX_OIDC_ALGORITHMS: algorithms })).toThrow(
        /DEEDBOX_OIDC_ALGORITHMS/,
      );
    },
  );
});
