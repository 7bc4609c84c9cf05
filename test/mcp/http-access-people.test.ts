import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SearchDocumentsAnswer, SyncStatusAnswer } from '../../src/search/answers.ts';
import { temporaryFolder } from '../support/cli.ts';
import { guardedService } from '../support/guarded-service.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';
import { Office } from '../support/shared-office.ts';

const office = new Office(11, 4);
const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

let service: Awaited<ReturnType<typeof guardedService>>;
/** Each person twice: with a key and with a token. */
const asking: { person: string; client: Client }[] = [];

beforeAll(async () => {
  const provider = await IdentityProviderServer.start();
  later(() => provider.close());
  const groupsFile = office.writeGroups(temporaryFolder((remove) => later(async () => remove())));
  service = await guardedService(later, { provider, groupsFile });
  await office.write(service.reader, 60);
  for (const [index, person] of office.people.entries()) {
    const key = service.keys.create({ name: person, role: 'reader', person });
    const token = await provider.token(person.toUpperCase());
    for (const [at, credential] of [key, token].entries()) {
      const era = eras[(index + at) % 2]!;
      asking.push({
        person,
        client: await connectHttp(service.url, era, later, bearer(credential)),
      });
    }
  }
}, 60_000);

it('people who ask at the same time each get what they may read, by key and by token', async () => {
  const expected = new Map(
    office.people.map((person) => [
      person,
      office
        .readableBy(person)
        .map(({ documentId }) => documentId)
        .sort(),
    ]),
  );
  expect(new Set([...expected.values()].map(String)).size).toBe(office.people.length);
  await Promise.all(
    asking.map(async ({ person, client }) => {
      for (let round = 0; round < 6; round += 1) {
        const listed = await client.callTool({
          name: 'search_documents',
          arguments: { limit: 50 },
        });
        const { documents } = listed.structuredContent as SearchDocumentsAnswer;
        expect(documents.map((one) => one.document_id).sort()).toEqual(expected.get(person));
        const paper = office.pick(office.papers);
        const read = await client.callTool({
          name: 'get_document',
          arguments: { document_id: paper.documentId },
        });
        expect(read.isError === true).toBe(!office.mayRead(person, paper));
        const found = await client.callTool({
          name: 'search_passages',
          arguments: { query: `notice by ${paper.word}`, limit: 50 },
        });
        const said = JSON.stringify(found.structuredContent).toLowerCase();
        for (const other of office.papers) {
          if (!office.mayRead(person, other)) expect(said).not.toContain(other.word);
        }
      }
    }),
  );
});

it('a key of a person with the role admin reads no more than the person', async () => {
  const person = office.people[0]!;
  const key = service.keys.create({ name: 'admin of one', role: 'admin', person });
  const client = await connectHttp(service.url, '2025-11-25', undefined, bearer(key));
  const { structuredContent } = await client.callTool({ name: 'search_documents', arguments: {} });
  expect(structuredContent).toMatchObject({ total: office.readableBy(person).length });
});

it('which files failed is told to an admin who reads everything, and to no reader', async () => {
  const { store } = service.reader;
  const createdAt = new Date().toISOString();
  await store.putSync({
    syncId: 'sync-1',
    sources: ['folder:/x'],
    kind: 'follow',
    state: 'reading',
    createdAt,
  });
  const record = (await store.file(`${office.papers[0]!.word}.txt`))!;
  const failed = { state: 'failed', outcome: 'failed', reason: 'encrypted' } as const;
  await store.recordFile({
    ...record,
    fileId: 'secret',
    fileName: 'secret-plan.pdf',
    readers: ['anyone'],
    ...failed,
  });
  const status = async (options: { role: 'reader' | 'admin'; person?: string }) => {
    const key = service.keys.create({
      name: JSON.stringify(options).replaceAll(/\W/g, ''),
      ...options,
    });
    const client = await connectHttp(service.url, '2026-07-28', undefined, bearer(key));
    const answer = await client.callTool({ name: 'get_sync_status', arguments: {} });
    const [said] = answer.content as { text: string }[];
    return { ...(answer.structuredContent as SyncStatusAnswer), said: said!.text };
  };
  const admin = await status({ role: 'admin' });
  expect(admin.failures.map((one) => one.file_name)).toEqual(['secret-plan.pdf']);
  for (const told of [
    await status({ role: 'reader' }),
    await status({ role: 'admin', person: office.people[0]! }),
    await status({ role: 'reader', person: office.people[0]! }),
  ]) {
    expect(told.failures).toEqual([]);
    expect(told.more_failures).toBe(1);
    expect(told.said).toMatch(/1 file could not be read\. Which and why is told to whoever/);
    expect(JSON.stringify(told)).not.toContain('secret');
  }
});
