import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Each layer may import those before it, and itself only within one module. */
const layers = [
  ['src/domain/documents.ts', 'src/errors/errors.ts'],
  [
    'src/domain/calendar.ts',
    'src/domain/common-words.ts',
    'src/domain/email-address.ts',
    'src/domain/fair-queue.ts',
    'src/domain/fold-text.ts',
    'src/domain/partition-point.ts',
    'src/domain/reading.ts',
    'src/encode',
    'src/errors/connection-errors.ts',
    'src/errors/disk-errors.ts',
    'src/settings/kinds.ts',
  ],
  [
    'src/settings/access.ts',
    'src/settings/audit.ts',
    'src/settings/log.ts',
    'src/settings/queue.ts',
    'src/settings/disclosure.ts',
    'src/sqlite',
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
  ['src/request', 'src/backup'],
  ['src/settings/config.ts', 'src/redact'],
  ['src/search'],
  ['src/sync'],
  ['src/mcp'],
  ['src/observability'],
  ['src/composition'],
  ['workers'],
  ['src/commands'],
  ['src/main.ts', 'src/bridge-main.ts'],
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

/** Imports of values and of types, whole modules and `import('…')` included. */
const importPattern =
  /(?:import|export)\s[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|import\s+'([^']+)'/g;

function imports(file: string): string[] {
  const code = readFileSync(join(root, file), 'utf8');
  return [...code.matchAll(importPattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** The files of this repository that a file imports. */
function importedFiles(file: string): string[] {
  return imports(file)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => relative(root, resolve(root, dirname(file), specifier)))
    .map((target) => target.replaceAll('\\', '/'));
}

/** Groups of files each of which reaches the others by its imports (Tarjan 1972). */
function importCycles(): string[][] {
  const indexes = new Map<string, number>();
  const lowLinks = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    const index = indexes.size;
    indexes.set(file, index);
    lowLinks.set(file, index);
    stack.push(file);
    for (const target of importedFiles(file)) {
      if (!indexes.has(target)) visit(target);
      else if (!stack.includes(target)) continue;
      lowLinks.set(file, Math.min(lowLinks.get(file)!, lowLinks.get(target)!));
    }
    if (lowLinks.get(file) !== index) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) cycles.push(group.sort());
  };
  for (const file of files) if (!indexes.has(file)) visit(file);
  return cycles;
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
      for (const target of importedFiles(file)) {
        const to = moduleOf(target);
        if (to.layer < 0) wrong.push(`${file} imports ${target}, which has no layer`);
        else if (to.name !== from.name && to.layer >= from.layer) {
          wrong.push(`${file} imports ${target}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('no files import each other in a cycle, types included', () => {
    const cycles = importCycles().map((cycle) => cycle.join(' '));
    expect(cycles).toEqual([]);
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
