import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Each layer may import those before it, and itself only within one room. */
const layers = [
  ['src/documents.ts', 'src/errors.ts'],
  ['src/calendar.ts', 'src/email-address.ts', 'src/full-disk.ts', 'src/setting-kinds.ts'],
  [
    'src/access-settings.ts',
    'src/audit-settings.ts',
    'src/log-settings.ts',
    'src/disclosure-settings.ts',
    'src/drive-settings.ts',
  ],
  [
    'src/config.ts',
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
  ['src/redact'],
  ['src/search'],
  ['src/sync'],
  ['src/mcp', 'workers'],
  [
    'src/open-groups.ts',
    'src/open-sources.ts',
    'src/open-door.ts',
    'src/open-audit.ts',
    'src/metrics.ts',
    'src/log.ts',
    'src/log-answers.ts',
  ],
  ['src/app.ts'],
  ['src/commands'],
  ['src/main.ts', 'src/bridge-main.ts', 'workers/main.ts'],
];

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));
}

const files = [...sourceFiles('src'), ...sourceFiles('workers')];

/** The room a file stands in: the longest entry of the table that is a prefix of it. */
function room(file: string): { name: string; layer: number } {
  let found = { name: '', layer: -1 };
  layers.forEach((rooms, layer) => {
    for (const name of rooms) {
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
    expect(files.filter((file) => room(file).layer < 0)).toEqual([]);
  });

  it('imports point one way', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const from = room(file);
      for (const specifier of imports(file)) {
        if (!specifier.startsWith('.')) continue;
        const target = relative(root, resolve(root, dirname(file), specifier)).replaceAll(
          '\\',
          '/',
        );
        const to = room(target);
        if (to.layer < 0) wrong.push(`${file} imports ${target}, which has no layer`);
        else if (to.name !== from.name && to.layer >= from.layer) {
          wrong.push(`${file} imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('documents.ts imports nothing', () => {
    expect(imports('src/documents.ts')).toEqual([]);
  });

  it('config.ts alone reads the environment', () => {
    const readers = files.filter((file) =>
      readFileSync(join(root, file), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['src/config.ts']);
  });

  it('files stay readable: about 200 lines, 250 at most', () => {
    const long = files.filter(
      (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 251,
    );
    expect(long).toEqual([]);
  });
});
