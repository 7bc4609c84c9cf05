import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  deedbox,
  entry,
  root,
  sampleFiles,
  samples,
  startDeedbox,
  temporaryFolder,
  waitForOutput,
} from '../support/cli.ts';
import { isLong } from '../support/long.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

/** A folder with copies of two samples, and a data folder that does not exist yet. */
function createFixture() {
  const base = temporaryFolder();
  const folder = join(base, 'contracts');
  mkdirSync(folder);
  for (const name of [
    'NDA - Ostrevik Maritime Logistics Ltd.md',
    'NDA - Tarnholt Robotik GmbH (2019).txt',
  ]) {
    copyFileSync(join(samples, 'NDAs', name), join(folder, name));
  }
  return { folder, data: join(base, 'data') };
}

const total = async (data: string): Promise<number> =>
  JSON.parse((await deedbox('search', '--json', '--data', data)).stdout).total;

function run(env: Record<string, string>, ...args: string[]) {
  return new Promise<{ code: number; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile(process.execPath, [entry, ...args], options, (error, _stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stderr });
    });
  });
}

it.runIf(isLong)('a start that fails changes nothing', async () => {
  const data = await sampleWorkspace();
  const occupiedPort = createServer().listen(0, '127.0.0.1');
  await once(occupiedPort, 'listening');
  onTestFinished(() => void occupiedPort.close());
  const port = String((occupiedPort.address() as AddressInfo).port);
  const other = temporaryFolder();
  copyFileSync(
    join(samples, 'NDAs', 'NDA - Tarnholt Robotik GmbH (2019).txt'),
    join(other, 'NDA.txt'),
  );
  const wrong: [Record<string, string>, string[], RegExp][] = [
    [{}, ['--port', port], /in use/],
    [{ DEEDBOX_SCHEDULE: 'at night' }, ['--port', '0'], /cron pattern/],
    [{ DEEDBOX_TIME_ZONE: 'Mars/Olympus' }, ['--port', '0'], /DEEDBOX_TIME_ZONE/],
  ];
  for (const [env, args, message] of wrong) {
    const outcome = await run(env, 'start', other, ...args, '--data', data);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(message);
  }
  const { sources } = JSON.parse((await deedbox('status', '--json', '--data', data)).stdout);
  expect(sources).toHaveLength(1);
  expect(await total(data)).toBe(sampleFiles.length);
});

it('the service restarts its worker when it is killed', async () => {
  const { folder, data } = createFixture();
  const service = startDeedbox('start', folder, '--port', '0', '--data', data);
  const ended = once(service, 'exit');
  await waitForOutput(service, /claude mcp add/);
  const workers = () =>
    new Promise<string[]>((resolve) => {
      execFile('pgrep', ['-P', String(service.pid), '-f', 'workers/main'], (_error, stdout) => {
        resolve(stdout.split('\n').filter(Boolean));
      });
    });
  const [first] = await workers();
  const restartSeen = waitForOutput(service, /the worker ended/);
  process.kill(Number(first), 'SIGKILL');
  await restartSeen;
  await expect.poll(workers, { timeout: 10_000 }).not.toEqual([]);
  expect(await workers()).not.toContain(first);
  service.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
  await expect.poll(workers).toEqual([]);
});

it.runIf(isLong)('ingest adopts a new bundled model; another model needs reindex', async () => {
  const { folder, data } = createFixture();
  expect((await run({ EMBEDDING_DIMENSIONS: '128' }, 'ingest', folder, '--data', data)).code).toBe(
    0,
  );
  const model = join(root, 'models', 'contract-embedding');
  const modelSettings = { EMBEDDING_MODEL: model, EMBEDDING_DIMENSIONS: '64' };
  const rejected = await run(modelSettings, 'ingest', '--data', data);
  expect(rejected).toMatchObject({ code: 2 });
  expect(rejected.stderr).toContain('deedbox reindex');
  expect(await run({}, 'search', 'law', '--data', data)).toMatchObject({ code: 2 });

  const reindexed = await run({}, 'ingest', '--data', data);
  expect(reindexed).toMatchObject({ code: 0 });
  expect(reindexed.stderr).toContain('every file is read again');
  expect(await total(data)).toBe(2);

  expect((await run(modelSettings, 'reindex', '--data', data)).code).toBe(0);
  expect((await run(modelSettings, 'search', 'law', '--data', data)).code).toBe(0);
  expect((await run(modelSettings, 'verify', '--data', data)).code).toBe(0);
});

it.runIf(isLong)('reindex fails while a folder is missing, and keeps the index', async () => {
  const { folder, data } = createFixture();
  await deedbox('ingest', folder, '--data', data);
  renameSync(folder, `${folder}-away`);
  expect(await deedbox('reindex', '--data', data)).toMatchObject({ code: 2 });
  expect(await total(data)).toBe(2);
});
