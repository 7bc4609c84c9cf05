import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { secureDataFolder } from '../../src/composition/data-folder.ts';
import { entry, sampleFiles, temporaryFolder } from '../support/cli.ts';
import { isLong } from '../support/long.ts';

const isRoot = process.geteuid?.() === 0;

/** What others than the owner may do with a folder and all that is in it. */
function openToOthers(folder: string): string[] {
  const all = [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ];
  return all.flatMap((path) => {
    const mode = lstatSync(path).mode & 0o077;
    return mode === 0 ? [] : `${relative(folder, path)} ${mode.toString(8)}`;
  });
}

describe.skipIf(process.platform === 'win32')('the data folder', () => {
  it('is for its owner alone after any command, though it was made by hand and the umask is 0', () => {
    const data = join(temporaryFolder(), 'data');
    mkdirSync(data);
    chmodSync(data, 0o755);
    const run = (...args: string[]) => {
      const command = [process.execPath, entry, ...args, '--data', data];
      execFileSync('sh', ['-c', 'umask 0; exec "$@"', 'sh', ...command], { stdio: 'ignore' });
    };
    run('key', 'create', '--name', 'IT', '--role', 'admin', '--everything');
    run('ingest', sampleFiles[0]!);
    run('export', '--format', 'csv'); // a line of the audit log
    if (isLong) run('worker', '--drain');
    run('search', 'liability');
    const names = readdirSync(data);
    for (const name of ['deedbox.db', 'keys.db', 'queue.db', 'audit', 'tmp'])
      expect(names).toContain(name);
    expect(names.some((name) => name.startsWith('vectors-'))).toBe(true);
    expect(openToOthers(data)).toEqual([]);
    // as an older version left it, and as somebody changed it
    const paths = readdirSync(data, { recursive: true, encoding: 'utf8' });
    for (const path of paths)
      chmodSync(join(data, path), lstatSync(join(data, path)).isDirectory() ? 0o775 : 0o664);
    chmodSync(data, 0o755);
    run('status');
    expect(openToOthers(data)).toEqual([]);
  }, 60_000);

  it('is tightened without following a link out of it', () => {
    const data = join(temporaryFolder(), 'data');
    const outside = join(dirname(data), 'outside');
    mkdirSync(data);
    writeFileSync(outside, '');
    chmodSync(outside, 0o644);
    symlinkSync(outside, join(data, 'link'));
    secureDataFolder(data);
    expect(lstatSync(outside).mode & 0o777).toBe(0o644);
  });

  it.skipIf(!isRoot)('is refused where it, or something in it, belongs to another user', () => {
    const data = join(temporaryFolder(), 'data');
    for (let path = dirname(data); path !== '/tmp' && path !== '/'; path = dirname(path))
      chmodSync(path, 0o755);
    mkdirSync(join(data, 'audit'), { recursive: true });
    const file = join(data, 'audit', 'head.db');
    writeFileSync(file, '');
    const [own, other] = [65_534, 12_345];
    for (const path of [data, dirname(file), file]) chownSync(path, own, own);
    const secure = () => {
      process.seteuid!(own);
      try {
        secureDataFolder(data);
      } finally {
        process.seteuid!(0);
      }
    };
    secure();
    for (const path of [file, data]) {
      chownSync(path, other, other);
      expect(secure).toThrow(
        expect.objectContaining({
          code: 'storage_error',
          message: `${path} belongs to another user.`,
          hint: expect.stringContaining('chown'),
        }),
      );
      chownSync(path, own, own);
    }
    // what a file system has in its root is not Deedbox's
    mkdirSync(join(data, 'lost+found'));
    secure();
  });
});
