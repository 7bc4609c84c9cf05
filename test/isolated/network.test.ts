import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import type { SearchDocumentsResponse } from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { entry, samples, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { addServiceAccount } from '../support/drive/credentials.ts';
import { share } from '../support/drive/drive-operations.ts';
import { DriveSimulator } from '../support/drive/simulator.ts';
import { connectHttp, type Era, eras } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';
import { hasRedis, TestRedis } from '../support/redis.ts';
import { stablePacketsSent, TracedProcesses } from './traced.ts';

/** Local sockets of daemons that look up names of users and hosts. */
const nameServiceSockets = /^unix:\/(var\/)?run\/nscd\/socket$/;
const portOf = (url: string) => new URL(url).port;

let drive: DriveSimulator;
let keyFile: string;

const tracker = 'http://tracker.example/pixel.png';
/** Files whose authors would like to hear that they were read. */
const trackingFiles: [name: string, mimeType: string, bytes: Buffer][] = [
  [
    'Prying lease.html',
    'text/html',
    Buffer.from(
      `<!DOCTYPE html SYSTEM "http://tracker.example/lease.dtd"><html><head><base href="http://tracker.example/">
       <link rel="stylesheet" href="style.css"><meta http-equiv="refresh" content="0;url=${tracker}"><script src="x.js"></script></head>
       <body><h1>LEASE AGREEMENT</h1><img src="${tracker}"><iframe src="//tracker.example"></iframe>
       <p>This Lease is made on 3 March 2025 between Aldermoor Inc. and Birchfold GmbH. It is governed by the laws of Delaware.</p></body></html>`,
    ),
  ],
  [
    'Prying agreement.docx',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    officeFile({
      '[Content_Types].xml':
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      '_rels/.rels':
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="${tracker}" TargetMode="External"/><Relationship Id="i" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="${tracker}" TargetMode="External"/></Relationships>`,
      'word/document.xml':
        '<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://tracker.example/d.dtd"><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>SUPPLY AGREEMENT between Cormorant Ltd and Dunnock SA, governed by the laws of Texas.</w:t></w:r></w:p></w:body></w:document>',
    }),
  ],
];

function officeFile(parts: Record<string, string>): Buffer {
  const bytes = Object.entries(parts).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(bytes)));
}

beforeAll(async () => {
  drive = await new DriveSimulator().listen();
  onFileFinished(() => drive.close());
  const { model } = drive;
  const account = addServiceAccount(drive);
  keyFile = join(temporaryFolder(onFileFinished), 'key.json');
  writeFileSync(keyFile, JSON.stringify(account.keyFile));
  const ada = model.addUser('ada@firm.example');
  const parent = model.createFolder({ name: 'Contracts', parent: model.rootOf(ada) });
  share(model, parent, { type: 'user', emailAddress: account.email, role: 'writer' });
  for (const file of readdirSync(samples, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = readFileSync(join(file.parentPath, file.name));
    const type = file.name.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
    model.createFile({ name: file.name, parent, mimeType: type, bytes });
  }
  for (const [name, mimeType, bytes] of trackingFiles)
    model.createFile({ name, parent, mimeType, bytes });
});

/** The environment of an installation, and nothing else. */
function environment(
  data: string,
  extraEnvironment: Record<string, string> = {},
): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    DEEDBOX_DATA: data,
    DEEDBOX_DRIVE_ENDPOINT: drive.url,
    DEEDBOX_DRIVE_KEY_FILE: keyFile,
    DEEDBOX_AUDIT: 'required',
    DEEDBOX_PORT: '0',
    ...extraEnvironment,
  };
}

const deedbox = (...args: string[]) => [process.execPath, entry, ...args];

async function untilExit(child: ReturnType<TracedProcesses['start']>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve));
}

/** Calls every tool, resource, prompt and completion. */
async function exerciseServer(client: Client): Promise<void> {
  const call = async (name: string, args: object = {}) => {
    const answer = await client.callTool({ name, arguments: { ...args } }, { timeout: 120_000 });
    expect(answer.isError, JSON.stringify(answer.content)).toBeFalsy();
    return answer.structuredContent;
  };
  const { tools } = await client.listTools();
  const { documents, total } = (await call('search_documents', {
    limit: 50,
  })) as SearchDocumentsResponse;
  expect(total).toBeGreaterThan(15);
  const id = documents[0]!.document_id;
  const toolCalls: Record<string, object> = {
    search_documents: { query: 'governing law of the lease', party: 'Aldermoor' },
    search_passages: { query: 'Which law governs?' },
    extract_clauses: { document_ids: [id], question: 'Who may terminate?' },
    get_document: { document_id: id },
    sync_documents: { full: true },
    get_sync_status: {},
  };
  expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(toolCalls).sort());
  for (const [name, args] of Object.entries(toolCalls)) await call(name, args);
  const { resources } = await client.listResources();
  for (const { uri } of resources.slice(0, 5)) await client.readResource({ uri });
  await client.readResource({ uri: `deedbox://documents/${id}/clauses` });
  await client.getPrompt({ name: 'nda_check', arguments: { client: 'Aldermoor' } });
  const ref = { type: 'ref/prompt' as const, name: 'nda_check' };
  await client.complete({ ref, argument: { name: 'client', value: 'A' } });
}

async function connectTraced(traced: TracedProcesses, era: Era, env: Record<string, string>) {
  const [command, ...args] = traced.command(...deedbox('stdio'));
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: era === eras[0] ? 'legacy' : { pin: era } } },
  );
  await client.connect(new StdioClientTransport({ command, args, env, stderr: 'ignore' }));
  return client;
}

/** The service, its commands, stdio and the bridge over one data folder; where all of them reached. */
async function exerciseProduct(extraEnvironment: Record<string, string>) {
  const traced = new TracedProcesses(temporaryFolder());
  const data = temporaryFolder();
  const env = environment(data, extraEnvironment);
  const keys = new KeyStore(data);
  const key = keys.create({ name: 'ann', role: 'admin' });
  keys.close();
  const runToSuccess = async (...args: string[]) => {
    const { code, stdout, stderr } = await traced.run(deedbox(...args), env);
    expect(code, `${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
  };

  await runToSuccess('drive', 'check');
  const service = traced.start(deedbox('start', 'drive:', '--no-worker'), env);
  const worker = traced.start(deedbox('worker'), env);
  worker.stdout!.resume();
  worker.stderr!.resume();
  onTestFinished(() => [service, worker].forEach((child) => void child.kill('SIGKILL')));
  const output = await waitForOutput(service, /In Claude Code/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)![0];
  for (const era of eras) {
    const client = await connectHttp(url, era, onTestFinished, bearer(key));
    await expect
      .poll(async () => (await client.callTool({ name: 'get_sync_status' })).structuredContent, {
        timeout: 60_000,
      })
      .toMatchObject({ state: 'done', failed: 0 });
    await exerciseServer(client);
    const bridge = await connectTraced(traced, era, {
      ...env,
      DEEDBOX_URL: url,
      DEEDBOX_KEY: key,
    });
    await exerciseServer(bridge);
    await bridge.close();
    const stdioClient = await connectTraced(traced, era, env);
    await exerciseServer(stdioClient);
    await stdioClient.close();
  }
  expect((await fetch(url, { headers: bearer(key) })).status).toBe(200);
  expect((await fetch(`${url}/metrics`, { headers: bearer(key) })).status).toBe(200);
  for (const child of [service, worker]) {
    child.kill('SIGTERM');
    await untilExit(child);
  }
  await runToSuccess('ingest', '--full');
  await runToSuccess('search', 'Which law governs?');
  await runToSuccess('clauses', 'Prying lease.html');
  for (const format of ['jsonl', 'csv', 'ics']) await runToSuccess('export', '--format', format);
  await runToSuccess('status');
  await runToSuccess('verify');
  await runToSuccess('reindex');
  await runToSuccess('audit', 'verify');
  await runToSuccess('key', 'list');
  return { contacted: traced.contactedAddresses(), url };
}

describe('without a network', () => {
  it('every attempt to connect is recorded', async () => {
    const packetsBefore = await stablePacketsSent();
    const addressesTried = async (script: string) => {
      const traced = new TracedProcesses(temporaryFolder());
      await traced.run([process.execPath, '-e', script], process.env);
      return traced.contactedAddresses().filter((address) => !nameServiceSockets.test(address));
    };
    const connect = (host: string) =>
      `require('net').connect(443, '${host}').on('error', () => {}); setTimeout(process.exit, 500)`;
    for (const host of ['8.8.8.8', '2001:4860:4860::8888']) {
      const packets = await stablePacketsSent(500);
      expect(await addressesTried(connect(host))).toEqual([`${host}:443`]);
      expect(await stablePacketsSent(500)).toBeGreaterThan(packets);
    }
    const lookup = `require('dns').lookup('deedbox.example', process.exit)`;
    const packets = await stablePacketsSent(500);
    expect(await addressesTried(lookup)).toEqual(['192.0.2.53:53']);
    expect(await stablePacketsSent(500)).toBeGreaterThan(packets);
    // on this machine no packet leaves, and the system call is seen all the same
    expect(await addressesTried(connect('127.0.0.1'))).toEqual(['127.0.0.1:443']);
    const udp = `require('dgram').createSocket('udp4').send('x', 514, '203.0.113.9', process.exit)`;
    expect(await addressesTried(udp)).toEqual(['203.0.113.9:514']);
    expect(packetsBefore).toBeLessThan(await stablePacketsSent());
  });

  it('Deedbox connects to the Drive simulator and to its own service alone', async () => {
    const packetsBefore = await stablePacketsSent();
    const { contacted, url } = await exerciseProduct({});
    const addresses = contacted.filter((address) => !nameServiceSockets.test(address));
    expect(addresses).toEqual(
      [`127.0.0.1:${portOf(drive.url)}`, `127.0.0.1:${portOf(url)}`].sort(),
    );
    expect(await stablePacketsSent()).toBe(packetsBefore);
  });

  it.skipIf(!hasRedis)('and with a queue in Redis that Redis besides', async () => {
    const redis = await TestRedis.start(onTestFinished);
    const packetsBefore = await stablePacketsSent();
    const { contacted, url } = await exerciseProduct({ REDIS_URL: redis.url });
    const addresses = contacted.filter((address) => !nameServiceSockets.test(address));
    const ports = [portOf(drive.url), portOf(url), String(redis.port)];
    expect(addresses).toEqual(ports.map((port) => `127.0.0.1:${port}`).sort());
    expect(await stablePacketsSent()).toBe(packetsBefore);
  });

  it('Deedbox connects to nothing where nobody has signed in to Drive and nothing is configured', async () => {
    const packetsBefore = await stablePacketsSent();
    const traced = new TracedProcesses(temporaryFolder());
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DEEDBOX_DATA: temporaryFolder(), DEEDBOX_PORT: '0' };
    expect((await traced.run(deedbox('drive', 'check'), env)).code).toBe(2);
    expect((await traced.run(deedbox('ingest', 'drive:'), env)).code).not.toBe(0);
    const service = traced.start(deedbox('start', samples), env);
    onTestFinished(() => void service.kill('SIGKILL'));
    await waitForOutput(service, /In Claude Code/);
    service.kill('SIGTERM');
    await untilExit(service);
    expect(
      traced.contactedAddresses().filter((address) => !nameServiceSockets.test(address)),
    ).toEqual([]);
    expect(await stablePacketsSent()).toBe(packetsBefore);
  });
});
