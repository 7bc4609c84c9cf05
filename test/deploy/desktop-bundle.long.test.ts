import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getMcpConfigForManifest, type McpbManifestAny, unpackExtension } from '@anthropic-ai/mcpb';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundle } from '../../deploy/desktop/bundle.ts';
import { tools } from '../../src/mcp/tools/tools.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, root, temporaryFolder } from '../support/cli.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { type Era, eras } from '../support/mcp-client.ts';
import { certificates, overTls } from '../support/tls-proxy.ts';

let bundleFile: string;
let installed: string;
let manifest: McpbManifestAny;
let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;

beforeAll(async () => {
  bundleFile = await bundle(temporaryFolder(onFileFinished));
  installed = join(temporaryFolder(onFileFinished), 'Claude Extensions', 'deedbox');
  expect(await unpackExtension({ mcpbPath: bundleFile, outputDir: installed, silent: true })).toBe(
    true,
  );
  manifest = JSON.parse(readFileSync(join(installed, 'manifest.json'), 'utf8')) as McpbManifestAny;

  const [data, contracts] = [temporaryFolder(onFileFinished), temporaryFolder(onFileFinished)];
  writeFileSync(
    join(contracts, 'letter.md'),
    '# Letter Agreement\n\nThis Letter Agreement is made between Aldermoor Trust Company and ' +
      'Bexcombe Holdings Ltd. It is governed by the laws of England.\n',
  );
  const { code, stderr } = await deedbox('--data', data, 'ingest', contracts);
  if (code !== 0) throw new Error(stderr);
  service = await authenticatedService(onFileFinished, { data, syncTimeoutMs: 60_000 });
  key = service.keys.create({ name: 'desktop', role: 'admin' });
});

const mcpb = join(root, 'node_modules', '@anthropic-ai', 'mcpb', 'dist', 'cli', 'cli.js');

/** Validates with the tool of the format; rejects with its output where the bundle is invalid. */
const validate = (folder: string) =>
  promisify(execFile)(process.execPath, [mcpb, 'validate', folder]);

/** The command that a desktop client builds from the manifest and the user's settings. */
async function launch(userConfig: Record<string, string | boolean>) {
  const config = await getMcpConfigForManifest({
    manifest,
    extensionPath: installed,
    systemDirs: { HOME: '/nowhere' },
    userConfig,
    pathSeparator: '/',
  });
  if (!config) return undefined;
  expect(config.command).toBe('node');
  return { command: process.execPath, args: config.args ?? [], env: config.env ?? {} };
}

async function connect(userConfig: Record<string, string | boolean>, era: Era): Promise<Client> {
  const command = await launch(userConfig);
  const client = new Client(
    { name: 'desktop', version: '1.0.0' },
    { versionNegotiation: { mode: era === '2025-11-25' ? 'legacy' : { pin: era } } },
  );
  onTestFinished(() => client.close());
  await client.connect(new StdioClientTransport({ ...command!, cwd: installed, stderr: 'ignore' }));
  return client;
}

/** The text of the only tool that Claude sees where there is no service. */
async function connectionMessage(client: Client): Promise<string> {
  const toolList = (await client.listTools()).tools;
  expect(toolList.map(({ name }) => name)).toEqual(['deedbox_connection']);
  const { isError, content } = await client.callTool({ name: 'deedbox_connection', arguments: {} });
  expect(isError).toBe(true);
  const [{ text }] = content as unknown as [{ text: string }];
  expect(toolList[0]!.description).toContain(text);
  return text;
}

describe('the bundle', () => {
  it('is valid for the tool of the format, which rejects a bundle without its icon', async () => {
    expect((await validate(installed)).stdout).toContain('Manifest schema validation passes!');
    const broken = temporaryFolder();
    await unpackExtension({ mcpbPath: bundleFile, outputDir: broken, silent: true });
    rmSync(join(broken, 'icon.png'));
    await expect(validate(broken)).rejects.toMatchObject({
      stdout: expect.stringContaining('Icon file not found') as string,
    });
  });

  it('has the same bytes when it is built again', async () => {
    const rebuilt = await bundle(temporaryFolder());
    expect(readFileSync(rebuilt).equals(readFileSync(bundleFile))).toBe(true);
  });

  it('lists the tools, and marks the key as sensitive', () => {
    expect(manifest.tools).toEqual(tools.map(({ name, description }) => ({ name, description })));
    expect(manifest.user_config).toMatchObject({
      address: { required: true },
      key: { required: true, sensitive: true },
    });
    expect(JSON.stringify(manifest.server.mcp_config?.args)).not.toContain('user_config');
  });

  it('does not start without an address and a key', async () => {
    expect(await launch({ address: service.url })).toBeUndefined();
    expect(await launch({ key })).toBeUndefined();
  });

  it('contains the licence of every package in it', () => {
    const licenses = readFileSync(join(installed, 'LICENSES.txt'), 'utf8');
    const code = readFileSync(join(installed, 'server', 'index.js'), 'utf8');
    const packages = [...code.matchAll(/^\/\/ .*?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)];
    const names = new Set(packages.map(([, name]) => name!));
    expect(names.size).toBeGreaterThan(3);
    for (const name of names) expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });
});

describe.each(eras)('the bridge in the bundle, protocol %s', (era) => {
  it('lists the tools and searches', async () => {
    const client = await connect({ address: service.url, key }, era);
    const toolList = (await client.listTools()).tools;
    expect(toolList.map(({ name }) => name)).toEqual(manifest.tools?.map(({ name }) => name));
    const { structuredContent } = await client.callTool({
      name: 'search_documents',
      arguments: { query: 'Aldermoor' },
    });
    expect(structuredContent).toMatchObject({
      total: 1,
      documents: [{ title: 'Letter Agreement' }],
    });
  });

  it('forwards the progress and the cancellation of a sync', async () => {
    const client = await connect({ address: service.url, key }, era);
    const state = async () => (await service.reader.store.sync())?.state;
    const cancel = new AbortController();
    let progressCount = 0;
    const sync = client.callTool(
      { name: 'sync_documents', arguments: {} },
      {
        signal: cancel.signal,
        onprogress: () => {
          progressCount += 1;
          cancel.abort(new Error('enough'));
        },
      },
    );
    await expect(sync).rejects.toThrow('enough');
    expect(progressCount).toBeGreaterThan(0);
    await expect.poll(state, { timeout: 10_000 }).toBe('cancelled');
  });
});

describe('the settings of the bundle', () => {
  it.each(['/', '/mcp', '/mcp/', '//mcp/', '/mcp?transport=http'])(
    'may have an address that ends in %s',
    async (end) => {
      const client = await connect({ address: ` ${service.url}${end} `, key }, '2025-11-25');
      expect((await client.listTools()).tools.length).toBe(manifest.tools?.length);
    },
  );

  it('are named, with what is wrong with the file of an authority', async () => {
    const address = await overTls(service.url);
    const field = "“Certificate of the organisation's own authority”";
    const message = async (authority: string) =>
      connectionMessage(await connect({ address, key, authority }, '2025-11-25'));
    expect(await message('')).toContain(`set ${field} to`);
    expect(await message('/nowhere/authority.pem')).toContain(
      `/nowhere/authority.pem in ${field} does not exist`,
    );
    expect(await message(join(certificates, 'service.key'))).toContain('private key');
    const trusted = join(certificates, 'authority.pem');
    const client = await connect({ address, key, authority: trusted }, '2025-11-25');
    expect((await client.listTools()).tools.length).toBe(manifest.tools?.length);
  });
});

describe('the bridge in the bundle, with a wrong setting or no service', () => {
  it.each([
    ['no service', { address: 'http://127.0.0.1:9' }, /No Deedbox service answers at http:/],
    ['another key', { key: 'dbx_wrong' }, /not a whole key/],
    [
      'no address at all',
      { address: 'the server' },
      /“Address of the service”: must begin with https.*settings/,
    ],
    ['an address without its beginning', { address: 'firm.example:7331' }, /must begin with https/],
    ['a key with words', { key: 'ask Ann' }, /“Key”: is neither.*settings of Claude Desktop/],
    ['no encryption', { address: 'http://deedbox.firm.example' }, /would travel unencrypted/],
    [
      'no encryption, allowed',
      { address: 'http://deedbox.invalid', allow_http: true },
      /No Deedbox service answers/,
    ],
  ])('reports it: %s', async (_, wrong, message) => {
    const client = await connect({ address: service.url, key, ...wrong }, '2025-11-25');
    expect(await connectionMessage(client)).toMatch(message);
  });
});
