import { fork, spawn } from 'node:child_process';
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type {
  SearchDocumentsResponse,
  SyncStatusResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import {
  deedbox,
  entry,
  root,
  startDeedbox,
  temporaryFolder,
  waitForOutput,
} from '../support/cli.ts';
import { isLong } from '../support/long.ts';
import { connectStdio, type Era, eras, initializeMessage } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

let sampleData: string;
let url: string;

beforeAll(async () => {
  sampleData = await sampleWorkspace();
  ({ url } = await serveWorkspace(sampleData));
}, 120_000);

interface Exchange {
  code: number | null;
  lines: string[];
  stderr: string;
}

/** The temporary folders of worker processes; beside them lies a lock. */
const workerFolders = (data: string) =>
  readdirSync(join(data, 'tmp')).filter((name) => !name.endsWith('.lock'));

/** Writes lines to a fresh `deedbox stdio`, waits for as many answers, ends its input. */
function exchange(
  messages: object[],
  expectedLines: number,
  options: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Exchange> {
  const child = spawn(process.execPath, [entry, 'stdio', ...(options.args ?? [])], {
    env: { ...process.env, ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.split('\n').length - 1 >= expectedLines) child.stdin.end();
  });
  for (const message of messages) child.stdin.write(`${JSON.stringify(message)}\n`);
  if (expectedLines === 0) child.stdin.end();
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, lines: stdout.split('\n').filter((line) => line !== ''), stderr });
    });
  });
}

const handshake = [initializeMessage, { jsonrpc: '2.0', method: 'notifications/initialized' }];

async function search(client: Client): Promise<SearchDocumentsResponse> {
  const result = await client.callTool({
    name: 'search_documents',
    arguments: { document_types: ['nda'], limit: 50 },
  });
  expect(result.isError).toBeFalsy();
  return result.structuredContent as SearchDocumentsResponse;
}

/** Two contracts that the test may change, and a data folder that holds them. */
async function copyWorkspace() {
  const [data, contracts] = [temporaryFolder(onFileFinished), temporaryFolder(onFileFinished)];
  const files = ['first', 'second'].map((name) => join(contracts, `${name}.md`));
  for (const [index, file] of files.entries()) {
    writeFileSync(
      file,
      `# Letter Agreement ${index}\n\nThis Letter Agreement ${index} is made between Aldermoor Trust ` +
        'Company and Bexcombe Holdings Ltd. It is governed by the laws of England.\n',
    );
  }
  const { code, stderr } = await deedbox('--data', data, 'ingest', contracts);
  if (code !== 0) throw new Error(stderr);
  return { data, contracts, files };
}

/** The resources of files, in their order. */
async function uris(client: Client, files: string[]) {
  const { resources } = await client.listResources();
  return files.map((file) => resources.find(({ name }) => name === basename(file))!.uri);
}

/** The notifications of these resources that the client receives from now on. */
async function subscribeTo(client: Client, era: Era, resources: string[]): Promise<string[]> {
  const updatedUris: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    updatedUris.push(params.uri);
  });
  if (era === '2026-07-28') await client.listen({ resourceSubscriptions: resources });
  else for (const uri of resources) await client.subscribeResource({ uri });
  return updatedUris;
}

describe('the process', () => {
  it('ends when its input ends, before any request', async () => {
    const { code, lines } = await exchange([], 0, { args: ['--data', sampleData] });
    expect(code).toBe(0);
    expect(lines).toEqual([]);
  });

  it('ends when its input ends after work, and says nothing but the protocol', async () => {
    const { code, lines } = await exchange(
      [
        ...handshake,
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
        {
          jsonrpc: '2.0',
          id: 3,
          method: 'tools/call',
          params: { name: 'search_passages', arguments: { query: 'governing law' } },
        },
        {
          jsonrpc: '2.0',
          id: 4,
          method: 'tools/call',
          params: { name: 'get_document', arguments: { document_id: 'nobody' } },
        },
      ],
      4,
      { args: ['--data', sampleData] },
    );
    expect(code).toBe(0);
    const messages = lines.map((line) => JSON.parse(line) as { jsonrpc: string; id?: number });
    expect(messages.every((message) => message.jsonrpc === '2.0')).toBe(true);
    expect(messages.map((message) => message.id).toSorted((a, b) => a! - b!)).toEqual([1, 2, 3, 4]);
  });

  it('lists its tools where the data cannot be opened, and reports that in a call', async () => {
    const { code, lines, stderr } = await exchange(
      [
        ...handshake,
        { jsonrpc: '2.0', id: 2, method: 'tools/list' },
        {
          jsonrpc: '2.0',
          id: 3,
          method: 'tools/call',
          params: { name: 'search_passages', arguments: { query: 'law' } },
        },
      ],
      3,
      { args: ['--data', sampleData], env: { EMBEDDING_MODEL: '/nowhere/model' } },
    );
    expect(code).toBe(0);
    const answers = new Map(
      lines.map((line) => {
        const message = JSON.parse(line) as { id: number; result: Record<string, unknown> };
        return [message.id, message.result];
      }),
    );
    expect(answers.get(2)).toHaveProperty('tools');
    expect(answers.get(3)).toMatchObject({ isError: true });
    expect(JSON.stringify(answers.get(3))).toMatch(/its log says/);
    expect(JSON.stringify(answers.get(3))).not.toMatch(/nowhere|\.ts:|node_modules|SELECT/);
    expect(stderr).toContain('/nowhere/model');
    expect(stderr).not.toMatch(/unhandled/i);
  });
});

describe('stdio with an invalid configuration', () => {
  it.each([
    [{ DEEDBOX_URL: 'notaurl' }, /DEEDBOX_URL: must begin with https/],
    [{ DEEDBOX_REDCT: 'names' }, /DEEDBOX_REDCT: there is no such setting/],
  ] as [Record<string, string>, RegExp][])(
    'reports it to the client: %o',
    async (env, expectedError) => {
      const { client } = await connectStdio('2025-11-25', { env });
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['deedbox_connection']);
      const { isError, content } = await client.callTool({ name: tools[0]!.name });
      expect(isError).toBe(true);
      expect(JSON.stringify(content)).toMatch(expectedError);
    },
  );
});

describe.each(eras)('stdio over %s', (era) => {
  // what workers do is the same in both
  const isEraTested = isLong || era === eras.at(-1);

  it('answers from the data folder', async () => {
    const { client } = await connectStdio(era, { args: ['--data', sampleData] });
    expect((await client.listTools()).tools).toHaveLength(6);
    const { documents } = await search(client);
    expect(documents.length).toBeGreaterThanOrEqual(4);
    const { contents } = await client.readResource({ uri: documents[0]!.resource_uri });
    expect((contents[0] as { text: string }).text).toContain('— page 1 —');
  });

  it.runIf(isEraTested)('several copies serve the same folder at once', async () => {
    const copies = await Promise.all(
      [1, 2, 3].map(() => connectStdio(era, { args: ['--data', sampleData] })),
    );
    const answers = await Promise.all(copies.map(({ client }) => search(client)));
    for (const answer of answers) expect(answer.total).toBe(answers[0]!.total);
  });

  it.runIf(isEraTested)(
    'starts a sync that a worker process runs, and notifies of its changes',
    async () => {
      const workspace = await copyWorkspace();
      const { client } = await connectStdio(era, { args: ['--data', workspace.data] });
      const [changed, same] = await uris(client, workspace.files);
      const updatedUris = await subscribeTo(client, era, [changed!, same!]);
      appendFileSync(workspace.files[0]!, '\n\nAmended by the parties.\n');
      const result = await client.callTool({ name: 'sync_documents', arguments: {} });
      expect(result.structuredContent as SyncStatusResponse).toMatchObject({
        state: 'done',
        indexed: 1,
        unchanged: 1,
      });
      await expect.poll(() => updatedUris, { timeout: 20_000 }).toContain(changed);
      expect(updatedUris).not.toContain(same);
    },
  );

  it.runIf(isLong)('goes on with a sync whose client disconnects, in one worker', async () => {
    const workspace = await copyWorkspace();
    const fileCount = 150;
    for (let number = 0; number < fileCount; number += 1) {
      writeFileSync(
        join(workspace.contracts, `letter-${number}.md`),
        `# Letter ${number}\n\nThis Letter ${number} is governed by the laws of England.\n`,
      );
    }
    const { services } = await serveWorkspace(workspace.data);
    const before = (await services.store.sync())!.syncId;
    const { client } = await connectStdio(era, { args: ['--data', workspace.data] });
    const calls = [1, 2, 3].map(() =>
      client.callTool({ name: 'sync_documents', arguments: {} }).catch(() => {}),
    );
    const newest = async () => (await services.store.sync())!;
    await expect
      .poll(async () => (await newest()).syncId !== before && (await newest()).indexed > 0, {
        timeout: 30_000,
        interval: 20,
      })
      .toBe(true);
    expect((await newest()).state).toBe('reading');
    expect(workerFolders(workspace.data)).toHaveLength(1);
    await client.close();
    await Promise.all(calls);
    await expect
      .poll(newest, { timeout: 40_000 })
      .toMatchObject({ state: 'done', indexed: fileCount, unchanged: 2 });
  });

  it.runIf(isLong)('leaves the work to a worker that is running', async () => {
    const { data, files } = await copyWorkspace();
    const folders = () => workerFolders(data).length;
    const worker = fork(join(root, 'dist', 'workers', 'main.js'), ['--data', data]);
    onTestFinished(() => void worker.kill());
    await expect.poll(folders, { timeout: 30_000 }).toBe(1);
    const { client } = await connectStdio(era, { args: ['--data', data] });
    let maxFolders = 0;
    const pollTimer = setInterval(() => (maxFolders = Math.max(maxFolders, folders())), 20);
    onTestFinished(() => clearInterval(pollTimer));
    appendFileSync(files[0]!, '\n\nAmended by the parties.\n');
    const result = await client.callTool({ name: 'sync_documents', arguments: {} });
    expect(result.structuredContent).toMatchObject({ state: 'done', indexed: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(maxFolders).toBe(1);
  });

  it.runIf(isLong)('syncs that follow one another each find a worker', async () => {
    const { data, files } = await copyWorkspace();
    const { client } = await connectStdio(era, { args: ['--data', data] });
    for (let round = 1; round <= 4; round += 1) {
      appendFileSync(files[0]!, `\n\nAmendment ${round}.\n`);
      const result = await client.callTool({ name: 'sync_documents', arguments: {} });
      expect(result.structuredContent).toMatchObject({ state: 'done', indexed: 1 });
      await new Promise((resolve) => setTimeout(resolve, round * 100));
    }
  });

  it.runIf(isLong)('the bridge does not cancel the sync of a client that disconnects', async () => {
    const workspace = await copyWorkspace();
    const { url: serviceUrl, services } = await serveWorkspace(workspace.data, {
      syncTimeoutMs: 1000,
    });
    const { client } = await connectStdio(era, { env: { DEEDBOX_URL: serviceUrl } });
    const before = (await services.store.sync())!.syncId;
    const sync = client.callTool({ name: 'sync_documents', arguments: {} }).catch(() => {});
    await expect.poll(async () => (await services.store.sync())!.syncId).not.toBe(before);
    await client.close();
    await sync;
    expect((await services.store.sync())!.state).toBe('waiting');
  });

  it('is a bridge where DEEDBOX_URL names a service: calls and errors pass', async () => {
    const { client } = await connectStdio(era, { env: { DEEDBOX_URL: url } });
    expect((await client.listTools()).tools).toHaveLength(6);
    const { documents } = await search(client);
    expect(documents.length).toBeGreaterThanOrEqual(4);
    const unknown = await client.callTool({
      name: 'get_document',
      arguments: { document_id: 'nobody' },
    });
    expect(unknown.isError).toBe(true);
    await expect(client.readResource({ uri: 'deedbox://nothing' })).rejects.toMatchObject({
      code: -32_602,
    });
  });

  it.runIf(isLong)('the bridge forwards progress, cancellation and notifications', async () => {
    const workspace = await copyWorkspace();
    const service = await serveWorkspace(workspace.data, { syncTimeoutMs: 60_000 });
    const { client } = await connectStdio(era, { env: { DEEDBOX_URL: service.url } });

    const cancel = new AbortController();
    const sync = client.callTool(
      { name: 'sync_documents', arguments: {} },
      { signal: cancel.signal, onprogress: () => cancel.abort(new Error('enough')) },
    );
    await expect(sync).rejects.toThrow();
    const state = async () => (await service.services.store.sync())?.state;
    await expect.poll(state, { timeout: 10_000 }).toBe('cancelled');

    const [changed, same] = await uris(client, workspace.files);
    const updatedUris = await subscribeTo(client, era, [changed!, same!]);
    appendFileSync(workspace.files[0]!, '\n\nAmended by the parties.\n');
    expect((await deedbox('--data', workspace.data, 'ingest', workspace.contracts)).code).toBe(0);
    await expect.poll(() => updatedUris, { timeout: 20_000 }).toContain(changed);
    expect(updatedUris).not.toContain(same);
  });
});

describe('the bridge', () => {
  it('ends when its input ends', async () => {
    const { code, lines } = await exchange(
      [...handshake, { jsonrpc: '2.0', id: 2, method: 'tools/list' }],
      2,
      { env: { DEEDBOX_URL: url } },
    );
    expect(code).toBe(0);
    expect(lines).toHaveLength(2);
  });

  it.runIf(isLong).each(eras)('outlives a restart of the service (%s)', async (era) => {
    const { data, contracts } = await copyWorkspace();
    const start = async (port: string) => {
      const child = startDeedbox('--data', data, 'start', '--port', port, contracts);
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const output = await waitForOutput(child, /http:\/\/127\.0\.0\.1:\d+\s/);
      return { child, ended, url: /http:\/\/127\.0\.0\.1:\d+/.exec(output)![0] };
    };
    const first = await start('0');
    const { client } = await connectStdio(era, { env: { DEEDBOX_URL: first.url } });
    expect((await client.listResources()).resources).toHaveLength(4);
    first.child.kill('SIGKILL');
    await first.ended;
    await expect(client.listResources()).rejects.toThrow(/No Deedbox service answers/);
    const second = await start(new URL(first.url).port);
    expect((await client.listResources()).resources).toHaveLength(4);
    second.child.kill('SIGTERM');
    await second.ended;
  });
});
