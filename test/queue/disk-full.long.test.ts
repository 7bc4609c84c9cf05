import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { deedbox, entry, samples, temporaryFolder } from '../support/cli.ts';

it('ingest fails with the reason when the disk is full, and loses nothing', async () => {
  const data = temporaryFolder();
  const own = [process.execPath, entry, 'ingest', join(samples, 'Vendors'), '--data', data];
  // Files of at most 600 KB: part of the index fits.
  const limited = ['-c', 'ulimit -f 600; exec "$@"', 'limited', ...own];
  await expect(promisify(execFile)('bash', limited, { timeout: 50_000 })).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('The disk that holds the data folder'),
  });
  const { code, stdout } = await deedbox('ingest', '--json', '--data', data);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'done', failed: 0, pending: 0 });
});
