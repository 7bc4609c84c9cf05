import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditLines } from '../../src/audit/verify.ts';
import { auditFolder } from '../../src/audit/files.ts';
import type { Line } from '../../src/audit/line.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { suggestedQuestions } from '../../src/commands/welcome.ts';
import { readConfig } from '../../src/settings/config.ts';
import { openAuditSink } from '../../src/composition/audit.ts';
import { onFileFinished } from '../support/clean-up.ts';
import {
  deedbox,
  startDeedbox,
  startOnTerminal,
  temporaryFolder,
  waitForOutput,
} from '../support/cli.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { isLong } from '../support/long.ts';
import { connectHttp, type Era, eras } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';
import { findDisclosures } from '../support/find-disclosures.ts';
import { commonParties, nameOf, PermissionModel } from '../support/permission-model.ts';

/** Each contract bears a word that stands in no other, in its title, its text, its party and its file's name. */
const permissionModel = new PermissionModel(11, 3);
let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;
let stopAudit: () => Promise<void>;

beforeAll(async () => {
  let auditSink: ReturnType<typeof openAuditSink>['auditSink'];
  service = await authenticatedService(onFileFinished, {
    suggestQuestions: suggestedQuestions,
    auditSink: (event) => auditSink?.(event),
  });
  const settings = { DEEDBOX_DATA: service.data, DEEDBOX_AUDIT: 'required' };
  const audit = openAuditSink(readConfig(settings), pino({ enabled: false }));
  ({ auditSink } = audit);
  stopAudit = () => audit.close();
  onFileFinished(stopAudit);
  key = service.keys.create({ name: 'ann', role: 'admin' });
  await permissionModel.write(service.reader, 12);
}, 60_000);

const lines = () => [...auditLines(auditFolder(service.data))] as (Line & AuditRecord)[];

/** Contracts that a text names, by their word or their id. */
function documentsNamedIn(text: string): string[] {
  const lowerText = text.toLowerCase();
  return permissionModel.contracts
    .filter(({ word, documentId }) => lowerText.includes(word) || text.includes(documentId))
    .map(({ documentId }) => documentId);
}

/** How many contracts each kind of answer has named, all of them in lines of the log. */
const counts = new Map<string, number>();

/** The parts of an answer that have a shape: of a tool, or the JSON lines that a command prints. */
function structuredParts(answer: unknown): unknown[] {
  if (typeof answer === 'string') {
    return answer.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line)] : []));
  }
  const { structuredContent } = answer as { structuredContent?: unknown };
  return structuredContent === undefined ? [] : [structuredContent];
}

const spanKeys = (line: Pick<AuditRecord['disclosed'][number], 'document_id' | 'spans'>) =>
  line.spans.map((span) => JSON.stringify([line.document_id, span]));

/**
 * Compares what was recorded with what is found in the answer: the same contracts, and the same spans
 * of their text.
 */
function expectRecordMatches(kind: string, answer: unknown, disclosed: AuditRecord['disclosed']) {
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const found = structuredParts(answer).flatMap((part) => findDisclosures(part));
  if (found.length > 0) {
    const recordedSpans = disclosed.flatMap(spanKeys);
    expect(recordedSpans.sort(), kind).toEqual(found.flatMap(spanKeys).sort());
  }
  const ids = new Set([...found.map(({ document_id: id }) => id), ...documentsNamedIn(text)]);
  const recordedIds = disclosed.map(({ document_id: id }) => id);
  const notes = structuredParts(answer).flatMap(
    (part) => (part as { notes?: string[] }).notes ?? [],
  );
  // where a note names a party, all contracts with that party are recorded
  const namesParty = commonParties.some((party) => notes.join('\n').includes(party));
  // the numbers of its pages say of a contract that it exists
  if (namesParty || kind.endsWith('/pages/{page} page'))
    expect(recordedIds, kind).toEqual(expect.arrayContaining([...ids]));
  else expect(recordedIds.sort(), kind).toEqual([...ids].sort());
}

/** Asks, and compares what the answer names with the lines that were written for it. */
async function expectAudited(kind: string, request: () => Promise<unknown>): Promise<string> {
  const before = lines().length;
  const answer = await request();
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const written = lines().slice(before);
  expect(written.length, `${kind} wrote no line`).toBeGreaterThan(0);
  const named = documentsNamedIn(text);
  expectRecordMatches(
    kind,
    answer,
    written.flatMap((line) => line.disclosed),
  );
  counts.set(kind, (counts.get(kind) ?? 0) + named.length);
  return text;
}

const [first, second] = [() => permissionModel.contracts[0]!, () => permissionModel.contracts[1]!];

/** For each tool questions whose answers, or the notes in them, name contracts. */
const questions: Record<string, () => object[]> = {
  search_documents: () => [
    {},
    { query: `notice ${first().word}`, limit: 1 },
    { party: `${nameOf(first())} Holdings` },
    // the note names the contracts that are neither
    { signed: true },
    // the note names parties of similar names
    { party: `${nameOf(first())} Trading Ltd` },
    { party: 'Aldermoor Trust', document_types: ['nda'], governing_law: 'Texas', limit: 1 },
    { notice_from: '2026-01-01', notice_to: '2030-01-01' },
  ],
  search_passages: () => [{ query: `notice of ${first().word}` }, { query: 'notice', limit: 2 }],
  extract_clauses: () => [
    { document_ids: [first().documentId, second().documentId], question: 'How much notice?' },
  ],
  get_document: () => [{ document_id: first().documentId }],
  sync_documents: () => [{}],
  get_sync_status: () => [{}],
};

const completionValues = () => ({ value: nameOf(first()), id: first().documentId });

async function askEverything(client: Client): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(Object.keys(questions).sort());
  for (const { name } of tools) {
    for (const args of questions[name]!())
      await expectAudited(`tool ${name}`, () => client.callTool({ name, arguments: { ...args } }));
  }

  await expectAudited('resource_list', () => client.listResources());
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates).toHaveLength(4);
  const uris = resourceTemplates.map(({ uriTemplate }) =>
    uriTemplate
      .replace('register/{page}', 'register/1')
      .replace('{id}', first().documentId)
      .replace('{page}', '1'),
  );
  for (const uri of ['deedbox://register', ...uris])
    await expectAudited(`resource ${uri.replace(first().documentId, 'ID')}`, () =>
      client.readResource({ uri }),
    );
  for (const { uriTemplate } of resourceTemplates) {
    for (const [variable] of uriTemplate.matchAll(/(?<=\{)\w+(?=\})/g)) {
      if (uriTemplate.includes('register')) continue;
      const { id } = completionValues();
      const argument = { name: variable, value: variable === 'page' ? '' : id.slice(0, 3) };
      const context = variable === 'page' ? { arguments: { id } } : undefined;
      const ref = { type: 'ref/resource' as const, uri: uriTemplate };
      await expectAudited(`completion ${uriTemplate} ${variable}`, () =>
        client.complete({ ref, argument, context }),
      );
    }
  }

  const { prompts } = await client.listPrompts();
  for (const { name, arguments: args = [] } of prompts) {
    const ref = { type: 'ref/prompt' as const, name };
    for (const { name: argument } of args)
      await expectAudited(`completion ${name} ${argument}`, () =>
        client.complete({ ref, argument: { name: argument, value: completionValues().value } }),
      );
  }
  const reviewArguments = { document_id: first().documentId };
  // it contains the given id, and nothing else of the contract
  const prompt = await client.getPrompt({ name: 'review_contract', arguments: reviewArguments });
  expect(documentsNamedIn(JSON.stringify(prompt))).toEqual([first().documentId]);
}

/** The kinds of answers that may have named no contract. */
const nameless = [
  'tool sync_documents',
  'tool get_sync_status',
  'completion expiring_contracts days',
  'completion compare_clause clause_type',
  'completion deedbox://documents/{id}/pages/{page} page',
];

it.each(eras)(
  'audits every kind of answer with the contracts and spans that it discloses (%s)',
  async (era) => {
    counts.clear();
    await askEverything(await connectHttp(service.url, era, onFileFinished, bearer(key)));
    const kindsWithoutDisclosure = [...counts]
      .filter(([, count]) => count === 0)
      .map(([kind]) => kind);
    expect(kindsWithoutDisclosure.sort()).toEqual(nameless.toSorted());
    expect(counts.size).toBeGreaterThan(20);
  },
  60_000,
);

it.each(eras)('audits a notification before it is sent (%s)', async (era: Era) => {
  const client = await connectHttp(service.url, era, onFileFinished, bearer(key));
  const uri = `deedbox://documents/${first().documentId}`;
  const notifications: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notifications.push(params.uri);
  });
  if (era === eras[0]) await client.subscribeResource({ uri });
  else await client.listen({ resourceSubscriptions: [uri] });
  const before = lines().length;
  const record = (await service.reader.store.file(`${first().word}.txt`))!;
  await service.reader.store.recordFiles([{ ...record, folder: `moved-${era}` }]);
  await expect.poll(() => notifications, { timeout: 10_000 }).toContain(uri);
  const written = lines().slice(before);
  expect(written.map(({ event, who, disclosed }) => [event, who.name, disclosed])).toEqual([
    ['notice', 'ann', [{ document_id: first().documentId, spans: [] }]],
  ]);
});

it('audits the home page', async () => {
  counts.clear();
  const page = () => fetch(service.url, { headers: bearer(key) });
  await expectAudited('page', async () => (await page()).text());
  expect(counts.get('page')).toBeGreaterThan(0);
});

it.runIf(isLong)(
  'audits what commands print',
  async () => {
    counts.clear();
    const run = (...args: string[]) =>
      expectAudited(args.join(' '), async () => {
        const { stdout, stderr } = await deedbox('--data', service.data, ...args);
        return stdout + stderr;
      });
    await run('search', '--json', `notice of ${first().word}`);
    await run('search', '--documents', '--json', '--party', `${nameOf(first())} Trading Ltd`);
    await run('clauses', '--json', `${first().word}.txt`);
    await run('clauses', `${first().word} agreement.pdf`); // names those that are near
    for (const format of ['jsonl', 'csv', 'ics']) await run('export', '--format', format);
    expect([...counts].filter(([, count]) => count === 0)).toEqual([]);
    const commandLines = lines().filter(({ event }) => event === 'command');
    expect(new Set(commandLines.map(({ name }) => name))).toEqual(
      new Set(['search', 'clauses', 'export']),
    );
    for (const { from, who } of commandLines) {
      expect(from).toEqual({ transport: 'command_line' });
      expect(who.os_user).toBeTruthy();
    }
    expect(JSON.stringify(commandLines)).not.toMatch(/Holdings|notice of/);
  },
  60_000,
);

describe.runIf(isLong)('the questions that the service suggests when it starts', () => {
  /** What `start` prints until it is ready, and the lines of the audit log for that. */
  async function start(startProcess: typeof startDeedbox) {
    const before = lines().length;
    const child = startProcess('start', temporaryFolder(), '--port', '0', '--data', service.data);
    const text = await waitForOutput(child, /In Claude Code/);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    return { text, added: lines().slice(before) };
  }

  it('name contracts on a terminal, and are audited', async () => {
    const { text, added } = await start(startOnTerminal);
    expect(documentsNamedIn(text).length).toBeGreaterThan(0);
    expect(added[0]).toMatchObject({ event: 'command', name: 'start' });
    expect(added[0]!.disclosed.map(({ document_id: id }) => id)).toEqual(
      expect.arrayContaining(documentsNamedIn(text)),
    );
  }, 60_000);

  it('name none in a pipe or a journal, which stores them', async () => {
    const { text, added } = await start(startDeedbox);
    expect(text).toContain('Three questions to try');
    expect(documentsNamedIn(text)).toEqual([]);
    expect(added).toEqual([]);
  }, 60_000);
});
