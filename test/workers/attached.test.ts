import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/cli.ts';

it('a worker whose service died before it was loaded does not live on alone', async () => {
  const entry = join(root, 'dist', 'workers', 'main.js');
  const args = [entry, '--attached', '--data', temporaryFolder()];
  const code = await new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 30_000 }, (error) =>
      resolve(error ? (error.code ?? error.signal) : 0),
    );
  });
  expect(code).toBe(0);
});
