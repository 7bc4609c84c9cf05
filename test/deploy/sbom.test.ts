import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { onFileFinished } from '../support/clean-up.ts';
import { root, temporaryFolder } from '../support/cli.ts';

const component = z.object({
  'bom-ref': z.string(),
  type: z.string(),
  name: z.string(),
  version: z.string(),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).optional(),
  components: z.array(z.object({ name: z.string(), hashes: z.array(z.any()) })).optional(),
});
const sbom = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({ component }),
  components: z.array(component),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
const json = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8')) as unknown;
const packageJson = z
  .object({
    name: z.string(),
    version: z.string(),
    dependencies: z.record(z.string(), z.string()),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(json('package.json'));
const locked = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ version: z.string().optional(), dev: z.boolean().optional() }),
    ),
  })
  .parse(json('package-lock.json')).packages;
const refOf = (name: string) => `${name}@${locked[`node_modules/${name}`]?.version}`;

describe('npm run sbom', () => {
  let folder: string;
  let document: z.infer<typeof sbom>;
  const refs = () => document.components.map((one) => one['bom-ref']);

  beforeAll(async () => {
    folder = temporaryFolder(onFileFinished);
    // a registry that nothing answers: all that is needed is in the lockfile
    const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/' };
    await promisify(execFile)('npm', ['run', 'sbom', '--', folder], { cwd: root, env });
    const target = `${packageJson.name}-${packageJson.version}.cdx.json`;
    expect(readdirSync(folder)).toEqual([target]);
    document = sbom.parse(JSON.parse(readFileSync(join(folder, target), 'utf8')));
  }, 60_000);

  it('names Deedbox, whatever the folder is called, and each of its direct dependencies', () => {
    const { name, version } = document.metadata.component;
    expect({ name, version }).toEqual({ name: packageJson.name, version: packageJson.version });
    const direct = Object.keys(packageJson.dependencies).map(refOf);
    expect(direct.filter((ref) => !refs().includes(ref))).toEqual([]);
    const own = document.dependencies.find(({ ref }) => ref === `${name}@${version}`);
    expect(own?.dependsOn).toEqual(expect.arrayContaining(direct));
  });

  it('names every package of the lockfile that production needs, and no other', () => {
    const expected = Object.entries(locked)
      .filter(([path, { dev }]) => path !== '' && dev === undefined)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`);
    const packages = document.components.filter(({ type }) => type === 'library');
    expect(packages.map((one) => one['bom-ref']).sort()).toEqual([...new Set(expected)].sort());
  });

  it('has a checksum of every package', () => {
    const packages = document.components.filter(({ type }) => type === 'library');
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(({ hashes = [] }) => hashes.length === 0)).toEqual([]);
  });

  it('names the models and the sample contracts with a checksum of every file', () => {
    const models = document.components.filter(({ type }) => type === 'machine-learning-model');
    expect(models.map(({ name }) => name)).toEqual(readdirSync(join(root, 'models')).sort());
    const data = document.components.filter(({ type }) => type === 'data');
    expect(data.map(({ name }) => name)).toEqual(['sample-contracts']);
    const files = [...models, ...data].flatMap(({ components = [] }) => components);
    for (const { name, hashes } of files) {
      const content = createHash('sha256')
        .update(readFileSync(join(root, name)))
        .digest('hex');
      expect(hashes, name).toEqual([{ alg: 'SHA-256', content }]);
    }
    expect(files.map(({ name }) => name)).toContain('models/contract-clauses/weights.bin');
  });

  it('is a part of a release', () => {
    expect(packageJson.scripts['release']).toMatch(/npm run sbom/);
    expect(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).toContain('`npm run release`');
  });
});
