import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Each layer may import those before it, and itself only within one module. */
const layers = [
  ['src/domain/documents.ts', 'src/errors/errors.ts'],
  [
    'src/domain/calendar.ts',
    'src/domain/email-address.ts',
    'src/errors/disk-errors.ts',
    'src/settings/kinds.ts',
  ],
  [
    'src/settings/access.ts',
    'src/settings/audit.ts',
    'src/settings/log.ts',
    'src/settings/disclosure.ts',
  ],
  [
    'src/access',
    'src/audit',
    'src/sources',
    'src/extract',
    'src/segment',
    'src/analyse',
    'src/embed',
    'src/store',
    'src/queue',
  ],
  ['src/settings/config.ts', 'src/redact'],
  ['src/search'],
  ['src/sync'],
  ['src/mcp', 'workers'],
  [
    'src/composition/groups.ts',
    'src/composition/sources.ts',
    'src/composition/authenticator.ts',
    'src/composition/audit.ts',
    'src/observability/metrics.ts',
    'src/observability/log.ts',
    'src/observability/log-calls.ts',
  ],
  ['src/composition/app.ts'],
  ['src/commands'],
  ['src/main.ts', 'src/bridge-main.ts', 'workers/main.ts'],
];

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));
}

const files = [...sourceFiles('src'), ...sourceFiles('workers')];

/** The module of a file: the longest entry of the table that is a prefix of it. */
function moduleOf(file: string): { name: string; layer: number } {
  let found = { name: '', layer: -1 };
  layers.forEach((modules, layer) => {
    for (const name of modules) {
      if ((file === name || file.startsWith(`${name}/`)) && name.length > found.name.length) {
        found = { name, layer };
      }
    }
  });
  return found;
}

const importPattern =
  /(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|import\s+'([^']+)'/g;

function imports(file: string): string[] {
  const code = readFileSync(join(root, file), 'utf8');
  return [...code.matchAll(importPattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

describe('layers', () => {
  it('every source file has a layer', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((file) => moduleOf(file).layer < 0)).toEqual([]);
  });

  it('imports point one way', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const from = moduleOf(file);
      for (const specifier of imports(file)) {
        if (!specifier.startsWith('.')) continue;
        const target = relative(root, resolve(root, dirname(file), specifier)).replaceAll(
          '\\',
          '/',
        );
        const to = moduleOf(target);
        if (to.layer < 0) wrong.push(`${file} imports ${target}, which has no layer`);
        else if (to.name !== from.name && to.layer >= from.layer) {
          wrong.push(`${file} imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('documents.ts imports nothing', () => {
    expect(imports('src/domain/documents.ts')).toEqual([]);
  });

  it('config.ts alone reads the environment', () => {
    const environmentReaders = files.filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('process.env'),
    );
    expect(environmentReaders).toEqual(['src/settings/config.ts']);
  });

  it('keeps each file at 400 lines at most', () => {
    const long = files.filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401,
    );
    expect(long).toEqual([]);
  });
});
