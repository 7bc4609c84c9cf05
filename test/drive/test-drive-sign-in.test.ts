import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drive } from '@googleapis/drive';
import { CodeChallengeMethod, ExternalAccountClient, JWT, OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { clientOf, serviceClientOf } from '../support/drive/clients.ts';
import { addServiceAccount, fetchThrough, oauthEndpoints } from '../support/drive/credentials.ts';
import type { DriveServer } from '../support/drive/server.ts';
import { temporaryDrive } from '../support/drive/temporary-drive.ts';

const alice = 'alice@firm.example';
const scope = 'https://www.googleapis.com/auth/drive.readonly';
const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const groupScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly';
const redirectUri = 'http://127.0.0.1:9/callback';

let server: DriveServer;
beforeAll(async () => {
  server = await temporaryDrive();
  server.world.addUser(alice);
});

const whoAmI = async (auth: JWT | OAuth2Client) => {
  const client = drive({ version: 'v3', auth, rootUrl: `${server.url}/`, retry: false });
  return (await client.about.get({ fields: 'user/emailAddress' })).data.user?.emailAddress;
};

/** As somebody who opens the address in a browser and is sent back. */
async function browse(address: string): Promise<URLSearchParams> {
  const response = await fetch(address, { redirect: 'manual' });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '').searchParams;
}

test('a service account signs in with its own key, and with no other', async () => {
  const { auth, email } = serviceClientOf(server);
  expect(await whoAmI(auth)).toBe(email);
  expect(server.counts().token).toBe(1);
  const other = addServiceAccount(server, 'other@test-drive.iam.gserviceaccount.com');
  const transporterOptions = { fetchImplementation: fetchThrough(server) };
  const key = other.keyFile['private_key'];
  const forged = new JWT({ email, key, scopes: [scope], transporterOptions });
  await expect(whoAmI(forged)).rejects.toThrow('Invalid JWT Signature');
  const unknown = new JWT({ email: 'nobody@x.example', key, scopes: [scope], transporterOptions });
  await expect(whoAmI(unknown)).rejects.toThrow(/invalid_grant|account not found/);
});

test('it acts for a user only within what was delegated to it', async () => {
  const delegated = serviceClientOf(server, { subject: alice, delegated: [scope] });
  expect(await whoAmI(delegated.auth)).toBe(alice);
  const stranger = serviceClientOf(server, { subject: 'x@firm.example', delegated: [scope] });
  await expect(whoAmI(stranger.auth)).rejects.toMatchObject({ status: 400 });
  const without = serviceClientOf(server, { subject: alice, delegated: [metadataScope] });
  await expect(whoAmI(without.auth)).rejects.toMatchObject({ status: 401 });
});

test('a desktop app gets tokens for a code, with its verifier alone, and refreshes them', async () => {
  const { accounts } = server;
  const { clientId, clientSecret } = accounts.addClient();
  const endpoints = oauthEndpoints(server);
  // Without the last, Google's client does not refresh a token that is refused before its time.
  const options = { clientId, clientSecret, redirectUri, endpoints, forceRefreshOnFailure: true };
  const auth = new OAuth2Client(options);
  const { codeVerifier, codeChallenge } = await auth.generateCodeVerifierAsync();
  const consentPage = () =>
    auth.generateAuthUrl({
      access_type: 'offline',
      scope,
      state: 'one',
      code_challenge: codeChallenge,
      code_challenge_method: CodeChallengeMethod.S256,
    });
  expect((await browse(consentPage())).get('error')).toBe('access_denied');
  accounts.atTheBrowser = alice;
  const codeOf = async () => {
    const back = await browse(consentPage());
    expect(back.get('state')).toBe('one');
    return back.get('code') ?? '';
  };
  const wrong = createHash('sha256').update('wrong').digest('hex');
  for (const verifier of [undefined, wrong])
    await expect(
      auth.getToken({ code: await codeOf(), codeVerifier: verifier }),
    ).rejects.toMatchObject({ status: 400 });
  const code = await codeOf();
  const { tokens } = await auth.getToken({ code, codeVerifier });
  expect(tokens).toMatchObject({ scope, token_type: 'Bearer' });
  await expect(auth.getToken({ code, codeVerifier })).rejects.toThrow('invalid_grant');
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  expect(await whoAmI(auth)).toBe(alice);
  accounts.expireAccessTokens();
  expect(await whoAmI(auth)).toBe(alice);
  accounts.lifetime = -1;
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  await expect(whoAmI(auth)).rejects.toMatchObject({ status: 401 });
  accounts.lifetime = 3599;
  await auth.revokeToken(tokens.refresh_token ?? '');
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  await expect(whoAmI(auth)).rejects.toThrow('invalid_grant');
  const away = await fetch(consentPage().replace('127.0.0.1%3A9', 'evil.example'), {
    redirect: 'manual',
  });
  expect(away.status).toBe(400);
});

test('a workload becomes a service account by a token of its own provider', async () => {
  const { email } = addServiceAccount(server, 'workload@test-drive.iam.gserviceaccount.com');
  server.accounts.workloads.set('from-elsewhere', email);
  const file = join(temporaryFolder(afterAll), 'token');
  writeFileSync(file, 'from-elsewhere');
  const make = () => {
    const client = ExternalAccountClient.fromJSON({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${server.url}/v1/token`,
      service_account_impersonation_url: `${server.url}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
      credential_source: { file },
      scopes: [scope],
    });
    if (!client) throw new Error('No client.');
    return client;
  };
  const url = `${server.url}/drive/v3/about?fields=user/emailAddress`;
  const { data } = await make().request({ url });
  expect(data).toEqual({ user: { emailAddress: email } });
  writeFileSync(file, 'not known');
  await expect(make().request({ url })).rejects.toThrow('invalid_grant');
});

test('a token opens only what its scopes are for', async () => {
  const { world } = server;
  const bytes = Buffer.from('x');
  const parent = world.rootOf(alice);
  const fileId = world.createFile({ name: 'x.txt', parent, mimeType: 'text/plain', bytes });
  const metadata = clientOf(server, alice, [metadataScope]);
  expect((await metadata.files.get({ fileId })).data.name).toBe('x.txt');
  await expect(metadata.files.get({ fileId, alt: 'media' })).rejects.toMatchObject({ status: 403 });
  const groups = clientOf(server, alice, [groupScope]);
  await expect(groups.files.list()).rejects.toMatchObject({ status: 403 });
  const nobody = await fetch(`${server.url}/drive/v3/files`);
  expect(nobody.status).toBe(401);
  expect(await nobody.json()).toMatchObject({ error: { errors: [{ reason: 'authError' }] } });
});

test('the directory tells direct groups, page by page, and nested membership when asked', async () => {
  const { world } = server;
  for (const at of [1, 2, 3]) world.setGroup(`team${at}@firm.example`, [alice]);
  world.setGroup('all@firm.example', ['team1@firm.example']);
  const scopes = [groupScope];
  const { token } = server.accounts.issueAccessToken({ email: alice, scopes, clientId: 'test' });
  const ask = async (path: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/admin/directory/v1/${path}`, { headers });
    const body = (await response.json()) as Record<string, unknown>;
    return { ...body, status: response.status } as Record<string, unknown>;
  };
  const first = await ask(`groups?userKey=${alice}&maxResults=2`);
  expect(first['groups']).toMatchObject([{ email: 'team1@firm.example' }, {}]);
  const next = String(first['nextPageToken']);
  const rest = await ask(`groups?userKey=${alice}&maxResults=2&pageToken=${next}`);
  expect(rest['groups']).toMatchObject([{ email: 'team3@firm.example' }]);
  expect(rest).not.toHaveProperty('nextPageToken');
  expect((await ask('groups?userKey=nobody@firm.example')).status).toBe(404);
  expect((await ask('groups?userKey=team1@firm.example'))['groups']).toMatchObject([
    { email: 'all@firm.example' },
  ]);
  const members = 'groups/all@firm.example/members';
  expect((await ask(members))['members']).toMatchObject([{ type: 'GROUP' }]);
  expect((await ask(`${members}?includeDerivedMembership=true`))['members']).toMatchObject([
    { email: alice, type: 'USER' },
  ]);
  expect(await ask(`groups/all@firm.example/hasMember/${alice}`)).toMatchObject({ isMember: true });
  expect((await ask(`groups/none@firm.example/hasMember/${alice}`)).status).toBe(404);
});
