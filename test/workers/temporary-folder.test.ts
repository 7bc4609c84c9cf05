import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openTemporaryFolder, sweepTemporaryFolders } from '../../workers/temporary-folder.ts';
import { root, sampleFiles, startDeedbox, temporaryFolder, waitForOutput } from '../support/cli.ts';

/** Another process that has opened its folder and made a copy in it; its path is what it prints. */
async function startOwner(data: string): Promise<{ owner: ChildProcess; folder: string }> {
  const script = `
    import { writeFileSync } from 'node:fs';
    import { openTemporaryFolder } from ${JSON.stringify(join(root, 'dist/workers/temporary-folder.js'))};
    const { path } = openTemporaryFolder(${JSON.stringify(data)});
    writeFileSync(path + '/copy', 'private');
    console.log(path);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script]);
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  return { owner, folder: line.toString().trim() };
}

it('removes the copies of a process that was killed, and not those of one that lives', async () => {
  const data = temporaryFolder();
  const [killed, living] = [await startOwner(data), await startOwner(data)];
  const own = openTemporaryFolder(data);
  const exited = once(killed.owner, 'exit');
  killed.owner.kill('SIGKILL');
  await exited;
  // one of an earlier version, whose process id another process has by now
  const old = join(data, 'tmp', `elsewhere-${process.pid}`);
  mkdirSync(old);
  writeFileSync(join(old, 'copy'), 'private');
  sweepTemporaryFolders(data);
  expect(existsSync(killed.folder)).toBe(false);
  expect(existsSync(old)).toBe(false);
  expect(readFileSync(join(living.folder, 'copy'), 'utf8')).toBe('private');
  expect(existsSync(own.path)).toBe(true);
  const gone = once(living.owner, 'exit');
  living.owner.kill('SIGKILL');
  await gone;
  const next = openTemporaryFolder(data);
  expect(existsSync(living.folder)).toBe(false);
  expect(existsSync(own.path)).toBe(true);
  for (const folder of [own, next]) folder.close();
  expect(readdirSync(join(data, 'tmp'))).toEqual(['folders.lock']);
});

it('leaves no copy of a worker that was killed, while its service lives', async () => {
  const data = join(temporaryFolder(), 'data');
  const service = startDeedbox('start', '--port', '0', '--data', data, sampleFiles[0]!);
  await waitForOutput(service, /sync ended/);
  const folders = () => readdirSync(join(data, 'tmp')).filter((name) => name !== 'folders.lock');
  await expect.poll(folders).toHaveLength(1);
  const [folder] = folders() as [string];
  writeFileSync(join(data, 'tmp', folder, 'copy'), 'private');
  process.kill(Number(/-(\d+)-[^-]*$/.exec(folder)![1]), 'SIGKILL');
  await expect.poll(folders, { timeout: 30_000 }).not.toContain(folder);
  service.kill('SIGTERM');
  await once(service, 'exit');
  expect(folders()).toEqual([]);
});
