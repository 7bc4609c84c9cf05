import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { writeTinyModel } from './tiny-model.ts';

let cacheFolder: string;
let model: string;
let hub: Server;
let hubUrl: string;
let requests: string[];

beforeEach(async () => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'deedbox-cache-'));
  model = writeTinyModel();
  requests = [];
  hub = createServer((request, response) => {
    requests.push(request.url!);
    const prefix = '/someone/tiny/resolve/main/';
    const file = join(model, request.url!.slice(prefix.length));
    if (request.url!.startsWith(prefix) && existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    hub.listen(0, '127.0.0.1', resolve);
  });
  hubUrl = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
});

afterEach(() => {
  hub.closeAllConnections();
  hub.close();
  rmSync(cacheFolder, { recursive: true });
  rmSync(model, { recursive: true });
});

it('fetches a model once if allowed, and then opens it from the cache', async () => {
  const options = { model: 'someone/tiny', cacheFolder, hubUrl };
  await expect(openEmbedder(options)).rejects.toMatchObject({ code: 'invalid_configuration' });
  expect(requests).toEqual([]);

  const fetched = await openEmbedder({ ...options, allowRemote: true });
  await fetched.close();
  const requestCount = requests.length;
  expect(requestCount).toBeGreaterThan(0);

  const cached = await openEmbedder(options);
  expect(requests).toHaveLength(requestCount);
  expect(cached.identity).toEqual(fetched.identity);
  expect([...(await cached.embedQuery('gamma'))]).toEqual([0, 0, 0, 1]);
  await cached.close();
});

it('caches nothing of an incomplete model', async () => {
  const options = { model: 'someone/tiny', cacheFolder, hubUrl, allowRemote: true };
  rmSync(join(model, 'onnx', 'model.onnx'));
  await expect(openEmbedder(options)).rejects.toMatchObject({ code: 'invalid_configuration' });
  expect(readdirSync(join(cacheFolder, 'someone'))).toEqual([]);
});

it('gives a retryable error when the hub cannot be reached', async () => {
  const options = { model: 'someone/tiny', cacheFolder, allowRemote: true };
  await expect(openEmbedder({ ...options, hubUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'source_error',
    retryable: true,
  });
});
