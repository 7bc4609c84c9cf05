import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reader as Opened } from '../../src/app.ts';
import { type Asked, ways } from '../support/asked.ts';
import { temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import {
  commonParties,
  laws,
  nameOf,
  Office,
  type Paper,
  types,
} from '../support/shared-office.ts';
import { personHeader, sharedService } from '../support/shared-service.ts';

const seed = Number(process.env['TEST_SEED'] ?? 4);
const calls = Number(process.env['TEST_CALLS'] ?? 150);
const papers = 240;
/** Questions asked at once, by different people. */
const atOnce = 10;

const office = new Office(seed, 20);
const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

let reader: Opened;
let url: string;
let dataFolder: string;
let groupsFolder: string;
const clients = new Map<string, Client>();

beforeAll(async () => {
  groupsFolder = temporaryFolder((remove) => later(async () => remove()));
  ({
    reader,
    url,
    data: dataFolder,
  } = await sharedService(office.writeGroups(groupsFolder), later));
  await office.write(reader, papers);
  await failInSecret();
  await reader.store.checkpoint();
  for (const [index, person] of office.people.entries()) {
    const headers = { [personHeader]: person };
    clients.set(person, await connectHttp(url, eras[index % 2]!, later, headers));
  }
}, 120_000);

/** A sync in which a file failed that nobody may know of. */
async function failInSecret(): Promise<void> {
  const createdAt = new Date().toISOString();
  const { store } = reader;
  const sync = { syncId: 'sync-1', sources: ['folder:/contracts'], kind: 'follow' as const };
  await store.putSync({ ...sync, state: 'reading', createdAt });
  const record = (await store.file(`${office.papers[0]!.word}.txt`))!;
  const failed = { state: 'failed', outcome: 'failed', reason: 'encrypted' } as const;
  const secret = { fileId: 'secret', fileName: 'secret.txt', readers: [] };
  await store.recordFile({ ...record, ...secret, ...failed });
  expect((await store.files({ syncId: 'sync-1', states: ['failed'] })).length).toBe(1);
}

const httpAs = (person: string) => async (path: string) =>
  (await fetch(`${url}${path}`, { headers: { [personHeader]: person } })).text();

const ask = (person: string, way: (typeof ways)[number]) =>
  way(clients.get(person)!, office, httpAs(person));

/** Throws where an answer holds a word or an id of a contract that is not readable and was not asked for. */
function mustNotTell(
  { answer, request }: Pick<Asked, 'answer' | 'request'>,
  hidden: Paper[],
): void {
  const text = JSON.stringify(answer).replaceAll(/\\[nrt"]/g, ' ');
  const words = new Set(text.toLowerCase().match(/[a-z]+/g));
  const ids = new Set(text.match(/[\w-]{20}/g));
  const asked = request.toLowerCase();
  for (const { word, documentId } of hidden) {
    if (words.has(word) && !asked.includes(word)) throw new Error(`It tells of ${word}.`);
    if (ids.has(documentId) && !request.includes(documentId))
      throw new Error(`It has ${documentId}.`);
  }
}

function examine(person: string, asked: Asked): void {
  const readable = office.readableBy(person);
  const hidden = office.papers.filter((paper) => !readable.includes(paper));
  mustNotTell(asked, hidden);
  asked.check(readable);
}

/** Something about who may read what changes: what one contract is shared with, or who is in a group. */
async function shareAnew(): Promise<void> {
  if (office.random() < 0.7) {
    await office.share(reader.store, office.pick(office.papers), office.someReaders());
    return;
  }
  const members = office.groups.get(office.pick([...office.groups.keys()]))!;
  const person = office.pick(office.people);
  if (!members.delete(person)) members.add(person);
  office.writeGroups(groupsFolder);
}

describe('twenty people with overlapping rights', () => {
  it('each may read some, and few the same', () => {
    const counts = office.people.map((person) => office.readableBy(person).length);
    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(papers * 0.8);
    const different = new Set(
      office.people.map((person) =>
        office
          .readableBy(person)
          .map(({ word }) => word)
          .join(),
      ),
    );
    expect(different.size).toBeGreaterThan(15);
  });

  it('the examination finds what is told to one who may not read it', async () => {
    const everyone = await connectHttp(url, eras[0], later);
    const person = office.people[0]!;
    let found = 0;
    for (const way of ways) {
      const asked = await way(everyone, office, async (path) => (await fetch(url + path)).text());
      try {
        examine(person, asked);
      } catch {
        found += 1;
      }
    }
    expect(found).toBeGreaterThan(ways.length / 3);
  });

  it(`${calls} questions in every way: nobody is told of what they may not read`, async () => {
    for (let round = 0; round < calls / atOnce; round += 1) {
      const asking = Array.from({ length: atOnce }, async () => {
        const person = office.pick(office.people);
        return { person, asked: await ask(person, office.pick(ways)) };
      });
      for (const { person, asked } of await Promise.all(asking)) examine(person, asked);
      if (round % 4 === 3) await shareAnew();
    }
  }, 300_000);

  it('what is withdrawn is gone with the next question, and what is shared is there', async () => {
    for (const person of office.people.slice(0, 2)) {
      const paper = office.pick(office.readableBy(person));
      const before = paper.readers;
      for (const readers of [
        [],
        before,
        ['group:nobody@north.example'],
        before,
      ] as Paper['readers'][]) {
        await office.share(reader.store, paper, readers);
        for (const way of ways) examine(person, await ask(person, way));
        const answer = await clients
          .get(person)!
          .callTool({ name: 'get_document', arguments: { document_id: paper.documentId } });
        expect(answer.isError === true).toBe(readers !== before);
      }
    }
  });

  it('a contract that may not be read is answered as one that is not there, to the byte', async () => {
    for (const [index, person] of office.people.entries()) {
      const readable = office.readableBy(person);
      const hidden = office.papers.find((paper) => !readable.includes(paper))!.documentId;
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
      expect(answers[0], office.people[index]).toBe(answers[1]);
    }
  });

  it('a person is answered as if there were nothing that they may not read, to the byte', async () => {
    const person = office.people.find((one) => office.readableBy(one).length > 20)!;
    const readable = office.readableBy(person);
    const copy = temporaryFolder((remove) => later(async () => remove()));
    cpSync(dataFolder, copy, { recursive: true });
    const own = await sharedService(join(groupsFolder, 'groups.csv'), later, copy);
    const hidden = office.papers.filter((paper) => !readable.includes(paper));
    await own.reader.store.removeFiles(hidden.map(({ word }) => `${word}.txt`));
    const headers = { [personHeader]: person };
    const everyday = await connectHttp(url, eras[0], later, headers);
    const alone = await connectHttp(own.url, eras[0], later, headers);
    const same = async (request: (client: Client) => Promise<unknown>) => {
      const [one, other] = [await request(everyday), await request(alone)];
      expect(JSON.stringify(one)).toBe(JSON.stringify(other));
    };

    const names = office.papers.slice(0, 25).map(nameOf);
    const parties = [...commonParties, ...names, ...names.map((name) => `${name.slice(0, 7)}xu`)];
    const asked: Record<string, unknown>[] = [
      ...['title', 'modified', 'effective_date', 'expiration_date'].map((sort) => ({ sort })),
      ...laws.map((law) => ({ governing_law: law, has_clauses: ['audit_rights'] })),
      ...types.map((type) => ({ document_types: [type], lacks_clauses: ['audit_rights'] })),
      ...['clients', 'clients/north', 'board', 'nowhere'].map((folder) => ({ folder })),
      ...['in_force', 'expired', 'unknown'].map((status) => ({ status, signed: true })),
      ...parties.map((party) => ({ party })),
      ...parties.map((party) => ({ party, document_types: ['nda'] })),
      { expires_from: '2027-01-01', expires_to: '2028-12-31', sort: 'expiration_date' },
    ];
    for (const args of asked) {
      await same((client) =>
        client.callTool({ name: 'search_documents', arguments: { limit: 5, ...args } }),
      );
    }
    for (const { documentId } of office.papers.slice(0, 30)) {
      await same((client) =>
        client.callTool({ name: 'get_document', arguments: { document_id: documentId } }),
      );
      await same((client) =>
        client.callTool({ name: 'extract_clauses', arguments: { document_ids: [documentId] } }),
      );
    }
    await same((client) => client.listResources());
    await same((client) => client.readResource({ uri: 'deedbox://register' }));
    await same((client) => client.callTool({ name: 'get_sync_status', arguments: {} }));
    for (const value of ['', 'a', 'b', 'Ald', ...names.map((name) => name.slice(0, 2))]) {
      await same((client) =>
        client.complete({
          ref: { type: 'ref/prompt', name: 'nda_check' },
          argument: { name: 'client', value },
        }),
      );
    }
  });

  it('a session of one person is none to another', async () => {
    const [one, other] = office.people as [string, string];
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
    const stolen = await post(other, session);
    const made = await post(other, 'made-up');
    expect([stolen.status, await stolen.text()]).toEqual([made.status, await made.text()]);
    expect(stolen.status).toBe(404);
  });
});
