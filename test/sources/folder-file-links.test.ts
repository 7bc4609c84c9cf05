import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { forwardedVariables } from '../../src/sources/registry.ts';
import { folderKind } from '../../src/sources/folder/kind.ts';
import { readConfig } from '../../src/settings/config.ts';
import type { SearchDocumentsResponse } from '../../src/search/response-schemas.ts';
import { deedboxWith, samples, temporaryFolder } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { listAll, filesOf } from '../contract/source.ts';

const linksOf = (text: string) => readConfig({ DEEDBOX_LINKS: text }).sources.folder.links;

/** The addresses of all files below a folder, under these links, by name. */
async function addressesIn(root: string, text: string): Promise<Record<string, string>> {
  const settings = { watch: 'off', links: linksOf(text) } as const;
  const options = { extensions: ['.txt'], mediaTypes: [], tempFolder: join(root, '.temp') };
  const open = await folderKind.open(settings, options);
  const files = filesOf(await listAll(open(`folder:${root}`)));
  return Object.fromEntries(files.map(({ fileName, webUrl }) => [fileName, webUrl!]));
}

function folderWith(...paths: string[]): string {
  const root = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), 'text');
  }
  return root;
}

describe('DEEDBOX_LINKS', () => {
  it.each([
    ['https://files.firm.example/contracts/', 'https://files.firm.example/contracts'],
    ['https://firm.example:8443/a%20b', 'https://firm.example:8443/a%20b'],
    ['file://server/share/legal', 'file://server/share/legal'],
    [String.raw`\\server\share\Legal & Co`, 'file://server/share/Legal%20%26%20Co'],
    ['file:///Volumes/Legal', 'file:///Volumes/Legal'],
    ['https://files.firm.example', 'https://files.firm.example'],
    ['https://files.firm.example/a b', 'https://files.firm.example/a%20b'],
  ])('takes the address %s', async (address, expected) => {
    const root = folderWith('NDA.txt');
    expect(await addressesIn(root, `${root}=${address}`)).toEqual({
      'NDA.txt': `${expected}/NDA.txt`,
    });
  });

  it('percent-encodes each name, and nothing of it begins a query or leaves the folder', async () => {
    const names = [
      'a b.txt',
      '50% #1?.txt',
      'ü&=+;,.txt',
      'x\\..\\y.txt',
      "(1)!'*.txt",
      '%2e%2e.txt',
    ];
    const root = folderWith(...names.map((name) => `Sub folder/${name}`));
    const found = await addressesIn(root, `${root}=https://files.firm.example/c`);
    expect(Object.keys(found).sort()).toEqual(names.toSorted());
    for (const [name, address] of Object.entries(found)) {
      const { origin, pathname, search, hash } = new URL(address);
      expect({ origin, search, hash }).toEqual({
        origin: 'https://files.firm.example',
        search: '',
        hash: '',
      });
      expect(pathname.split('/').map(decodeURIComponent)).toEqual(['', 'c', 'Sub folder', name]);
      expect(address).toMatch(/^[\w:/.%~-]+$/);
    }
  });

  it('uses the innermost folder, whole names alone, and elsewhere the path', async () => {
    const root = folderWith('NDA.txt', 'hr/Offer.txt', 'hr2/Rent.txt', 'hr/old/Gone.txt');
    const text = [
      `${root}/hr/=https://hr.firm.example`,
      `${root}/hr/old=file://archive/hr`,
      `${root}=https://a.example/c`,
    ].join(' ; ');
    expect(await addressesIn(root, text)).toEqual({
      'NDA.txt': 'https://a.example/c/NDA.txt',
      'Offer.txt': 'https://hr.firm.example/Offer.txt',
      'Rent.txt': 'https://a.example/c/hr2/Rent.txt',
      'Gone.txt': 'file://archive/hr/Gone.txt',
    });
    expect(await addressesIn(root, `${root}/hr=https://hr.firm.example`)).toMatchObject({
      'NDA.txt': pathToFileURL(join(root, 'NDA.txt')).href,
      'Offer.txt': 'https://hr.firm.example/Offer.txt',
      'Rent.txt': pathToFileURL(join(root, 'hr2/Rent.txt')).href,
    });
    expect(await addressesIn(root, '/=https://a.example')).toMatchObject({
      'NDA.txt': `https://a.example${root}/NDA.txt`,
    });
  });

  it('finds a folder that is named by a link, and one with an equals sign', async () => {
    const root = folderWith('a=b/NDA.txt');
    const link = join(temporaryFolder(), 'contracts');
    symlinkSync(root, link);
    expect(await addressesIn(root, `${link}/a=b=https://a.example`)).toEqual({
      'NDA.txt': 'https://a.example/NDA.txt',
    });
  });

  it.each([
    ['/srv/contracts', /maps no folder: write FOLDER=ADDRESS/],
    ['https://files.firm.example', /maps no folder/],
    ['/srv/contracts=files.firm.example', /maps no folder/],
    ['contracts=https://a.example', /"contracts" is not an absolute path/],
    ['/srv=javascript://alert(1)', /is not an https/],
    ['/srv=smb://server/share', /is not an https/],
    ['/srv=https://', /is not an https/],
    ['/srv=https://ann:secret@a.example', /no user and no password/],
    ['/srv=https://a.example/?path=', /has a \? or #/],
    ['/srv=https://a.example/#/', /has a \? or #/],
    ['/srv=https://a.example/50%', /write %25/],
    ['/srv=https://a.example;/srv/=https://b.example', /\/srv has two addresses/],
  ])('refuses %s', (text, problem) => {
    const wrong = () => readConfig({ DEEDBOX_LINKS: text });
    expect(wrong).toThrow(problem);
    expect(wrong).toThrow(/DEEDBOX_LINKS: /);
    expect(wrong).not.toThrow(/secret/);
  });

  it('goes to the programs that synchronise the same folders', () => {
    const DEEDBOX_LINKS = '/srv/a=https://a.example;/=file://server/share';
    const { sources } = readConfig({ DEEDBOX_LINKS });
    expect(forwardedVariables(sources)).toEqual({ DEEDBOX_LINKS });
    expect(forwardedVariables(readConfig({}).sources)).toEqual({});
  });
});

it('every answer has the new links after the next sync, which reads no file again', async () => {
  const data = await sampleWorkspace();
  const address = 'https://files.firm.example/Legal%20%26%20Co';
  const settings = { DEEDBOX_LINKS: `${samples}=${address}`, DEEDBOX_DATA: data };
  const { stdout } = await deedboxWith(settings, 'ingest', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ state: 'done', indexed: 0 });

  const csv = (await deedboxWith({ DEEDBOX_DATA: data }, 'export')).stdout;
  expect(csv).toContain(`${address}/NDAs/NDA%20-%20`);
  expect(csv).not.toContain('file://');
  const { url } = await serveWorkspace(data);
  const client = await connectHttp(url, '2026-07-28');
  const documents = await client.callTool({ name: 'search_documents', arguments: { limit: 50 } });
  const found = documents.structuredContent as SearchDocumentsResponse;
  const document_ids = [found.documents[0]!.document_id];
  const answers = [
    documents,
    await client.callTool({ name: 'search_passages', arguments: { query: 'governing law' } }),
    await client.callTool({
      name: 'extract_clauses',
      arguments: { document_ids, clause_types: ['parties'], min_confidence: 0.02 },
    }),
    await client.callTool({
      name: 'get_document',
      arguments: { document_id: document_ids[0] },
    }),
  ];
  for (const answer of answers) {
    expect(JSON.stringify(answer)).toContain(address);
    expect(JSON.stringify(answer)).not.toContain('file://');
  }

  // a link that holds a name is left out, as one to this machine is
  const masked = await serveWorkspace(data, { settings: { DEEDBOX_REDACT: 'names' } });
  const reader = await connectHttp(masked.url, '2026-07-28');
  const answer = await reader.callTool({ name: 'search_documents', arguments: { limit: 50 } });
  const { documents: shown } = answer.structuredContent as SearchDocumentsResponse;
  const hidden = shown.filter(({ file_name }) => file_name.includes('█'));
  expect(hidden.length).toBeGreaterThan(0);
  expect(hidden.filter(({ web_url }) => web_url !== undefined)).toEqual([]);
  expect(shown.filter(({ web_url }) => web_url?.startsWith(address))).not.toEqual([]);
});
