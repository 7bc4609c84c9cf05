import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { deedbox, root, startDeedbox, temporaryFolder, waitForOutput } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { connectHttp, type Era } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

const hasNginx = spawnSync('nginx', ['-v']).status === 0;

/** deploy/nginx.conf for two services, on a port of its own and without TLS. */
async function startNginx(ports: number[]): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  const site = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8')
    .replace('#hash', 'hash')
    .replace('#server 127', 'server 127')
    .replace('127.0.0.1:7331', `127.0.0.1:${ports[0]}`)
    .replace('127.0.0.1:7332', `127.0.0.1:${ports[1]}`)
    .replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
    .replace('listen [::]:443 ssl;', '')
    .replace(/^ *ssl_.*$/gm, '');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temporary = paths.map((one) => `${one}_temp_path ${folder}/${one};`).join(' ');
  const file = join(folder, 'nginx.conf');
  const main = `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}`;
  writeFileSync(file, `${main} http { access_log off; ${temporary} ${site} }`);
  const nginx = spawn('nginx', ['-c', file], { stdio: 'inherit' });
  onTestFinished(() => void nginx.kill('SIGTERM'));
  const url = `http://127.0.0.1:${port}`;
  await expect.poll(() => fetch(url).catch(() => undefined)).toBeDefined();
  return url;
}

async function startService(data: string, port: number): Promise<ChildProcess> {
  const service = startDeedbox('start', '--no-worker', '--port', String(port), '--data', data);
  await waitForOutput(service, /the service began/);
  service.stdout!.resume();
  service.stderr!.resume();
  return service;
}

/** A client that calls until it is stopped, and begins anew where a call fails. */
class Caller {
  calls = 0;
  readonly failures: string[] = [];
  #isStopped = false;
  readonly #run: Promise<void>;

  constructor(connect: () => Promise<Client>) {
    this.#run = this.#call(connect);
  }

  async #call(connect: () => Promise<Client>): Promise<void> {
    let client: Client | undefined;
    while (!this.#isStopped) {
      try {
        client ??= await connect();
        const answer = await client.callTool({
          name: 'search_passages',
          arguments: { query: 'notice before automatic renewal', limit: 3 },
        });
        expect(JSON.stringify(answer.structuredContent)).toContain('document_id');
        this.calls += 1;
      } catch (error) {
        this.failures.push(String(error));
        client = undefined;
      }
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#run;
  }
}

describe.skipIf(!hasNginx)('two services on one data folder behind nginx', () => {
  it('answer every call of clients since 2026-07-28 while each of them restarts', async () => {
    const data = await sampleWorkspace();
    const names = ['ann', 'ben', 'eve', 'joe'];
    const store = new KeyStore(data);
    const keys = names.map((name) => store.create({ name, role: 'reader' }));
    store.close();
    const ports = [await freePort(), await freePort()];
    const services = [await startService(data, ports[0]!), await startService(data, ports[1]!)];
    const url = await startNginx(ports);
    const callers = (era: Era) =>
      keys.map((key) => new Caller(() => connectHttp(url, era, onTestFinished, bearer(key))));
    const [current, former] = [callers('2026-07-28'), callers('2025-11-25')];
    const all = [...current, ...former];
    const callsOfAll = () => Math.min(...all.map(({ calls }) => calls));
    await expect.poll(callsOfAll, { timeout: 60_000 }).toBeGreaterThan(3);

    for (const [at, service] of services.entries()) {
      const ended = once(service, 'exit');
      service.kill('SIGTERM');
      expect((await ended)[0]).toBe(0);
      // all are answered by the other service
      const before = callsOfAll();
      await expect.poll(callsOfAll, { timeout: 60_000 }).toBeGreaterThan(before + 2);
      services[at] = await startService(data, ports[at]!);
      const after = callsOfAll();
      await expect.poll(callsOfAll, { timeout: 60_000 }).toBeGreaterThan(after + 2);
    }
    await Promise.all(all.map((caller) => caller.stop()));
    expect(current.flatMap(({ failures }) => failures)).toEqual([]);
    // a session is lost when its service stops, and again when the key returns to it
    for (const { failures } of former) {
      expect(failures.length, failures.join('\n')).toBeLessThanOrEqual(4);
      for (const failure of failures) expect(failure).toMatch(/404|session/i);
    }
    const audited = await deedbox('audit', 'verify', '--data', data);
    expect(audited, audited.stdout).toMatchObject({ code: 0 });
    const verified = await deedbox('verify', '--data', data);
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
  }, 300_000);

  it('refuse a revoked key at once, whichever revoked it', async () => {
    const data = await sampleWorkspace();
    const store = new KeyStore(data);
    const key = store.create({ name: 'ann', role: 'reader' });
    store.create({ name: 'other', role: 'reader' });
    store.close();
    const ports = [await freePort(), await freePort()];
    for (const port of ports) await startService(data, port);
    const urls = [await startNginx(ports), ...ports.map((port) => `http://127.0.0.1:${port}`)];
    const ask = async () =>
      Promise.all(urls.map(async (url) => (await fetch(url, { headers: bearer(key) })).status));
    expect(await ask()).toEqual([200, 200, 200]);
    expect((await deedbox('key', 'revoke', 'ann', '--data', data)).code).toBe(0);
    expect(await ask()).toEqual([401, 401, 401]);
  }, 120_000);
});
