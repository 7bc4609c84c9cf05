import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { onFileFinished } from '../support/clean-up.ts';
import { entry, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { connectStdio, eras } from '../support/mcp-client.ts';
import { PermissionModel, type SharedContract } from '../support/permission-model.ts';
import { certificates, overTls } from '../support/tls-proxy.ts';

let service: Awaited<ReturnType<typeof authenticatedService>>;
let readerKey: string;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished);
  readerKey = service.keys.create({ name: 'reader', role: 'reader' });
}, 60_000);

const bridge = (env: Record<string, string>, era: (typeof eras)[number] = '2025-11-25') =>
  connectStdio(era, { env: { DEEDBOX_URL: service.url, ...env } });

/** What Claude sees of a bridge that has no service: one tool, which says why. */
async function reportedError(client: Client): Promise<string> {
  const { tools } = await client.listTools();
  expect(tools.map((tool) => tool.name)).toEqual(['deedbox_connection']);
  expect((await client.listPrompts()).prompts).toEqual([]);
  expect((await client.listResources()).resources).toEqual([]);
  const result = await client.callTool({ name: 'deedbox_connection', arguments: {} });
  expect(result.isError).toBe(true);
  const [{ text }] = result.content as unknown as [{ text: string }];
  expect(tools[0]!.description).toContain(text);
  return text;
}

describe('a bridge with a key', () => {
  it.each(eras)('sends the key, and reports what it does not allow (%s)', async (era) => {
    const { client } = await bridge({ DEEDBOX_KEY: readerKey }, era);
    expect((await client.listTools()).tools).toHaveLength(6);
    const searchResult = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(searchResult.structuredContent).toMatchObject({ total: 0 });
    const refused = await client.callTool({ name: 'sync_documents', arguments: {} });
    expect(JSON.stringify(refused.content)).toMatch(/does not allow sync_documents.*role admin/);
  });

  it.each(eras)('reports that the key was revoked while it was used (%s)', async (era) => {
    const name = `brief ${era}`;
    const key = service.keys.create({ name, role: 'reader' });
    const { client } = await bridge({ DEEDBOX_KEY: key }, era);
    await client.listTools();
    service.keys.revoke(name);
    const result = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toMatch(/does not accept the key.*was revoked/);
    await expect(client.listResources()).rejects.toThrow(/was revoked/);
  });
});

describe('a bridge without a service', () => {
  it('answers with what is wrong', async () => {
    const expired = service.keys.create({
      name: 'expired',
      role: 'reader',
      expiresAt: new Date(Date.now() - 1000),
    });
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /takes a key, and DEEDBOX_KEY is not set/],
      [{ DEEDBOX_KEY: readerKey.slice(0, -1) }, /not a whole key.*Copy it again/],
      [{ DEEDBOX_KEY: expired }, /"expired" has expired/],
      [
        { DEEDBOX_URL: 'http://127.0.0.1:9' },
        /No Deedbox service answers at http:\/\/127\.0\.0\.1:9/,
      ],
      [{ DEEDBOX_URL: 'http://deedbox.firm.example' }, /would travel unencrypted/],
    ];
    await Promise.all(
      cases.map(async ([env, expectedError]) => {
        const { client } = await bridge(env);
        expect(await reportedError(client)).toMatch(expectedError);
      }),
    );
  });

  it('offers everything as soon as the service can be reached', async () => {
    const port = await freePort();
    const env = { DEEDBOX_URL: `http://127.0.0.1:${port}`, DEEDBOX_KEY: readerKey };
    const { client } = await bridge(env);
    expect(await reportedError(client)).toMatch(/No Deedbox service answers/);
    const listChanged = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    await authenticatedService((close) => onTestFinished(close), { port, data: service.data });
    const reconnected = await client.callTool({ name: 'deedbox_connection', arguments: {} });
    expect(reconnected.isError).toBeFalsy();
    await listChanged;
    expect((await client.listTools()).tools).toHaveLength(6);
    const searchResult = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(searchResult.structuredContent).toMatchObject({ total: 0 });
  });

  it('makes a client that tries the newer protocol first use the older one', async () => {
    const client = new Client(
      { name: 'deedbox-test', version: '1.0.0' },
      { versionNegotiation: { mode: 'auto' } },
    );
    onTestFinished(() => client.close());
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [entry, 'stdio', '--url', 'http://127.0.0.1:9'],
        stderr: 'ignore',
      }),
    );
    expect(await reportedError(client)).toMatch(/No Deedbox service answers/);
  });
});

describe('a service with a certificate of a private authority', () => {
  it('is reached with NODE_EXTRA_CA_CERTS, and without it the error names that variable', async () => {
    const env = { DEEDBOX_URL: await overTls(service.url), DEEDBOX_KEY: readerKey };
    const { client: untrustingClient } = await bridge(env);
    expect(await reportedError(untrustingClient)).toMatch(
      /does not trust the certificate.*NODE_EXTRA_CA_CERTS/,
    );
    const { client: trustingClient } = await bridge({
      ...env,
      NODE_EXTRA_CA_CERTS: join(certificates, 'authority.pem'),
    });
    expect((await trustingClient.listTools()).tools.map(({ name }) => name)).toContain(
      'search_documents',
    );
  });
});

describe('a session that the service no longer knows', () => {
  it('is opened again with its subscriptions, also while the client asks nothing', async () => {
    const port = await freePort();
    const data = temporaryFolder(() => {});
    const start = async () => {
      const closers: (() => Promise<void>)[] = [];
      const started = await authenticatedService((close) => void closers.unshift(close), {
        port,
        data,
      });
      return { ...started, stop: () => Promise.all(closers.map((close) => close())) };
    };
    const before = await start();
    const model = new PermissionModel(1, 7);
    await model.write(before.reader, 2);
    const [{ documentId, word }, other] = model.contracts as [SharedContract, SharedContract];
    const key = before.keys.create({ name: 'ann', role: 'reader' });
    const { client } = await bridge({ DEEDBOX_URL: before.url, DEEDBOX_KEY: key });
    const uris: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      uris.push(params.uri);
    });
    const uri = `deedbox://documents/${documentId}`;
    await client.subscribeResource({ uri });
    await client.subscribeResource({ uri: `deedbox://documents/${other.documentId}` });
    await client.unsubscribeResource({ uri: `deedbox://documents/${other.documentId}` });
    await before.stop();
    const after = await start();
    onTestFinished(async () => void (await after.stop()));
    // it may have changed meanwhile
    await expect.poll(() => uris, { timeout: 20_000 }).toEqual([uri]);
    const record = (await after.reader.store.file(`${word}.txt`))!;
    await after.reader.store.recordFiles([{ ...record, fileName: 'renamed.txt' }]);
    await expect.poll(() => uris, { timeout: 10_000 }).toEqual([uri, uri]);
    expect((await client.listTools()).tools).toHaveLength(6);
  });
});
