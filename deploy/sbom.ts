import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/v4';
import { packageRoot } from '../src/settings/config.ts';
import { packageFile } from './desktop/manifest.ts';

/**
 * Writes the software bill of materials of a release, dist/deedbox-VERSION.cdx.json, in CycloneDX: the packages
 * that production needs, as package-lock.json has them, and the models and contracts that come with Deedbox.
 */

/** What is changed of the document that npm writes; all else is passed on. */
const npmDocument = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }) }),
  components: z.array(
    z.looseObject({
      'bom-ref': z.string(),
      properties: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    }),
  ),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

type NpmDocument = z.infer<typeof npmDocument>;

/**
 * From the lockfile alone: what happens to be installed does not matter, and nothing is sent. Not `--omit=dev`:
 * npm 11.19 then leaves out what both production and development need.
 */
const npmArguments = [
  'sbom',
  '--sbom-format=cyclonedx',
  '--sbom-type=application',
  '--package-lock-only',
  '--offline',
  '--no-update-notifier',
];

async function npmSbom(root: string): Promise<NpmDocument> {
  const { stdout } = await promisify(execFile)('npm', npmArguments, {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  return npmDocument.parse(JSON.parse(stdout));
}

/** The document without what only development needs. */
function withoutDevelopment(document: NpmDocument): NpmDocument {
  const components = document.components.filter(
    ({ properties }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
  );
  const kept = new Set(components.map((component) => component['bom-ref']));
  kept.add(document.metadata.component['bom-ref']);
  const dependencies = document.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map((entry) => ({ ...entry, dependsOn: entry.dependsOn.filter((ref) => kept.has(ref)) }));
  return { ...document, components, dependencies };
}

/** The files below a folder with their SHA-256, in the order of their names. */
function filesIn(root: string, folder: string) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      type: 'file',
      name: relative(root, path).replaceAll('\\', '/'),
      hashes: [
        { alg: 'SHA-256', content: createHash('sha256').update(readFileSync(path)).digest('hex') },
      ],
    }));
}

/** What comes with Deedbox and is no package of npm. */
function bundledComponents(root: string, version: string) {
  const models = readdirSync(join(root, 'models')).sort();
  return [
    ...models.map((name) => ({ type: 'machine-learning-model', name, folder: `models/${name}` })),
    { type: 'data', name: 'sample-contracts', folder: 'samples/contracts' },
  ].map(({ type, name, folder }) => ({
    'bom-ref': `${name}@${version}`,
    type,
    name,
    version,
    ...(type === 'machine-learning-model' && { licenses: [{ license: { id: 'CC-BY-4.0' } }] }),
    components: filesIn(root, folder),
  }));
}

/**
 * Writes the document into `folder` and returns its path.
 * @throws Error where npm fails, or writes another format
 */
export async function writeSbom(folder: string): Promise<string> {
  const root = packageRoot();
  const { name, version } = packageFile();
  const document = withoutDevelopment(await npmSbom(root));
  const { component } = document.metadata;
  component['name'] = name; // npm takes the name of the folder
  const bundled = bundledComponents(root, version);
  const own = document.dependencies.find(({ ref }) => ref === component['bom-ref']);
  own?.dependsOn.push(...bundled.map((one) => one['bom-ref']));
  const complete = { ...document, components: [...document.components, ...bundled] };
  mkdirSync(folder, { recursive: true });
  const target = join(folder, `${name}-${version}.cdx.json`);
  writeFileSync(target, `${JSON.stringify(complete, null, 2)}\n`);
  return target;
}

if (process.argv[1] === import.meta.filename) {
  const target = await writeSbom(resolve(process.argv[2] ?? join(packageRoot(), 'dist')));
  process.stdout.write(`${relative('.', target)}\n`);
}
