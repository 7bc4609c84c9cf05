import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { KeyStore } from '../src/access/key-store.ts';
import { packageRoot } from '../src/settings/config.ts';
import type { SearchDocumentsResponse } from '../src/search/response-schemas.ts';
import { findCorpus } from '../training/corpus.ts';
import { machineDescription, peakMemory, percentile, table } from './figures.ts';
import { entry, runIngest } from './ingest.ts';

/**
 * `npm run bench:clients [-- --clients 200 --seconds 120 --pause 2000 FOLDER]`: how long each tool takes
 * while that many clients, each with a key and a session of its own, ask at the same time. A client
 * thinks for `pause` milliseconds on average between an answer and its next question. Clients and
 * service run on the same machine, so the clients' own work is in the figures, and so is whatever else
 * runs there: the load that is printed says how much. `--data DIR` asks an index that is there already,
 * whose keys it adds to; `--profile DIR` leaves a CPU profile of the service there.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '120' },
    pause: { type: 'string', default: '2000' },
    data: { type: 'string' },
    profile: { type: 'string' },
  },
});
const [clients, seconds, pauseMs] = [values.clients, values.seconds, values.pause].map(Number) as [
  number,
  number,
  number,
];
if (![clients, seconds].every((value) => value > 0) || !(pauseMs >= 0)) {
  throw new Error('--clients, --seconds and --pause are numbers.');
}

const print = (text: string) => process.stdout.write(`${text}\n`);

const questions = [
  'Which law governs?',
  'When does the agreement expire?',
  'How much notice is needed to stop the renewal?',
  'Is liability limited?',
  'May the contract be assigned?',
  'Who owns the intellectual property?',
  'audit of books and records',
];

function folderToRead(): string {
  if (positionals[0] !== undefined) return resolve(positionals[0]);
  const corpus = findCorpus();
  const contracts = corpus && join(corpus, 'contracts');
  return contracts && existsSync(contracts)
    ? contracts
    : join(packageRoot(), 'samples', 'contracts');
}

/** The service as IT would run it; resolves once it says where it is. */
async function startService(data: string) {
  const { profile } = values;
  const node = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`];
  const child = spawn(process.execPath, [...node, entry, 'start', '--port', '0', '--data', data], {
    // its log is written as it would be, to a file
    stdio: ['ignore', 'pipe', openSync(join(data, 'service.log'), 'a')],
    env: { ...process.env, DEEDBOX_SCHEDULE: 'off', DEEDBOX_REQUESTS_PER_MINUTE: '100000' },
  });
  const url = await new Promise<string>((found, failed) => {
    let output = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (address !== undefined) found(address);
    });
    child.once('exit', (code) => failed(new Error(`deedbox start ended with ${code}`)));
  });
  return {
    url,
    peak: () => peakMemory(child.pid!),
    async stop() {
      const ended = new Promise((gone) => child.once('exit', gone));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function connect(url: string, key: string, modern: boolean): Promise<Client> {
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

const pickRandom = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;

/** What one asks for, as often as it stands here. */
function randomRequest(
  documents: SearchDocumentsResponse['documents'],
): [string, Record<string, unknown>] {
  const { document_id: id, parties } = pickRandom(documents);
  const requestKinds: (() => [string, Record<string, unknown>])[] = [
    () => ['search_passages', { query: pickRandom(questions) }],
    () => ['search_passages', { query: pickRandom(questions), document_ids: [id] }],
    () => ['search_documents', { query: pickRandom(questions) }],
    () => ['search_documents', { party: parties[0]?.name ?? 'Acme' }],
    () => ['extract_clauses', { document_ids: [id] }],
    () => ['get_document', { document_id: id }],
    () => ['get_sync_status', {}],
  ];
  return pickRandom(requestKinds)();
}

interface Figures {
  times: Map<string, number[]>;
  failures: Map<string, number>;
}

/** One client that asks, reads and thinks, until the end. */
async function runClient(
  client: Client,
  documents: SearchDocumentsResponse['documents'],
  end: number,
  { times, failures }: Figures,
): Promise<void> {
  await delay(Math.random() * pauseMs);
  while (Date.now() < end) {
    const [name, args] = randomRequest(documents);
    const startedAt = performance.now();
    try {
      const result = await client.callTool({ name, arguments: args });
      if (result.isError) throw new Error(JSON.stringify(result.content));
      times.set(name, [...(times.get(name) ?? []), performance.now() - startedAt]);
    } catch (error) {
      const what = `${name}: ${(error as Error).message.slice(0, 100)}`;
      failures.set(what, (failures.get(what) ?? 0) + 1);
    }
    await delay(Math.random() * 2 * pauseMs);
  }
}

async function measure(data: string): Promise<void> {
  const keys = new KeyStore(data);
  const clientKeys = Array.from({ length: clients }, (_, n) =>
    keys.create({ name: `client ${n} ${randomUUID()}`, role: 'reader' }),
  );
  keys.close();
  const service = await startService(data);
  try {
    const startedAt = performance.now();
    const connected = await Promise.all(
      clientKeys.map((key, n) => connect(service.url, key, n % 2 === 1)),
    );
    const opening = (performance.now() - startedAt) / 1000;
    const listResponse = await connected[0]!.callTool({
      name: 'search_documents',
      arguments: { limit: 50 },
    });
    const { documents, total } = listResponse.structuredContent as SearchDocumentsResponse;
    await connected[0]!.callTool({ name: 'search_passages', arguments: { query: questions[0] } });
    const figures: Figures = { times: new Map(), failures: new Map() };
    const end = Date.now() + seconds * 1000;
    await Promise.all(connected.map((client) => runClient(client, documents, end, figures)));
    const rows = [...figures.times].sort(([a], [b]) => a.localeCompare(b));
    const answers = rows.reduce((sum, [, times]) => sum + times.length, 0);
    print(
      `\n${clients} clients, half of each protocol, over ${total} contracts for ${seconds} s, thinking ` +
        `${pauseMs} ms on average: ${answers} answers, ${(answers / seconds).toFixed(1)} a second; all ` +
        `connected after ${opening.toFixed(1)} s; the service's memory peaked at ${service.peak().toFixed(0)} MiB; ` +
        `the machine's load was ${loadavg()[0]!.toFixed(1)}\n`,
    );
    print(
      table(
        ['tool (ms, over HTTP with a key)', 'calls', 'p50', 'p95', 'p99', 'longest'],
        rows.map(([tool, times]) => [
          tool,
          String(times.length),
          percentile(times, 0.5),
          percentile(times, 0.95),
          percentile(times, 0.99),
          Math.max(...times),
        ]),
      ),
    );
    const failed = [...figures.failures].map(([what, times]) => `${times} × ${what}`);
    print(failed.length === 0 ? '\nNo call failed.' : `\nFailed: ${failed.join('; ')}`);
    if (failed.length > 0) process.exitCode = 1;
    await Promise.all(connected.map((client) => client.close()));
  } finally {
    await service.stop();
  }
}

print(`# Deedbox with many clients, measured on ${machineDescription()}`);
if (values.data === undefined) {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-bench-'));
  try {
    await runIngest(folderToRead(), data);
    await measure(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
} else {
  await measure(resolve(values.data));
}
