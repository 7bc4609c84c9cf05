import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchEngine as Opened } from '../../src/composition/app.ts';
import { type CheckedRequest, requestKinds } from '../support/checked-requests.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import {
  commonParties,
  laws,
  nameOf,
  PermissionModel,
  type SharedContract,
  types,
} from '../support/permission-model.ts';
import { personHeader, sharedService } from '../support/shared-service.ts';

const seed = Number(process.env['TEST_SEED'] ?? 4);
const calls = Number(process.env['TEST_CALLS'] ?? 150);
const documentCount = 240;
/** Concurrent requests, by different people. */
const concurrency = 10;

const permissionModel = new PermissionModel(seed, 20);
let reader: Opened;
let url: string;
let dataFolder: string;
let groupsFolder: string;
const clients = new Map<string, Client>();

beforeAll(async () => {
  groupsFolder = temporaryFolder(onFileFinished);
  ({
    reader,
    url,
    data: dataFolder,
  } = await sharedService(permissionModel.writeGroups(groupsFolder), onFileFinished));
  await permissionModel.write(reader, documentCount);
  await recordHiddenFailure();
  await reader.store.updateIndex();
  for (const [index, person] of permissionModel.people.entries()) {
    const headers = { [personHeader]: person };
    clients.set(person, await connectHttp(url, eras[index % 2]!, onFileFinished, headers));
  }
}, 120_000);

/** A sync in which a file failed that nobody may know of. */
async function recordHiddenFailure(): Promise<void> {
  const createdAt = new Date().toISOString();
  const { store } = reader;
  const sync = { syncId: 'sync-1', sources: ['folder:/contracts'], kind: 'incremental' as const };
  await store.putSync({ ...sync, state: 'reading', createdAt });
  const record = (await store.file(`${permissionModel.contracts[0]!.word}.txt`))!;
  const failed = { state: 'failed', outcome: 'failed', reason: 'encrypted' } as const;
  const hiddenFile = { fileId: 'secret', fileName: 'secret.txt', aclEntries: [] };
  await store.recordFiles([{ ...record, ...hiddenFile, ...failed }]);
  expect((await store.files({ syncId: 'sync-1', states: ['failed'] })).length).toBe(1);
}

const httpAs = (person: string) => async (path: string) =>
  (await fetch(`${url}${path}`, { headers: { [personHeader]: person } })).text();

const ask = (person: string, way: (typeof requestKinds)[number]) =>
  way(clients.get(person)!, permissionModel, httpAs(person));

/** Throws where an answer has a word or an id of an unreadable contract that is not in the request. */
function expectNoLeak(
  { answer, request }: Pick<CheckedRequest, 'answer' | 'request'>,
  hidden: SharedContract[],
): void {
  const text = JSON.stringify(answer).replaceAll(/\\[nrt"]/g, ' ');
  const words = new Set(text.toLowerCase().match(/[a-z]+/g));
  const ids = new Set(text.match(/[\w-]{20}/g));
  const requestText = request.toLowerCase();
  for (const { word, documentId } of hidden) {
    if (words.has(word) && !requestText.includes(word)) throw new Error(`It contains ${word}.`);
    if (ids.has(documentId) && !request.includes(documentId))
      throw new Error(`It has ${documentId}.`);
  }
}

function expectIsolation(person: string, exchange: CheckedRequest): void {
  const readable = permissionModel.contractsReadableBy(person);
  const hidden = permissionModel.contracts.filter((document) => !readable.includes(document));
  expectNoLeak(exchange, hidden);
  exchange.check(readable);
}

/** Something about who may read what changes: what one contract is shared with, or who is in a group. */
async function changeSharing(): Promise<void> {
  if (permissionModel.random() < 0.7) {
    await permissionModel.share(
      reader.store,
      permissionModel.pickRandom(permissionModel.contracts),
      permissionModel.randomAclEntries(),
    );
    return;
  }
  const members = permissionModel.groups.get(
    permissionModel.pickRandom([...permissionModel.groups.keys()]),
  )!;
  const person = permissionModel.pickRandom(permissionModel.people);
  if (!members.delete(person)) members.add(person);
  permissionModel.writeGroups(groupsFolder);
}

describe('twenty people with overlapping rights', () => {
  it('may each read some contracts, and few the same', () => {
    const counts = permissionModel.people.map(
      (person) => permissionModel.contractsReadableBy(person).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(documentCount * 0.8);
    const different = new Set(
      permissionModel.people.map((person) =>
        permissionModel
          .contractsReadableBy(person)
          .map(({ word }) => word)
          .join(),
      ),
    );
    expect(different.size).toBeGreaterThan(15);
  });

  it('the check finds a leak', async () => {
    const everyone = await connectHttp(url, eras[0], onFileFinished);
    const person = permissionModel.people[0]!;
    let found = 0;
    for (const way of requestKinds) {
      const exchange = await way(everyone, permissionModel, async (path) =>
        (await fetch(url + path)).text(),
      );
      try {
        expectIsolation(person, exchange);
      } catch {
        found += 1;
      }
    }
    expect(found).toBeGreaterThan(requestKinds.length / 3);
  });

  it(`${calls} questions in every way: nobody gets what they may not read`, async () => {
    for (let round = 0; round < calls / concurrency; round += 1) {
      const exchanges = Array.from({ length: concurrency }, async () => {
        const person = permissionModel.pickRandom(permissionModel.people);
        return { person, exchange: await ask(person, permissionModel.pickRandom(requestKinds)) };
      });
      for (const { person, exchange } of await Promise.all(exchanges))
        expectIsolation(person, exchange);
      if (round % 4 === 3) await changeSharing();
    }
  }, 300_000);

  it('changed permissions apply to the next request', async () => {
    for (const person of permissionModel.people.slice(0, 2)) {
      const document = permissionModel.pickRandom(permissionModel.contractsReadableBy(person));
      const before = document.aclEntries;
      for (const readers of [
        [],
        before,
        ['group:nobody@north.example'],
        before,
      ] as SharedContract['aclEntries'][]) {
        await permissionModel.share(reader.store, document, readers);
        for (const way of requestKinds) expectIsolation(person, await ask(person, way));
        const answer = await clients
          .get(person)!
          .callTool({ name: 'get_document', arguments: { document_id: document.documentId } });
        expect(answer.isError === true).toBe(readers !== before);
      }
    }
  });

  it('an unreadable contract and a missing one get the same answer, byte for byte', async () => {
    for (const [index, person] of permissionModel.people.entries()) {
      const readable = permissionModel.contractsReadableBy(person);
      const hidden = permissionModel.contracts.find(
        (document) => !readable.includes(document),
      )!.documentId;
      const absent = 'Abcdefghij0123456789';
      const client = clients.get(person)!;
      const answers = [];
      for (const id of [hidden, absent]) {
        const tool = (name: string, args: object) =>
          client.callTool({ name, arguments: { ...args } });
        const read = (uri: string) =>
          client
            .readResource({ uri })
            .catch(({ name, message, code, data }) => ({ name, message, code, data }));
        const complete = (argument: { name: string; value: string }, context?: object) =>
          client.complete({
            ref: { type: 'ref/resource', uri: 'deedbox://documents/{id}/pages/{page}' },
            argument,
            ...context,
          });
        const all = await Promise.all([
          tool('get_document', { document_id: id }),
          tool('get_document', { document_id: id, page_from: 99 }),
          tool('extract_clauses', { document_ids: [id] }),
          tool('extract_clauses', {
            document_ids: [readable[0]!.documentId, id],
            question: 'Who pays?',
          }),
          tool('search_passages', { query: 'notice', document_ids: [id] }),
          read(`deedbox://documents/${id}`),
          read(`deedbox://documents/${id}/pages/1`),
          read(`deedbox://documents/${id}/pages/99`),
          read(`deedbox://documents/${id}/clauses`),
          complete({ name: 'id', value: id }),
          complete({ name: 'page', value: '' }, { context: { arguments: { id } } }),
        ]);
        answers.push(JSON.stringify(all).replaceAll(id, 'ID'));
      }
      expect(answers[0], permissionModel.people[index]).toBe(answers[1]);
    }
  });

  /** Words that stand in one contract, in many and in all, alone and together, in questions and out of them. */
  function questions(count: number): string[] {
    const pick = <T>(items: readonly T[]) => permissionModel.pickRandom(items);
    const words = ['notice', 'termination', 'liability', 'laws', 'payment', 'agreement', 'ninety'];
    return Array.from({ length: count }, () => {
      const name = nameOf(pick(permissionModel.contracts));
      const kinds = [
        `When does the agreement with ${name} Holdings end?`,
        `${name} ${pick(words)} ${pick(commonParties)}`,
        `${pick(words)} ${pick(words)} ${pick(words)}`,
        `governing law ${pick(laws)}`,
        `Does ${pick(commonParties)} have to give notice of ${pick(words)} to ${name}?`,
        name.toLowerCase(),
      ];
      return kinds[Math.floor(permissionModel.random() * kinds.length)]!;
    });
  }

  it('unreadable contracts do not change an answer by a byte', async () => {
    const person = permissionModel.people.find(
      (candidate) => permissionModel.contractsReadableBy(candidate).length > 20,
    )!;
    const readable = permissionModel.contractsReadableBy(person);
    const copy = temporaryFolder(onFileFinished);
    cpSync(dataFolder, copy, { recursive: true });
    const own = await sharedService(join(groupsFolder, 'groups.csv'), onFileFinished, copy);
    const hidden = permissionModel.contracts.filter((document) => !readable.includes(document));
    await own.reader.store.removeFiles(hidden.map(({ word }) => `${word}.txt`));
    const headers = { [personHeader]: person };
    const restrictedClient = await connectHttp(url, eras[0], onFileFinished, headers);
    const reducedClient = await connectHttp(own.url, eras[0], onFileFinished, headers);
    const expectSameAnswer = async (request: (client: Client) => Promise<unknown>) => {
      const [one, other] = [await request(restrictedClient), await request(reducedClient)];
      expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    };

    const names = permissionModel.contracts.slice(0, 25).map(nameOf);
    const parties = [...commonParties, ...names, ...names.map((name) => `${name.slice(0, 7)}xu`)];
    const searches: Record<string, unknown>[] = [
      ...['title', 'modified', 'effective_date', 'expiration_date'].map((sort) => ({ sort })),
      ...laws.map((law) => ({ governing_law: law, has_clauses: ['audit_rights'] })),
      ...types.map((type) => ({ document_types: [type], lacks_clauses: ['audit_rights'] })),
      ...['clients', 'clients/north', 'board', 'nowhere'].map((folder) => ({ folder })),
      ...['in_force', 'expired', 'unknown'].map((status) => ({ status, signed: true })),
      ...parties.map((party) => ({ party })),
      ...parties.map((party) => ({ party, document_types: ['nda'] })),
      { expires_from: '2027-01-01', expires_to: '2028-12-31', sort: 'expiration_date' },
    ];
    for (const args of searches) {
      await expectSameAnswer((client) =>
        client.callTool({ name: 'search_documents', arguments: { limit: 5, ...args } }),
      );
    }
    for (const { documentId } of permissionModel.contracts.slice(0, 30)) {
      await expectSameAnswer((client) =>
        client.callTool({ name: 'get_document', arguments: { document_id: documentId } }),
      );
      await expectSameAnswer((client) =>
        client.callTool({ name: 'extract_clauses', arguments: { document_ids: [documentId] } }),
      );
    }
    const queries = questions(Math.max(calls, 400));
    while (queries.length > 0) {
      const sameAnswers = queries.splice(0, concurrency).map((query, index) => {
        const name = index % 3 === 0 ? 'search_documents' : 'search_passages';
        return expectSameAnswer((client) => client.callTool({ name, arguments: { query } }));
      });
      await Promise.all(sameAnswers);
    }
    await expectSameAnswer((client) => client.listResources());
    await expectSameAnswer((client) => client.readResource({ uri: 'deedbox://register' }));
    await expectSameAnswer((client) => client.callTool({ name: 'get_sync_status', arguments: {} }));
    for (const value of ['', 'a', 'b', 'Ald', ...names.map((name) => name.slice(0, 2))]) {
      await expectSameAnswer((client) =>
        client.complete({
          ref: { type: 'ref/prompt', name: 'nda_check' },
          argument: { name: 'client', value },
        }),
      );
    }
  }, 300_000);

  it('a session of one person is unknown to another', async () => {
    const [one, other] = permissionModel.people as [string, string];
    const post = (person: string, session?: string) =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          [personHeader]: person,
          ...(session !== undefined && { 'mcp-session-id': session }),
        },
        body: JSON.stringify(
          session === undefined ? initializeMessage : { jsonrpc: '2.0', id: 2, method: 'ping' },
        ),
      });
    const opened = await post(one);
    const session = opened.headers.get('mcp-session-id')!;
    await opened.text();
    expect((await post(one, session)).status).toBe(200);
    const foreignSession = await post(other, session);
    const unknownSession = await post(other, 'made-up');
    expect([foreignSession.status, await foreignSession.text()]).toEqual([
      unknownSession.status,
      await unknownSession.text(),
    ]);
    expect(foreignSession.status).toBe(404);
  });
});
