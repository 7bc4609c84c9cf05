import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@modelcontextprotocol/client';
import { KeyStore } from '../src/access/key-store.ts';
import { openWorkspace, type Workspace } from '../src/composition/app.ts';
import { packageRoot, readConfig } from '../src/settings/config.ts';
import type { SearchDocumentsResponse } from '../src/search/response-schemas.ts';
import { findCorpus } from '../training/corpus.ts';
import { currentMachine, describeMachine } from '../training/result-file.ts';
import { percentile, table } from './figures.ts';
import { connect, startService } from './http-service.ts';
import { runIngest } from './ingest.ts';
import { AnswerChecker, type PrivateContract, slopePerMinute } from './soak-checks.ts';
import { genericQueries } from './tool-latency.ts';

/**
 * `npm run bench:soak [-- --minutes 5 --clients 50 --pause 0 FOLDER]`: clients call tools for some
 * minutes, each with a key of another person, half of each protocol version, while files come and go in
 * the folder. Every answer is checked: its quotations against the index, and that it shows nothing of
 * contracts that its person may not read. Prints answers per second, latencies, errors by kind, wrong
 * answers and the memory of the service; exits with 1 where there was an error or a wrong answer. FOLDER
 * is copied; by default it is CUAD, or the sample contracts.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '50' },
    pause: { type: 'string', default: '0' },
  },
});
const [minutes, clientCount, pauseMs] = [values.minutes, values.clients, values.pause].map(
  Number,
) as [number, number, number];
if (!(minutes > 0) || !(clientCount >= 1) || !(pauseMs >= 0)) {
  throw new Error('--minutes, --clients and --pause must be numbers.');
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const pickRandom = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)]!;

/** Contracts that one in ten persons may read each. */
const privateCount = 10;
/** Files that come and go; the others stay. */
const maxVolatileFiles = 20;
const churnMs = 500;
const sampleMs = 500;

const personOf = (n: number) => `person${n}@firm.example`;

function folderToRead(): string {
  if (positionals[0] !== undefined) return resolve(positionals[0]);
  const corpus = findCorpus();
  return corpus ? join(corpus, 'contracts') : join(packageRoot(), 'samples', 'contracts');
}

/** Contracts with a word of their own, indexed with ACL entries that the folder itself would not give. */
async function addPrivateContracts(root: string, data: string): Promise<PrivateContract[]> {
  const folder = join(root, 'private');
  mkdirSync(folder);
  const secrets = Array.from(
    { length: privateCount },
    () =>
      `Zq${randomBytes(6)
        .toString('hex')
        .replaceAll(/\d/g, (digit) => 'ghijklmnop'[+digit]!)}`,
  );
  for (const secret of secrets) {
    const text =
      `SERVICES AGREEMENT\n\nThis Services Agreement is made on 1 March 2024 between ${secret} Holdings Inc. ` +
      `("Supplier") and Bexcombe LLC ("Buyer").\n\n1. Term. The term ends on 1 March 2030. Either party may ` +
      'terminate by ninety days of notice.\n\n2. Liability. Liability is limited to the fees paid in twelve ' +
      'months.\n\n3. Law. The laws of the State of Delaware govern.\n';
    writeFileSync(join(folder, `${secret}.txt`), text);
  }
  await runIngest(folder, data);
  const workspace = await openWorkspace(readConfig({ DEEDBOX_DATA: data }));
  try {
    const index = workspace.store.scopedTo('unrestricted');
    const contracts: PrivateContract[] = [];
    for (const [n, secret] of secrets.entries()) {
      const persons = Array.from({ length: clientCount }, (_, client) => personOf(client)).filter(
        (_, client) => client % privateCount === n,
      );
      const [record] = await index.filesByName([`${secret}.txt`]);
      if (record?.documentId === undefined) throw new Error(`${secret}.txt was not read.`);
      const aclEntries = persons.map((person) => `user:${person}` as const);
      await workspace.store.recordFiles([{ ...record, aclEntries }]);
      contracts.push({ documentId: record.documentId, secret, persons });
    }
    // a folder that is not there is not listed, so that these files keep their entries
    rmSync(folder, { recursive: true });
    return contracts;
  } finally {
    await workspace.close();
  }
}

/** Makes sure that persons find the contracts that they may read, and that a check notices any other. */
async function requirePrivateContracts(
  clients: { client: Client; person: string }[],
  checker: AnswerChecker,
  contracts: PrivateContract[],
): Promise<void> {
  const stranger = 'stranger@firm.example';
  for (const { client, person } of clients.slice(0, privateCount)) {
    const { secret } = contracts.find(({ persons }) => persons.includes(person))!;
    const args = { name: 'search_documents', arguments: { party: secret } };
    const answer = await client.callTool(args);
    const [own, foreign] = [
      await checker.problems(answer, person),
      await checker.problems(answer, stranger),
    ];
    if (own.length > 0 || foreign.length === 0) throw new Error(`${person} cannot find ${secret}.`);
  }
}

/** Removes and restores files until the end; a removed one is missing for a few seconds. */
async function churn(folder: string, spare: string, end: number): Promise<number> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) !== '')
    .slice(0, maxVolatileFiles);
  for (const name of files) copyFileSync(join(folder, name), join(spare, basename(name)));
  const missing = new Set<string>();
  let changes = 0;
  for (; Date.now() < end; changes += 1) {
    const name = pickRandom(files);
    if (missing.delete(name)) copyFileSync(join(spare, basename(name)), join(folder, name));
    else {
      rmSync(join(folder, name));
      missing.add(name);
    }
    await delay(churnMs);
  }
  return changes;
}

type Call = [string, Record<string, unknown>];

function randomCall(documents: SearchDocumentsResponse['documents']): Call {
  const { document_id: id, parties } = pickRandom(documents);
  const query = pickRandom(genericQueries);
  return pickRandom<() => Call>([
    () => ['search_passages', { query }],
    () => ['search_passages', { query, document_ids: [id] }],
    () => ['search_documents', { query }],
    () => ['search_documents', { party: parties[0]?.name ?? 'Acme' }],
    () => ['extract_clauses', { document_ids: [id] }],
    () => ['extract_clauses', { document_ids: [id], question: query }],
    () => ['get_document', { document_id: id }],
    () => ['get_sync_status', {}],
  ])();
}

class Outcomes {
  readonly times = new Map<string, number[]>();
  /** Numbers by what happened. */
  readonly errors = new Map<string, number>();
  readonly wrong = new Map<string, number>();
  /** Calls for a contract that had left the index meanwhile. */
  gone = 0;

  static count(counts: Map<string, number>, what: string): void {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
}

async function runClient(
  { client, person }: { client: Client; person: string },
  checker: AnswerChecker,
  end: number,
  outcomes: Outcomes,
): Promise<void> {
  const list = async () => {
    const answer = await client.callTool({ name: 'search_documents', arguments: { limit: 50 } });
    return (answer.structuredContent as SearchDocumentsResponse).documents;
  };
  let documents = await list();
  while (Date.now() < end) {
    const [name, args] = randomCall(documents);
    const startedAt = performance.now();
    try {
      const answer = await client.callTool({ name, arguments: args });
      const text = JSON.stringify(answer.content);
      if (answer.isError && text.includes('Error not_found')) {
        outcomes.gone += 1;
        documents = await list();
        continue;
      }
      if (answer.isError) throw new Error(text);
      const times = outcomes.times.get(name) ?? [];
      outcomes.times.set(name, times);
      times.push(performance.now() - startedAt);
      for (const problem of await checker.problems(answer, person))
        Outcomes.count(outcomes.wrong, `${name} ${problem}`);
    } catch (error) {
      Outcomes.count(outcomes.errors, `${name}: ${(error as Error).message.slice(0, 150)}`);
      await delay(100);
    }
    if (pauseMs > 0) await delay(Math.random() * 2 * pauseMs);
  }
}

async function sampleMemory(read: () => number, end: number) {
  const samples: { at: number; value: number }[] = [];
  for (; Date.now() < end; await delay(sampleMs)) samples.push({ at: Date.now(), value: read() });
  return samples;
}

function report(
  outcomes: Outcomes,
  memory: { at: number; value: number }[],
  run: { contracts: number; changes: number },
): void {
  const rows = [...outcomes.times].sort(([a], [b]) => a.localeCompare(b));
  const all = rows.flatMap(([, times]) => times);
  const row = (name: string, times: number[]) => [
    name,
    String(times.length),
    ...[0.5, 0.95, 0.99, 1].map((p) => percentile(times, p)),
  ];
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const list = (counts: Map<string, number>) =>
    [...counts].map(([what, count]) => `\n- ${count} × ${what}`).join('');
  const settled = memory.slice(Math.floor(memory.length / 2));
  const mebibytes = (value: number | undefined) => (value ?? Number.NaN).toFixed(0);
  print(
    `\n${clientCount} clients for ${minutes} min over ${run.contracts} contracts, of which ${run.changes} files came or went: ` +
      `${(all.length / (minutes * 60)).toFixed(1)} answers a second; load average ${loadavg()[0]!.toFixed(1)}\n`,
  );
  print(
    table(
      ['tool (ms, over HTTP with a key)', 'answers', 'p50', 'p95', 'p99', 'maximum'],
      [...rows.map(([name, times]) => row(name, times)), row('all', all)],
    ),
  );
  print(
    `\nMemory of the service: ${mebibytes(memory[0]?.value)} MiB at the start, ${mebibytes(memory.at(-1)?.value)} MiB at the ` +
      `end, ${slopePerMinute(settled).toFixed(1)} MiB per minute in the second half`,
  );
  print(`Calls for contracts that had just left: ${outcomes.gone}`);
  print(`Errors: ${sum(outcomes.errors)}${list(outcomes.errors)}`);
  print(`Wrong answers: ${sum(outcomes.wrong)}${list(outcomes.wrong)}`);
  if (sum(outcomes.errors) + sum(outcomes.wrong) > 0) process.exitCode = 1;
}

async function soak(
  root: string,
  contracts: { workspace: Workspace; privateContracts: PrivateContract[] },
): Promise<void> {
  const data = join(root, 'data');
  const keys = new KeyStore(data);
  const credentials = Array.from({ length: clientCount }, (_, n) => ({
    person: personOf(n),
    key: keys.create({ name: personOf(n), role: 'reader', person: personOf(n) }),
  }));
  keys.close();
  const service = await startService(data);
  try {
    const clients = await Promise.all(
      credentials.map(async ({ person, key }, n) => ({
        person,
        client: await connect(service.url, key, n % 2 === 1),
      })),
    );
    const { documents: total } = await contracts.workspace.store.scopedTo('unrestricted').size();
    const checker = new AnswerChecker(contracts.workspace, contracts.privateContracts);
    await requirePrivateContracts(clients, checker, contracts.privateContracts);
    const outcomes = new Outcomes();
    const end = Date.now() + minutes * 60_000;
    const spare = join(root, 'spare');
    mkdirSync(spare);
    const [changes, memory] = await Promise.all([
      churn(join(root, 'contracts'), spare, end),
      sampleMemory(service.residentMiB, end),
      ...clients.map((one) => runClient(one, checker, end, outcomes)),
    ]);
    report(outcomes, memory, { contracts: total, changes });
    await Promise.all(clients.map(({ client }) => client.close()));
  } finally {
    await service.stop();
  }
}

print(`# Deedbox under load, measured on ${describeMachine(currentMachine())}`);
const root = await mkdtemp(join(tmpdir(), 'deedbox-soak-'));
try {
  const data = join(root, 'data');
  cpSync(folderToRead(), join(root, 'contracts'), { recursive: true });
  await runIngest(join(root, 'contracts'), data);
  const privateContracts = await addPrivateContracts(root, data);
  const workspace = await openWorkspace(readConfig({ DEEDBOX_DATA: data }));
  try {
    await soak(root, { workspace, privateContracts });
  } finally {
    await workspace.close();
  }
} finally {
  await rm(root, { recursive: true, force: true });
}
