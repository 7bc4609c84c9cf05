import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { peakMemory } from './figures.ts';
import { program } from './ingest.ts';

/**
 * Starts `deedbox start` over a data folder; resolves when it has printed its address. Its limits of
 * requests are out of reach, and its log goes to a file, as in operation.
 * @param nodeOptions options of Node.js, such as for a profile
 */
export async function startService(data: string, nodeOptions: string[] = []) {
  const child = spawn(
    process.execPath,
    [...nodeOptions, program, 'start', '--port', '0', '--data', data],
    {
      stdio: ['ignore', 'pipe', openSync(join(data, 'service.log'), 'a')],
      env: {
        ...process.env,
        DEEDBOX_SCHEDULE: 'off',
        DEEDBOX_REQUESTS_PER_MINUTE: '100000',
        DEEDBOX_SENT_MB_PER_MINUTE: '100000',
      },
    },
  );
  const url = await new Promise<string>((resolveUrl, reject) => {
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (address !== undefined) resolveUrl(address);
    });
    child.once('exit', (code) => reject(new Error(`deedbox start exited with ${code}`)));
  });
  return {
    url,
    peakMiB: () => peakMemory(child.pid!),
    /** Resident memory of the process that answers, without its worker, in MiB; NaN without /proc. */
    residentMiB: () => residentMemory(child.pid!),
    async stop() {
      const exited = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function residentMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** A client with a key, of either protocol version. */
export async function connect(url: string, key: string, modern: boolean): Promise<Client> {
  const client = new Client(
    { name: 'bench', version: '1' },
    { versionNegotiation: { mode: modern ? { pin: '2026-07-28' } : 'legacy' } },
  );
  const headers = { authorization: `Bearer ${key}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }),
  );
  return client;
}
