import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './support/cli.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

const markdownIn = (folder: string, recursive: boolean) =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));

const pages = [
  ...markdownIn('.', false),
  ...['docs', 'deploy', 'models'].flatMap((folder) => markdownIn(folder, true)),
];

const withoutCode = (text: string) => text.replace(/^ *(?:\d+\. )?```[\s\S]*?^ *```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): Set<string> {
  const headings = withoutCode(read(path)).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).has(anchor);
  });
}

/** Links whose text is the name of another file than the one they lead to. */
function wronglyNamedLinks(page: string): string[] {
  const named = /\[`?([\w./-]+\.(?:ts|json|md))`?\]\(([^)#\s]+)(?:#[^)]*)?\)/g;
  return [...withoutCode(read(page)).matchAll(named)]
    .filter(([, name, path]) => basename(name!) !== basename(path!))
    .map(([link]) => link);
}

/** Links whose text is an identifier that the file they lead to does not declare. */
function undeclaredNames(page: string): string[] {
  const links = [...withoutCode(read(page)).matchAll(/\[`(\w+)`\]\(([^)#\s]+\.ts)\)/g)];
  return links.flatMap(([, name, path]) => {
    const text = read(join(dirname(page), path!));
    const isDeclared = new RegExp(`(?:function|class|const|interface|type)\\*? ${name}\\b`).test(
      text,
    );
    return isDeclared ? [] : [`${name} in ${path}`];
  });
}

describe('documentation', () => {
  it('has the pages that a visitor looks for', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']),
    );
  });

  it.each(pages)('%s links only to files and headings that exist', (page) => {
    expect(brokenLinks(page)).toEqual([]);
    expect(wronglyNamedLinks(page)).toEqual([]);
    expect(undeclaredNames(page)).toEqual([]);
  });

  it('every page in docs is listed in the README', () => {
    const readme = read('README.md');
    const listed = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
    expect(listed.length).toBeGreaterThan(5);
    expect(listed.filter((page) => !readme.includes(`(${page})`))).toEqual([]);
  });

  it('every decision record has its sections, and is listed in the index and in ARCHITECTURE.md', () => {
    const records = pages.filter((page) => /^docs\/adr\/\d{4}-[^/]+\.md$/.test(page));
    const [index, architecture] = [read('docs/adr/README.md'), read('ARCHITECTURE.md')];
    expect(records.length).toBeGreaterThan(10);
    for (const record of records) {
      const headings = [...read(record).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      expect(headings, record).toEqual(['Status', 'Context', 'Decision', 'Consequences']);
      expect(index).toContain(`(${record.slice('docs/adr/'.length)})`);
      expect(architecture).toContain(`(${record})`);
    }
  });
});
