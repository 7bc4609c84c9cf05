import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { entry, type Outcome, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import { rename, share } from '../support/drive/drive-operations.ts';
import { DriveSimulator } from '../support/drive/simulator.ts';

const contract = `MUTUAL NON-DISCLOSURE AGREEMENT

This Agreement is made on 3 March 2025 between Aldermoor Inc. and Birchfold GmbH.

1. Governing law
This Agreement is governed by the laws of the State of Delaware.
`;

let server: DriveSimulator;
beforeEach(async () => {
  server = await new DriveSimulator().listen();
});
afterEach(() => server.close());

/** The built command line with these settings, against the Drive simulator. */
function commandLine(folder: string, settings: Record<string, string>) {
  const env = {
    ...process.env,
    DEEDBOX_DRIVE_ENDPOINT: server.url,
    DEEDBOX_DRIVE_BACKOFF_MS: '1',
    ...settings,
  };
  const data = ['--data', join(folder, 'data')];
  return {
    run: (...args: string[]) =>
      new Promise<Outcome>((resolve) => {
        execFile(process.execPath, [entry, ...args, ...data], { env }, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
        );
      }),
    start: (...args: string[]): ChildProcess =>
      spawn(process.execPath, [entry, ...args, ...data], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
  };
}

it('signs a person in, ingests their folder, answers from it and signs them out', async () => {
  const folder = temporaryFolder();
  const { model, accounts } = server;
  const ada = model.addUser('ada@firm.example');
  const parent = model.createFolder({ name: 'Contracts', parent: model.rootOf(ada) });
  const bytes = Buffer.from(contract);
  const id = model.createFile({ name: 'NDA.txt', parent, mimeType: 'text/plain', bytes });
  const { clientId, clientSecret } = accounts.addClient();
  const client = { installed: { client_id: clientId, client_secret: clientSecret } };
  writeFileSync(join(folder, 'client.json'), JSON.stringify(client));
  const { run, start } = commandLine(folder, {
    DEEDBOX_DRIVE_CLIENT_FILE: join(folder, 'client.json'),
  });

  expect(await run('drive', 'check')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('drive login'),
  });
  accounts.consentingUser = ada;
  const login = start('drive', 'login', '--no-browser');
  const output = await waitForOutput(login, /http:\S+/);
  const ended = new Promise((resolve) => login.once('exit', resolve));
  await fetch(/http:\S+/.exec(output)![0]);
  expect(await ended).toBe(0);

  const checked = await run('drive', 'check');
  expect(checked.stdout).toContain(`as ${ada}`);
  expect(checked.code).toBe(0);
  const address = `https://drive.google.com/drive/folders/${parent}`;
  const ingestRun = await run('ingest', address, '--json');
  expect(ingestRun.code).toBe(0);
  expect(JSON.parse(ingestRun.stdout)).toMatchObject({
    found: 1,
    indexed: 1,
    failed: 0,
    ignored: 0,
  });
  const answer = await run('search', 'Which law governs the NDA with Birchfold?');
  expect(answer.stdout).toContain('governed by the laws of the State of Delaware');

  rename(model, id, 'NDA Birchfold.txt');
  server.forgetRequests();
  const rerun = await run('ingest', '--json');
  expect(JSON.parse(rerun.stdout)).toMatchObject({ failed: 0 });
  expect(server.counts().download).toBeUndefined();
  expect((await run('search', '--documents')).stdout).toContain('NDA');

  expect(await run('drive', 'logout')).toMatchObject({ code: 0 });
  expect(accounts.refreshTokens.size).toBe(0);
  expect((await run('ingest')).stdout).toMatch(/drive login/);
  expect(await run('forget', address)).toMatchObject({ code: 0 });
}, 120_000);

it('drive check reports the problems of a service account', async () => {
  await server.close();
  server = await new DriveSimulator({ membersSeePermissions: false }).listen();
  const folder = temporaryFolder();
  const { model } = server;
  const { email, keyFile } = addServiceAccount(server);
  writeFileSync(join(folder, 'key.json'), JSON.stringify(keyFile));
  const ada = model.addUser('ada@firm.example');
  const { run } = commandLine(folder, { DEEDBOX_DRIVE_KEY_FILE: join(folder, 'key.json') });
  const check = async () => {
    const { code, stdout } = await run('drive', 'check', '--json');
    const { account, problems } = JSON.parse(stdout) as { account: string; problems: string[] };
    expect(account).toBe(email);
    expect(code).toBe(problems.length === 0 ? 0 : 1);
    return problems;
  };
  expect(await check()).toEqual([expect.stringMatching(/sees no file and no shared drive/)]);

  const parent = model.createFolder({ name: 'Contracts', parent: model.rootOf(ada) });
  share(model, parent, { type: 'user', emailAddress: email, role: 'reader' });
  const bytes = Buffer.from(contract);
  model.createFile({ name: 'Old.txt', parent, mimeType: 'text/plain', bytes });
  const drive = model.createDrive('Vendors', [
    { type: 'user', emailAddress: ada, role: 'organizer' },
    { type: 'group', emailAddress: 'legal@firm.example', role: 'reader' },
    { type: 'user', emailAddress: email, role: 'reader' },
  ]);
  model.createFile({ name: 'NDA.txt', parent: drive, mimeType: 'text/plain', bytes });
  expect(await check()).toEqual([
    expect.stringMatching(/1 of 1 files .* does not tell .* as Editor/),
    expect.stringMatching(/"Vendors".* Contributor/),
  ]);
  expect(await run('ingest', 'drive:')).toMatchObject({ code: 0 });
  expect((await run('status')).stdout).toMatch(
    /^Access: .* 2 of the files; .* `deedbox drive check`/m,
  );

  for (const id of [parent, drive]) {
    share(model, id, { type: 'user', emailAddress: email, role: 'writer' });
  }
  expect(await check()).toEqual([]);
  expect(await run('ingest')).toMatchObject({ code: 0 });
  expect((await run('status')).stdout).toMatch(/^Access: +shared with groups: 1 of the files/m);
  const forAda = await run('status', '--json', '--as', ada);
  expect(JSON.parse(forAda.stdout)).toMatchObject({ found: 2, documents: 2 });
}, 120_000);
