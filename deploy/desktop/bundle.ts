import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { MANIFEST_SCHEMAS } from '@anthropic-ai/mcpb/node';
import { build as esbuild, type Plugin } from 'esbuild';
import { zipSync, type Zippable } from 'fflate';
import { packageRoot } from '../../src/settings/config.ts';
import { thirdPartyLicenses } from './licenses.ts';
import { entryPoint, manifest, packageFile } from './manifest.ts';

/**
 * Builds the bundle for Claude Desktop, dist/deedbox-VERSION.mcpb: the bridge as one JavaScript file, its
 * manifest and its icon. The same source and dependencies give the same bytes.
 */

/** The earliest time of the zip format. The time of the build would make every bundle different. */
const zipEpoch = new Date(1980, 0, 1);

const requireShim =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Leaves out what the kinds of source import on demand, such as Google's libraries: the bridge opens
 * no source.
 */
function withoutSourceCode(root: string): Plugin {
  const folder = join(root, 'src', 'sources', '/');
  return {
    name: 'without-source-code',
    setup(build) {
      build.onResolve({ filter: /^\./ }, ({ kind, importer, path }) =>
        kind === 'dynamic-import' && importer.startsWith(folder)
          ? { path: sourceCodePrefix + path, external: true }
          : undefined,
      );
    },
  };
}

const sourceCodePrefix = 'not-in-the-bridge:';

interface BundledCode {
  text: string;
  /** Source files whose code is in the bundle, relative to the root. */
  inputs: string[];
}

/** The bridge with everything that it imports. Throws for a native module, which a bundle cannot contain. */
async function bridgeCode(root: string): Promise<BundledCode> {
  const { outputFiles, metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: ['src/bridge-main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // what of it is CommonJS asks for modules of Node in its own way, which a module of ESM does not know
    banner: { js: requireShim },
    legalComments: 'none',
    plugins: [withoutSourceCode(root)],
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const { inputs, imports } = Object.values(metafile.outputs)[0]!;
  const unbundledImports = imports.filter(
    ({ path }) => !isBuiltin(path) && !path.startsWith(sourceCodePrefix),
  );
  if (unbundledImports.length > 0) {
    throw new Error(`Not in the bundle: ${unbundledImports.map(({ path }) => path).join(', ')}`);
  }
  const includedInputs = Object.entries(inputs).filter(
    ([, { bytesInOutput }]) => bytesInOutput > 0,
  );
  return { text: outputFiles[0]!.text, inputs: includedInputs.map(([file]) => file) };
}

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Writes the bundle into `folder` and returns its path.
 * @throws Error where the code or the manifest is not valid in a bundle
 */
export async function bundle(folder: string): Promise<string> {
  const root = packageRoot();
  const packageJson = packageFile();
  const { name, version, license } = packageJson;
  const code = await bridgeCode(root);
  const contents: Record<string, string | Buffer> = {
    'LICENSES.txt': thirdPartyLicenses(root, code.inputs),
    'icon.png': readFileSync(join(import.meta.dirname, 'icon.png')),
    'manifest.json': toJson(MANIFEST_SCHEMAS['0.3'].parse(manifest(packageJson))),
    'package.json': toJson({ name, version, license, private: true, type: 'module' }),
    [entryPoint]: code.text,
  };
  const stagingFolder = join(folder, 'mcpb');
  rmSync(stagingFolder, { recursive: true, force: true });
  const entries: Zippable = {};
  for (const [path, content] of Object.entries(contents)) {
    const target = join(stagingFolder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    entries[path] = [new Uint8Array(bytes), { os: 3, attrs: 0o100644 << 16 }];
  }
  const target = join(folder, `${name}-${version}.mcpb`);
  writeFileSync(target, zipSync(entries, { level: 9, mtime: zipEpoch }));
  return target;
}

if (process.argv[1] === import.meta.filename) {
  const target = await bundle(resolve(process.argv[2] ?? join(packageRoot(), 'dist')));
  process.stdout.write(`${relative('.', target)}\n`);
}
