import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@modelcontextprotocol/client';
import { KeyStore } from '../src/access/key-store.ts';
import { packageRoot } from '../src/settings/config.ts';
import type { SearchDocumentsResponse } from '../src/search/response-schemas.ts';
import { findCorpus } from '../training/corpus.ts';
import {
  currentMachine,
  describeMachine,
  figureOf,
  writeResult,
  type Figures,
} from '../training/result-file.ts';
import { percentile, table, timeFigures } from './figures.ts';
import { connect, startService } from './http-service.ts';
import { runIngest } from './ingest.ts';
import { genericQueries } from './tool-latency.ts';

/**
 * `npm run bench:clients [-- --clients 200 --seconds 120 --pause 2000 FOLDER]`: how long each tool takes
 * over HTTP while many clients call tools at the same time, each with a key and a session of its own. A
 * client pauses for `pause` milliseconds on average between an answer and its next call. Clients and
 * service share the machine, so the figures include the work of the clients and of everything else
 * that runs there; the load average is printed. `--data DIR` uses an existing index, to whose keys it
 * adds; `--profile DIR` writes a CPU profile of the service there. Without FOLDER, `--data` and
 * `--profile`, and where ../shared/cuad exists, it writes bench/results/clients.json.
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
  throw new Error('--clients, --seconds and --pause must be numbers.');
}

const print = (text: string) => process.stdout.write(`${text}\n`);

const corpus = findCorpus();

function folderToRead(): string {
  if (positionals[0] !== undefined) return resolve(positionals[0]);
  return corpus ? join(corpus, 'contracts') : join(packageRoot(), 'samples', 'contracts');
}

/** Options of Node.js for the service. */
const profiling =
  values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`];

const pickRandom = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;

/** A random call; a kind that is listed twice is twice as likely. */
function randomRequest(
  documents: SearchDocumentsResponse['documents'],
): [string, Record<string, unknown>] {
  const { document_id: id, parties } = pickRandom(documents);
  const requestKinds: (() => [string, Record<string, unknown>])[] = [
    () => ['search_passages', { query: pickRandom(genericQueries) }],
    () => ['search_passages', { query: pickRandom(genericQueries), document_ids: [id] }],
    () => ['search_documents', { query: pickRandom(genericQueries) }],
    () => ['search_documents', { party: parties[0]?.name ?? 'Acme' }],
    () => ['extract_clauses', { document_ids: [id] }],
    () => ['get_document', { document_id: id }],
    () => ['get_sync_status', {}],
  ];
  return pickRandom(requestKinds)();
}

interface Outcomes {
  /** Milliseconds of each answered call, by tool. */
  times: Map<string, number[]>;
  /** Number of failed calls, by tool and message. */
  failures: Map<string, number>;
}

/** One client that calls a tool, pauses, and calls again, until the end. */
async function runClient(
  client: Client,
  documents: SearchDocumentsResponse['documents'],
  end: number,
  { times, failures }: Outcomes,
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

async function measure(data: string): Promise<Figures> {
  const keys = new KeyStore(data);
  const clientKeys = Array.from({ length: clients }, (_, n) =>
    keys.create({ name: `client ${n} ${randomUUID()}`, role: 'reader' }),
  );
  keys.close();
  const service = await startService(data, profiling);
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
    await connected[0]!.callTool({
      name: 'search_passages',
      arguments: { query: genericQueries[0] },
    });
    const outcomes: Outcomes = { times: new Map(), failures: new Map() };
    const end = Date.now() + seconds * 1000;
    await Promise.all(connected.map((client) => runClient(client, documents, end, outcomes)));
    const rows = [...outcomes.times].sort(([a], [b]) => a.localeCompare(b));
    const [peakMiB, load] = [service.peakMiB(), loadavg()[0]!];
    const answers = rows.reduce((sum, [, times]) => sum + times.length, 0);
    print(
      `\n${clients} clients, half of each protocol version, over ${total} contracts for ${seconds} s, with ` +
        `pauses of ${pauseMs} ms on average: ${answers} answers, ${(answers / seconds).toFixed(1)} a second; all ` +
        `connected after ${opening.toFixed(1)} s; peak memory of the service ${peakMiB.toFixed(0)} MiB; ` +
        `load average of the machine ${load.toFixed(1)}\n`,
    );
    print(
      table(
        ['tool (ms, over HTTP with a key)', 'calls', 'p50', 'p95', 'p99', 'maximum'],
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
    const failed = [...outcomes.failures].map(([what, count]) => `${count} × ${what}`);
    print(failed.length === 0 ? '\nNo call failed.' : `\nFailed: ${failed.join('; ')}`);
    if (failed.length > 0) process.exitCode = 1;
    await Promise.all(connected.map((client) => client.close()));
    return {
      clients: figureOf(clients, 'count'),
      duration: figureOf(seconds, 's'),
      contracts: figureOf(total, 'count'),
      answers: figureOf(answers / seconds, 'per second'),
      failures: figureOf(
        [...outcomes.failures.values()].reduce((sum, n) => sum + n, 0),
        'count',
      ),
      connected: figureOf(opening, 's'),
      peakMemory: figureOf(peakMiB, 'MiB'),
      load: figureOf(load, 'load'),
      ...Object.assign({}, ...rows.map(([tool, times]) => timeFigures(`tools.${tool}`, times))),
    };
  } finally {
    await service.stop();
  }
}

print(`# Deedbox with many clients, measured on ${describeMachine(currentMachine())}`);
if (values.data === undefined) {
  const data = await mkdtemp(join(tmpdir(), 'deedbox-bench-'));
  try {
    await runIngest(folderToRead(), data);
    const figures = await measure(data);
    if (corpus && positionals.length === 0 && values.profile === undefined) {
      writeResult({
        name: 'clients',
        command: `npm run bench:clients -- --clients ${clients} --seconds ${seconds} --pause ${pauseMs}`,
        corpus: 'CUAD v1 as text',
        figures,
      });
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
} else {
  await measure(resolve(values.data));
}
