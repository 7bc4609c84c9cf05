import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bridgeFailure, endpoint, unsafe } from '../../src/mcp/bridge-failures.ts';
import { entry, root } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { guardedService } from '../support/guarded-service.ts';
import { connectStdio, eras } from '../support/mcp-client.ts';

const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

let service: Awaited<ReturnType<typeof guardedService>>;
let reader: string;

beforeAll(async () => {
  service = await guardedService(later);
  reader = service.keys.create({ name: 'reader', role: 'reader' });
}, 60_000);

const bridge = (env: Record<string, string>, era: (typeof eras)[number] = '2025-11-25') =>
  connectStdio(era, { env: { DEEDBOX_URL: service.url, ...env } });

/** What Claude sees of a bridge that has no service: one tool, which says why. */
async function saidBy(client: Client): Promise<string> {
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
  it.each(eras)('sends it, and says what it does not allow (%s)', async (era) => {
    const { client } = await bridge({ DEEDBOX_KEY: reader }, era);
    expect((await client.listTools()).tools).toHaveLength(6);
    const found = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(found.structuredContent).toMatchObject({ total: 0 });
    const refused = await client.callTool({ name: 'sync_documents', arguments: {} });
    expect(JSON.stringify(refused.content)).toMatch(/does not allow sync_documents.*role admin/);
  });

  it.each(eras)('says so when it is revoked while it is used (%s)', async (era) => {
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

describe('a bridge that finds no service', () => {
  it('says in words what is wrong', async () => {
    const expired = service.keys.create({
      name: 'expired',
      role: 'reader',
      expiresAt: new Date(Date.now() - 1000),
    });
    const cases: [Record<string, string>, RegExp][] = [
      [{}, /takes a key, and DEEDBOX_KEY is not set/],
      [{ DEEDBOX_KEY: reader.slice(0, -1) }, /not a whole key.*Copy it again/],
      [{ DEEDBOX_KEY: expired }, /"expired" has expired/],
      [
        { DEEDBOX_URL: 'http://127.0.0.1:9' },
        /No Deedbox service answers at http:\/\/127\.0\.0\.1:9/,
      ],
      [{ DEEDBOX_URL: 'http://deedbox.firm.example' }, /would travel unencrypted/],
    ];
    await Promise.all(
      cases.map(async ([env, said]) => {
        const { client } = await bridge(env);
        expect(await saidBy(client)).toMatch(said);
      }),
    );
  });

  it('offers everything as soon as there is one', async () => {
    const port = await freePort();
    const env = { DEEDBOX_URL: `http://127.0.0.1:${port}`, DEEDBOX_KEY: reader };
    const { client } = await bridge(env);
    expect(await saidBy(client)).toMatch(/No Deedbox service answers/);
    const told = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    await guardedService((close) => onTestFinished(close), { port, data: service.data });
    const again = await client.callTool({ name: 'deedbox_connection', arguments: {} });
    expect(again.isError).toBeFalsy();
    await told;
    expect((await client.listTools()).tools).toHaveLength(6);
    const found = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(found.structuredContent).toMatchObject({ total: 0 });
  });

  it('leads a client that tries the newer protocol first to the one in which it can say so', async () => {
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
    expect(await saidBy(client)).toMatch(/No Deedbox service answers/);
  });
});

describe('a service whose certificate comes from an authority of its own', () => {
  const certificates = join(root, 'test', 'support', 'certificates');
  const pem = (name: string) => readFileSync(join(certificates, name));

  /** TLS before the service, as a reverse proxy has it. */
  async function overTls(): Promise<string> {
    const proxy = createServer(
      { key: pem('service.key'), cert: pem('service.pem') },
      (request, response) => {
        const { method, url: path, headers } = request;
        const passed = httpRequest(new URL(path!, service.url), { method, headers }, (answer) => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        });
        response.once('close', () => passed.destroy());
        passed.once('error', () => response.destroy());
        request.pipe(passed);
      },
    );
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    return `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  }

  it('is reached where that authority is named, and else it is said what to name', async () => {
    const env = { DEEDBOX_URL: await overTls(), DEEDBOX_KEY: reader };
    const { client: stranger } = await bridge(env);
    expect(await saidBy(stranger)).toMatch(/does not trust the certificate.*NODE_EXTRA_CA_CERTS/);
    const { client: known } = await bridge({
      ...env,
      NODE_EXTRA_CA_CERTS: join(certificates, 'authority.pem'),
    });
    expect((await known.listTools()).tools.map(({ name }) => name)).toContain('search_documents');
  });
});

describe('the address of a service', () => {
  it('is /mcp under what was given', () => {
    const paths: [string, string][] = [
      ['https://deedbox.firm.example', 'https://deedbox.firm.example/mcp'],
      ['https://firm.example/deedbox/', 'https://firm.example/deedbox/mcp'],
      ['https://firm.example/deedbox/mcp', 'https://firm.example/deedbox/mcp'],
      ['http://localhost:7331/', 'http://localhost:7331/mcp'],
      ['http://[::1]:7331', 'http://[::1]:7331/mcp'],
    ];
    for (const [url, address] of paths) {
      expect(endpoint(url).href).toBe(address);
      expect(unsafe({ url, allowHttp: false })).toBeUndefined();
    }
  });

  it.each([
    'http://10.0.0.5:7331',
    'http://127.0.0.1.evil.example',
    'http://localhost@evil.example',
  ])('is not called without encryption: %s', (url) => {
    expect(unsafe({ url, allowHttp: false })?.message).toMatch(/unencrypted/);
    expect(unsafe({ url, allowHttp: true })).toBeUndefined();
  });

  it('what fails there is said in words, whatever it is', () => {
    for (const error of [new Error('socket'), new TypeError('fetch failed'), 'x', undefined]) {
      expect(bridgeFailure(error, 'https://x.example', true)).toMatchObject({
        code: 'not_ready',
        message: 'No Deedbox service answers at https://x.example.',
      });
    }
  });
});
