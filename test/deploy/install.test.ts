import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/cli.ts';

interface Lockfile {
  packages: Record<string, { hasInstallScript?: boolean }>;
}

const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  allowScripts: Record<string, boolean>;
};

/**
 * The install script of onnxruntime-node downloads GPU libraries from outside the npm registry, which
 * Deedbox does not use. npm 10 and 11 run the scripts of a package only where the lockfile says that it
 * has some. After a change of dependencies, npm may write that line again: delete it.
 */
it('npm ci does not run the install script of onnxruntime-node', () => {
  const entries = Object.entries(lockfile.packages).filter(([path]) =>
    path.endsWith('node_modules/onnxruntime-node'),
  );
  expect(entries.length).toBeGreaterThan(0);
  for (const [path, entry] of entries) expect(entry.hasInstallScript, path).toBeUndefined();
});

it('every package with an install script is allowed or denied by name', () => {
  const names = Object.entries(lockfile.packages)
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    .filter((name) => name !== 'fsevents');
  expect(names.filter((name) => !(name in manifest.allowScripts))).toEqual([]);
});
