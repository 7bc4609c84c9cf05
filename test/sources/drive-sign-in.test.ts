import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDrive } from '../../src/sources/drive/connect.ts';
import { askToSignIn, revoke } from '../../src/sources/drive/login.ts';
import { type DriveSettings, metadataScope, readScope } from '../../src/sources/drive/settings.ts';
import { writeTokenFile } from '../../src/sources/drive/token-file.ts';
import { refusal } from '../contract/source.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import { type DrivePlace, openDrivePlace } from './drive-place.ts';

let place: DrivePlace;
let settings: DriveSettings;
beforeEach(async () => {
  place = await openDrivePlace();
  settings = { ...place.settings, tokenFile: join(place.folder, 'none.json') };
});
afterEach(() => place.close());

const write = (name: string, content: unknown): string => {
  const path = join(place.folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const accountOf = async (given: Partial<DriveSettings>) =>
  (await connectDrive({ ...settings, ...given })).account();

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

  it('becomes the service account by the token of another provider, read anew each time', async () => {
    const { email } = addServiceAccount(place.server);
    const token = write('token', 'first');
    const keyFile = write('workload.json', workload(email, token));
    place.server.accounts.workloads.set('first', email);
    const api = await connectDrive({ ...settings, keyFile });
    expect(await api.account()).toBe(email);
    expect(await api.drives()).toEqual([]);
    place.server.accounts.workloads.clear();
    place.server.accounts.workloads.set('second', email);
    place.server.accounts.expireAccessTokens();
    write('token', 'second');
    expect(await api.drives()).toEqual([]);
  });

  it('says what is wrong', async () => {
    const { email } = addServiceAccount(place.server);
    const token = write('token', 'unknown');
    const keyFile = write('workload.json', workload(email, token));
    expect(await refusal(accountOf({ keyFile }))).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringContaining('subject token'),
    });
    const other = addServiceAccount(place.server, 'other@test-drive.iam.gserviceaccount.com');
    place.server.accounts.workloads.set('unknown', other.email);
    expect(await refusal(accountOf({ keyFile }))).toMatchObject({
      hint: expect.stringContaining('Workload Identity User'),
    });
    const lost = write('lost.json', workload(email, join(place.folder, 'none')));
    expect(await refusal(accountOf({ keyFile: lost }))).toMatchObject({
      code: 'not_signed_in',
      hint: expect.stringContaining('credential_source'),
    });
    const subject = 'ada@firm.example';
    expect(await refusal(accountOf({ keyFile, subject }))).toMatchObject({
      code: 'invalid_configuration',
    });
  });
});

describe('signing in as a service account', () => {
  it('works by its key, for itself', async () => {
    const { email, keyFile } = addServiceAccount(place.server);
    expect(await accountOf({ keyFile: write('key.json', keyFile) })).toBe(email);
    expect(await accountOf({ defaultKeyFile: write('adc.json', keyFile) })).toBe(email);
  });

  it('works in the name of a person, where that is delegated for the scope', async () => {
    place.server.world.addUser('ada@firm.example');
    const { keyFile } = addServiceAccount(place.server, undefined, [readScope]);
    const path = write('key.json', keyFile);
    const subject = 'ada@firm.example';
    expect(await accountOf({ keyFile: path, subject })).toBe(subject);
    const metadata = await connectDrive({ ...settings, keyFile: path, subject }, metadataScope);
    const refused = await refusal(metadata.account());
    expect(refused.code).toBe('not_signed_in');
    expect(refused.hint).toMatch(/Domain-wide delegation.*drive\.metadata\.readonly/);
    const unknown = await refusal(accountOf({ keyFile: path, subject: 'eve@firm.example' }));
    expect(unknown).toMatchObject({ code: 'not_signed_in', hint: expect.any(String) });
  });

  it('says what is wrong with a key', async () => {
    const { keyFile } = addServiceAccount(place.server);
    const other = addServiceAccount(place.server, 'other@test-drive.iam.gserviceaccount.com');
    const stolen = { ...keyFile, private_key: other.keyFile['private_key'] };
    expect(await refusal(accountOf({ keyFile: write('a.json', stolen) }))).toMatchObject({
      code: 'not_signed_in',
      retryable: false,
    });
    const damaged = { ...keyFile, private_key: keyFile['private_key']!.slice(0, 300) };
    const refused = await refusal(accountOf({ keyFile: write('b.json', damaged) }));
    expect(refused.code).toBe('not_signed_in');
    for (const content of ['no JSON', '{}', { type: 'service_account' }]) {
      const wrong = await refusal(accountOf({ keyFile: write('c.json', content) }));
      expect(wrong).toMatchObject({ code: 'invalid_configuration', hint: expect.any(String) });
    }
    const absent = await refusal(accountOf({ keyFile: join(place.folder, 'absent.json') }));
    expect(absent.code).toBe('invalid_configuration');
  });

  it('says what to do where there are no credentials at all', async () => {
    const refused = await refusal(accountOf({}));
    expect(refused.code).toBe('not_signed_in');
    expect(refused.hint).toMatch(/DEEDBOX_DRIVE_KEY_FILE.*drive login/s);
  });
});

describe('signing in as a person', () => {
  const start = (given: Partial<DriveSettings> = {}, patience = 5000) => {
    let address = '';
    const asked = askToSignIn(
      { ...settings, ...given },
      { show: (shown) => (address = shown), patience },
    );
    return {
      asked,
      address: () =>
        expect
          .poll(() => address)
          .not.toBe('')
          .then(() => address),
    };
  };
  const clientFile = () => {
    const { clientId, clientSecret } = place.server.accounts.addClient();
    return write('client.json', {
      installed: { client_id: clientId, client_secret: clientSecret },
    });
  };

  it('gives credentials that read, kept for their owner alone, until they are revoked', async () => {
    const { accounts } = place.server;
    accounts.atTheBrowser = place.account;
    const { asked, address } = start({ clientFile: clientFile() });
    const query = new URL(await address()).searchParams;
    expect(query.get('scope')).toBe(readScope);
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(await address());
    expect(await page.text()).toMatch(/may read your Drive now/);
    const person = await asked;
    const path = join(place.folder, 'data', 'drive-token.json');
    writeTokenFile(path, person);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(person);
    expect(await accountOf({ tokenFile: path })).toBe(place.account);
    expect(await revoke(settings, person)).toBe(true);
    expect(await revoke(settings, person)).toBe(false);
    const refused = await refusal(accountOf({ tokenFile: path }));
    expect(refused.code).toBe('not_signed_in');
    expect(refused.hint).toMatch(/drive login/);
  });

  it('that they refuse is said', async () => {
    const { asked, address } = start({ clientFile: clientFile() });
    const refused = refusal(asked);
    await fetch(await address());
    expect(await refused).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringMatching(/refused/),
    });
  });

  it('takes no answer but that to its own question', async () => {
    place.server.accounts.atTheBrowser = place.account;
    const { asked, address } = start({ clientFile: clientFile() });
    const redirect = new URL(await address()).searchParams.get('redirect_uri')!;
    for (const path of ['/', '/?code=4/stolen', '/?code=4/stolen&state=guess', '/favicon.ico']) {
      expect((await fetch(redirect + path)).status).toBe(404);
    }
    await fetch(await address());
    expect((await asked).refresh_token).toBeTruthy();
    await expect(fetch(redirect)).rejects.toThrow();
  });

  it('ends when nobody answers', async () => {
    const { asked } = start({ clientFile: clientFile() }, 100);
    expect(await refusal(asked)).toMatchObject({
      code: 'not_signed_in',
      message: expect.stringMatching(/in time/),
    });
  });

  it('needs an OAuth client of the right kind', async () => {
    expect(await refusal(start().asked)).toMatchObject({
      code: 'invalid_configuration',
      hint: expect.stringMatching(/DEEDBOX_DRIVE_CLIENT_FILE|Desktop app/),
    });
    const web = write('web.json', { web: { client_id: 'a', client_secret: 'b' } });
    expect(await refusal(start({ clientFile: web }).asked)).toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringMatching(/Desktop app/),
    });
  });

  it.skipIf(process.platform === 'win32')('is not used where others may read it', async () => {
    const { tokenFile } = place.settings;
    chmodSync(tokenFile, 0o644);
    const refused = await refusal(accountOf({ tokenFile }));
    expect(refused.code).toBe('not_signed_in');
    expect(refused.hint).toMatch(/logout.*chmod 600/s);
    writeFileSync(tokenFile, 'half a fi');
    chmodSync(tokenFile, 0o600);
    expect(await refusal(accountOf({ tokenFile }))).toMatchObject({ code: 'not_signed_in' });
    expect(existsSync(tokenFile)).toBe(true);
  });

  it('goes on when that person has signed in again meanwhile', async () => {
    const { server, account, api, settings: kept } = place;
    await api.account();
    server.accounts.revokeAll(account);
    const { clientId, clientSecret } = server.accounts.addClient();
    const authorisation = { email: account, scopes: [readScope], clientId };
    writeTokenFile(kept.tokenFile, {
      type: 'authorized_user',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: server.accounts.issueRefreshToken(authorisation),
    });
    expect(await api.drives()).toEqual([]);
  });
});
