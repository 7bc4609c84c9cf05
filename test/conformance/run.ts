import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authenticator } from '../../src/access/authenticator.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import { openRequestServices, openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { suiteExtension } from './extension.ts';

/**
 * Runs the official conformance suite's required server scenarios of both protocol revisions against
 * Deedbox's own serving stack, to which the suite's fixtures are added. Exits 0 when all pass.
 */
const suite = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const revisions = ['2025-11-25', '2026-07-28'];

interface Outcome {
  code: number;
  output: string;
}

/** `--import` is for Node.js below 22; the suite writes its results into the folder it runs in. */
function runSuite(url: string, revision: string, folder: string): Promise<Outcome> {
  const hook = new URL('glob-sync.mjs', import.meta.url).href;
  const child = spawn(
    'npx',
    ['--yes', suite, 'server', '--url', `${url}/mcp`, '--requirements', revision],
    {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: `--import=${hook}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Passed of required; what a revision runs without requiring it is listed apart by the suite. */
function score(output: string): string {
  const [summary = '', others = ''] = output
    .slice(output.indexOf('=== SUMMARY'))
    .split('Not scored');
  const optional = new Set([...others.matchAll(/^\s*[✓✗] ([\w-]+)/gm)].map(([, name]) => name));
  const required = [...summary.matchAll(/^([✓✗]) ([\w-]+):/gm)].filter(
    ([, , name]) => !optional.has(name),
  );
  return `${required.filter(([, mark]) => mark === '✓').length} of ${required.length}`;
}

/** The suite sends no credentials: this stands before the service, and adds a key to what passes. */
async function withKey(target: string, key: string) {
  const server = createServer((request, response) => {
    const { hostname, port } = new URL(target);
    // the address that the client named stays, for the suite tries names that must be refused
    const headers = { ...request.headers, authorization: `Bearer ${key}` };
    const { method, url: path } = request;
    const forwarded = httpRequest({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    response.once('close', () => forwarded.destroy());
    forwarded.once('error', () => response.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'deedbox-conformance-'));
const data = join(folder, 'data');
const reader = await openSearchEngine(readConfig({ DEEDBOX_DATA: data }));
const keys = new KeyStore(data);
const key = keys.create({ name: 'conformance', role: 'admin' });
const authenticator = new Authenticator({ dataFolder: data, principal: 'unrestricted' });
const service = await serveHttp({
  services: (context) => openRequestServices({ ...reader, ensureWorker: () => {} }, context),
  authenticator,
  host: '127.0.0.1',
  port: 0,
  extension: suiteExtension,
  limits: { requestsPerMinute: 100_000, burst: 10_000 },
});
const proxy = await withKey(service.url, key);
try {
  const closed = await fetch(`${service.url}/mcp`, { method: 'POST' });
  if (closed.status !== 401) throw new Error(`Without a key it answered ${closed.status}.`);
  for (const revision of revisions) {
    const { code, output } = await runSuite(proxy.url, revision, folder);
    if (code !== 0 || process.argv.includes('--verbose')) process.stdout.write(output);
    process.stdout.write(
      `${revision}: ${score(output)} required scenarios passed with a key (exit code ${code})\n`,
    );
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  proxy.close();
  await service.close();
  authenticator.close();
  keys.close();
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
}
