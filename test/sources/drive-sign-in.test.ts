import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDrive } from '../../src/sources/drive/connect.ts';
import { authorizeInBrowser, revoke } from '../../src/sources/drive/login.ts';
import { type DriveSettings, metadataScope, readScope } from '../../src/sources/drive/settings.ts';
import { writeTokenFile } from '../../src/sources/drive/credential-files.ts';
import { rejectionOf } from '../contract/source.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import { type DriveFixture, openDriveFixture } from './drive-fixture.ts';

let fixture: DriveFixture;
let settings: DriveSettings;
beforeEach(async () => {
  fixture = await openDriveFixture();
  settings = { ...fixture.settings, tokenFile: join(fixture.folder, 'none.json') };
});
afterEach(() => fixture.close());

const write = (name: string, content: unknown): string => {
  const path = join(fixture.folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const accountOf = async (overrides: Partial<DriveSettings>) =>
  (await connectDrive({ ...settings, ...overrides })).account();

describe('signing in by workload identity', () => {
  const workload = (email: string, token: string) => ({
    type: 'external_account',
    audience:
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
    credential_source: { file: token },
  });

  it('impersonates the service account with the token of another provider, read again each time', async () => {
    const { email } = addServiceAccount(fixture.server);
    const token = write('token', 'first');
    const keyFile = write('workload.json', workload(email, token));
    fixture.server.accounts.workloads.set('first', email);
    const api = await connectDrive({ ...settings, keyFile });
    expect(await api.account()).toBe(email);
    expect(await api.drives()).toEqual([]);
    fixture.server.accounts.workloads.clear();
    fixture.server.accounts.workloads.set('second', email);
    fixture.server.accounts.expireAccessTokens();
    write('token', 'second');
    expect(await api.drives()).toEqual([]);
  });

  it('reports what is wrong', async () => {
    const { email } = addServiceAccount(fixture.server);
    const token = write('token', 'unknown');
    const keyFile = write('workload.json', workload(email, token));
    expect(await rejectionOf(accountOf({ keyFile }))).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringContaining('subject token'),
    });
    const other = addServiceAccount(fixture.server, 'other@test-drive.iam.gserviceaccount.com');
    fixture.server.accounts.workloads.set('unknown', other.email);
    expect(await rejectionOf(accountOf({ keyFile }))).toMatchObject({
      hint: expect.stringContaining('Workload Identity User'),
    });
    const missingToken = write('lost.json', workload(email, join(fixture.folder, 'none')));
    expect(await rejectionOf(accountOf({ keyFile: missingToken }))).toMatchObject({
      code: 'not_signed_in',
      hint: expect.stringContaining('credential_source'),
    });
    const subject = 'ada@firm.example';
    expect(await rejectionOf(accountOf({ keyFile, subject }))).toMatchObject({
      code: 'invalid_configuration',
    });
  });
});

describe('signing in as a service account', () => {
  it('uses its key', async () => {
    const { email, keyFile } = addServiceAccount(fixture.server);
    expect(await accountOf({ keyFile: write('key.json', keyFile) })).toBe(email);
    expect(await accountOf({ defaultKeyFile: write('adc.json', keyFile) })).toBe(email);
  });

  it('impersonates a person, where that is delegated for the scope', async () => {
    fixture.server.model.addUser('ada@firm.example');
    const { keyFile } = addServiceAccount(fixture.server, undefined, [readScope]);
    const path = write('key.json', keyFile);
    const subject = 'ada@firm.example';
    expect(await accountOf({ keyFile: path, subject })).toBe(subject);
    const metadata = await connectDrive({ ...settings, keyFile: path, subject }, metadataScope);
    const error = await rejectionOf(metadata.account());
    expect(error.code).toBe('not_signed_in');
    expect(error.hint).toMatch(/Domain-wide delegation.*drive\.metadata\.readonly/);
    const unknownUser = await rejectionOf(
      accountOf({ keyFile: path, subject: 'eve@firm.example' }),
    );
    expect(unknownUser).toMatchObject({ code: 'not_signed_in', hint: expect.any(String) });
  });

  it('reports what is wrong with a key', async () => {
    const { keyFile } = addServiceAccount(fixture.server);
    const other = addServiceAccount(fixture.server, 'other@test-drive.iam.gserviceaccount.com');
    const stolen = { ...keyFile, private_key: other.keyFile['private_key'] };
    expect(await rejectionOf(accountOf({ keyFile: write('a.json', stolen) }))).toMatchObject({
      code: 'not_signed_in',
      retryable: false,
    });
    const damaged = { ...keyFile, private_key: keyFile['private_key']!.slice(0, 300) };
    const error = await rejectionOf(accountOf({ keyFile: write('b.json', damaged) }));
    expect(error.code).toBe('not_signed_in');
    for (const content of ['no JSON', '{}', { type: 'service_account' }]) {
      const invalid = await rejectionOf(accountOf({ keyFile: write('c.json', content) }));
      expect(invalid).toMatchObject({ code: 'invalid_configuration', hint: expect.any(String) });
    }
    const missingKey = await rejectionOf(
      accountOf({ keyFile: join(fixture.folder, 'absent.json') }),
    );
    expect(missingKey.code).toBe('invalid_configuration');
  });

  it('gives a hint where there are no credentials', async () => {
    const error = await rejectionOf(accountOf({}));
    expect(error.code).toBe('not_signed_in');
    expect(error.hint).toMatch(/DEEDBOX_DRIVE_KEY_FILE.*drive login/s);
  });
});

describe('signing in as a person', () => {
  const start = (overrides: Partial<DriveSettings> = {}, timeoutMs = 5000) => {
    let address = '';
    const signIn = authorizeInBrowser(
      { ...settings, ...overrides },
      { onAuthUrl: (url) => (address = url), timeoutMs },
    );
    return {
      signIn,
      address: () =>
        expect
          .poll(() => address)
          .not.toBe('')
          .then(() => address),
    };
  };
  const clientFile = () => {
    const { clientId, clientSecret } = fixture.server.accounts.addClient();
    return write('client.json', {
      installed: { client_id: clientId, client_secret: clientSecret },
    });
  };

  it('stores credentials for their owner alone, which work until they are revoked', async () => {
    const { accounts } = fixture.server;
    accounts.consentingUser = fixture.account;
    const { signIn, address } = start({ clientFile: clientFile() });
    const query = new URL(await address()).searchParams;
    expect(query.get('scope')).toBe(readScope);
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(await address());
    expect(await page.text()).toMatch(/may read your Drive now/);
    const credentials = await signIn;
    const path = join(fixture.folder, 'data', 'drive-token.json');
    writeTokenFile(path, credentials);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(credentials);
    expect(await accountOf({ tokenFile: path })).toBe(fixture.account);
    expect(await revoke(settings, credentials)).toBe(true);
    expect(await revoke(settings, credentials)).toBe(false);
    const error = await rejectionOf(accountOf({ tokenFile: path }));
    expect(error.code).toBe('not_signed_in');
    expect(error.hint).toMatch(/drive login/);
  });

  it('reports that consent was refused', async () => {
    const { signIn, address } = start({ clientFile: clientFile() });
    const error = rejectionOf(signIn);
    await fetch(await address());
    expect(await error).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringMatching(/refused/),
    });
  });

  it('accepts no redirect with another state', async () => {
    fixture.server.accounts.consentingUser = fixture.account;
    const { signIn, address } = start({ clientFile: clientFile() });
    const redirect = new URL(await address()).searchParams.get('redirect_uri')!;
    for (const path of ['/', '/?code=4/stolen', '/?code=4/stolen&state=guess', '/favicon.ico']) {
      expect((await fetch(redirect + path)).status).toBe(404);
    }
    await fetch(await address());
    expect((await signIn).refresh_token).toBeTruthy();
    await expect(fetch(redirect)).rejects.toThrow();
  });

  it('times out when nobody signs in', async () => {
    const { signIn } = start({ clientFile: clientFile() }, 100);
    expect(await rejectionOf(signIn)).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringMatching(/in time/),
    });
  });

  it('requires an OAuth client of the right kind', async () => {
    expect(await rejectionOf(start().signIn)).toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringMatching(/DEEDBOX_DRIVE_CLIENT_FILE|Desktop app/),
    });
    const web = write('web.json', { web: { client_id: 'a', client_secret: 'b' } });
    expect(await rejectionOf(start({ clientFile: web }).signIn)).toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringMatching(/Desktop app/),
    });
  });

  it.skipIf(process.platform === 'win32')('is not used where others may read it', async () => {
    const { tokenFile } = fixture.settings;
    chmodSync(tokenFile, 0o644);
    const error = await rejectionOf(accountOf({ tokenFile }));
    expect(error.code).toBe('not_signed_in');
    expect(error.hint).toMatch(/logout.*chmod 600/s);
    writeFileSync(tokenFile, 'half a fi');
    chmodSync(tokenFile, 0o600);
    expect(await rejectionOf(accountOf({ tokenFile }))).toMatchObject({ code: 'not_signed_in' });
    expect(existsSync(tokenFile)).toBe(true);
  });

  it('uses a new sign-in of the same person', async () => {
    const { server, account, api, settings: driveSettings } = fixture;
    await api.account();
    server.accounts.revokeAll(account);
    const { clientId, clientSecret } = server.accounts.addClient();
    const authorisation = { email: account, scopes: [readScope], clientId };
    writeTokenFile(driveSettings.tokenFile, {
      type: 'authorized_user',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: server.accounts.issueRefreshToken(authorisation),
    });
    expect(await api.drives()).toEqual([]);
  });
});
