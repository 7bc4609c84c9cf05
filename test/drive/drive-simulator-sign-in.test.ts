import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drive } from '@googleapis/drive';
import { CodeChallengeMethod, ExternalAccountClient, JWT, OAuth2Client } from 'google-auth-library';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { clientOf, serviceClientOf } from '../support/drive/clients.ts';
import {
  addServiceAccount,
  redirectedFetch,
  oauthEndpoints,
} from '../support/drive/credentials.ts';
import { textFile } from '../support/drive/sample-files.ts';
import type { DriveSimulator } from '../support/drive/simulator.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const alice = 'alice@firm.example';
const scope = 'https://www.googleapis.com/auth/drive.readonly';
const metadataScope = 'https://www.googleapis.com/auth/drive.metadata.readonly';
const groupScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly';
const redirectUri = 'http://127.0.0.1:9/callback';

let server: DriveSimulator;
beforeAll(async () => {
  server = await temporarySimulator();
  server.model.addUser(alice);
});

const currentUser = async (auth: JWT | OAuth2Client) => {
  const client = drive({ version: 'v3', auth, rootUrl: `${server.url}/`, retry: false });
  return (await client.about.get({ fields: 'user/emailAddress' })).data.user?.emailAddress;
};

/** As somebody who opens the address in a browser and is sent back. */
async function followConsent(address: string): Promise<URLSearchParams> {
  const response = await fetch(address, { redirect: 'manual' });
  expect(response.status).toBe(302);
  return new URL(response.headers.get('location') ?? '').searchParams;
}

test('a service account signs in with its own key alone', async () => {
  const { auth, email } = serviceClientOf(server);
  expect(await currentUser(auth)).toBe(email);
  expect(server.counts().token).toBe(1);
  const other = addServiceAccount(server, 'other@test-drive.iam.gserviceaccount.com');
  const transporterOptions = { fetchImplementation: redirectedFetch(server) };
  const key = other.keyFile['private_key'];
  const forged = new JWT({ email, key, scopes: [scope], transporterOptions });
  await expect(currentUser(forged)).rejects.toThrow('Invalid JWT Signature');
  const unknown = new JWT({ email: 'nobody@x.example', key, scopes: [scope], transporterOptions });
  await expect(currentUser(unknown)).rejects.toThrow(/invalid_grant|account not found/);
});

test('a service account impersonates users within the delegated scopes alone', async () => {
  const delegated = serviceClientOf(server, { subject: alice, delegated: [scope] });
  expect(await currentUser(delegated.auth)).toBe(alice);
  const unknownUser = serviceClientOf(server, { subject: 'x@firm.example', delegated: [scope] });
  await expect(currentUser(unknownUser.auth)).rejects.toMatchObject({ status: 400 });
  const undelegated = serviceClientOf(server, { subject: alice, delegated: [metadataScope] });
  await expect(currentUser(undelegated.auth)).rejects.toMatchObject({ status: 401 });
});

test('a desktop app exchanges a code with its verifier, and refreshes the token', async () => {
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
  expect((await followConsent(consentPage())).get('error')).toBe('access_denied');
  accounts.consentingUser = alice;
  const codeOf = async () => {
    const redirectParams = await followConsent(consentPage());
    expect(redirectParams.get('state')).toBe('one');
    return redirectParams.get('code') ?? '';
  };
  const wrongVerifier = createHash('sha256').update('wrong').digest('hex');
  for (const verifier of [undefined, wrongVerifier])
    await expect(
      auth.getToken({ code: await codeOf(), codeVerifier: verifier }),
    ).rejects.toMatchObject({ status: 400 });
  const code = await codeOf();
  const { tokens } = await auth.getToken({ code, codeVerifier });
  expect(tokens).toMatchObject({ scope, token_type: 'Bearer' });
  await expect(auth.getToken({ code, codeVerifier })).rejects.toThrow('invalid_grant');
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  expect(await currentUser(auth)).toBe(alice);
  accounts.expireAccessTokens();
  expect(await currentUser(auth)).toBe(alice);
  accounts.tokenLifetimeSeconds = -1;
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  await expect(currentUser(auth)).rejects.toMatchObject({ status: 401 });
  accounts.tokenLifetimeSeconds = 3599;
  await auth.revokeToken(tokens.refresh_token ?? '');
  auth.setCredentials({ refresh_token: tokens.refresh_token });
  await expect(currentUser(auth)).rejects.toThrow('invalid_grant');
  const foreignRedirect = await fetch(consentPage().replace('127.0.0.1%3A9', 'evil.example'), {
    redirect: 'manual',
  });
  expect(foreignRedirect.status).toBe(400);
});

test('a workload impersonates a service account with a token of its provider', async () => {
  const { email } = addServiceAccount(server, 'workload@test-drive.iam.gserviceaccount.com');
  server.accounts.workloads.set('from-elsewhere', email);
  const file = join(temporaryFolder(), 'token');
  writeFileSync(file, 'from-elsewhere');
  const createClient = () => {
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
  const { data } = await createClient().request({ url });
  expect(data).toEqual({ user: { emailAddress: email } });
  writeFileSync(file, 'not known');
  await expect(createClient().request({ url })).rejects.toThrow('invalid_grant');
});

test('a token is limited to its scopes', async () => {
  const { model } = server;
  const fileId = model.createFile(textFile('x.txt', model.rootOf(alice)));
  const metadata = clientOf(server, alice, [metadataScope]);
  expect((await metadata.files.get({ fileId })).data.name).toBe('x.txt');
  await expect(metadata.files.get({ fileId, alt: 'media' })).rejects.toMatchObject({ status: 403 });
  const groups = clientOf(server, alice, [groupScope]);
  await expect(groups.files.list()).rejects.toMatchObject({ status: 403 });
  const unauthenticated = await fetch(`${server.url}/drive/v3/files`);
  expect(unauthenticated.status).toBe(401);
  expect(await unauthenticated.json()).toMatchObject({
    error: { errors: [{ reason: 'authError' }] },
  });
});

test('the directory returns direct groups, page by page, and nested membership on request', async () => {
  const { model } = server;
  for (const at of [1, 2, 3]) model.setGroup(`team${at}@firm.example`, [alice]);
  model.setGroup('all@firm.example', ['team1@firm.example']);
  const scopes = [groupScope];
  const { token } = server.accounts.issueAccessToken({ email: alice, scopes, clientId: 'test' });
  const getDirectory = async (path: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/admin/directory/v1/${path}`, { headers });
    const body = (await response.json()) as Record<string, unknown>;
    return { ...body, status: response.status } as Record<string, unknown>;
  };
  const first = await getDirectory(`groups?userKey=${alice}&maxResults=2`);
  expect(first['groups']).toMatchObject([{ email: 'team1@firm.example' }, {}]);
  const next = String(first['nextPageToken']);
  const rest = await getDirectory(`groups?userKey=${alice}&maxResults=2&pageToken=${next}`);
  expect(rest['groups']).toMatchObject([{ email: 'team3@firm.example' }]);
  expect(rest).not.toHaveProperty('nextPageToken');
  expect((await getDirectory('groups?userKey=nobody@firm.example')).status).toBe(404);
  expect((await getDirectory('groups?userKey=team1@firm.example'))['groups']).toMatchObject([
    { email: 'all@firm.example' },
  ]);
  const members = 'groups/all@firm.example/members';
  expect((await getDirectory(members))['members']).toMatchObject([{ type: 'GROUP' }]);
  expect((await getDirectory(`${members}?includeDerivedMembership=true`))['members']).toMatchObject(
    [{ email: alice, type: 'USER' }],
  );
  expect(await getDirectory(`groups/all@firm.example/hasMember/${alice}`)).toMatchObject({
    isMember: true,
  });
  expect((await getDirectory(`groups/none@firm.example/hasMember/${alice}`)).status).toBe(404);
});
