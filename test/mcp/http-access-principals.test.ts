import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { beforeAll, expect, it } from 'vitest';
import type {
  SearchDocumentsResponse,
  SearchPassagesResponse,
  SyncStatusResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { temporaryFolder } from '../support/cli.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';
import { PermissionModel, type SharedContract } from '../support/permission-model.ts';

const permissionModel = new PermissionModel(11, 4);
let service: Awaited<ReturnType<typeof authenticatedService>>;
const logLines: string[] = [];
/** Each person twice: with a key and with a token. */
const clients: { person: string; client: Client }[] = [];

beforeAll(async () => {
  const provider = await IdentityProviderServer.start();
  onFileFinished(() => provider.close());
  const groupsFile = permissionModel.writeGroups(temporaryFolder(onFileFinished));
  const log = pino({ level: 'error' }, { write: (line) => void logLines.push(line) });
  // no check of open sessions during these tests
  const limits = { revalidateMs: 3_600_000 };
  service = await authenticatedService(onFileFinished, { provider, groupsFile, log, limits });
  await permissionModel.write(service.reader, 60);
  for (const [index, person] of permissionModel.people.entries()) {
    const key = service.keys.create({ name: person, role: 'reader', person });
    const token = await provider.token(person.toUpperCase());
    for (const [at, credential] of [key, token].entries()) {
      const era = eras[(index + at) % 2]!;
      clients.push({
        person,
        client: await connectHttp(service.url, era, onFileFinished, bearer(credential)),
      });
    }
  }
}, 60_000);

it('answers concurrent callers with what each may read, by key and by token', async () => {
  const expected = new Map(
    permissionModel.people.map((person) => [
      person,
      permissionModel
        .contractsReadableBy(person)
        .map(({ documentId }) => documentId)
        .sort(),
    ]),
  );
  expect(new Set([...expected.values()].map(String)).size).toBe(permissionModel.people.length);
  await Promise.all(
    clients.map(async ({ person, client }) => {
      for (let round = 0; round < 6; round += 1) {
        const listResult = await client.callTool({
          name: 'search_documents',
          arguments: { limit: 50 },
        });
        const { documents } = listResult.structuredContent as SearchDocumentsResponse;
        expect(documents.map((one) => one.document_id).sort()).toEqual(expected.get(person));
        const document = permissionModel.pickRandom(permissionModel.contracts);
        const readResult = await client.callTool({
          name: 'get_document',
          arguments: { document_id: document.documentId },
        });
        expect(readResult.isError === true).toBe(!permissionModel.isReadableBy(person, document));
        const searchResult = await client.callTool({
          name: 'search_passages',
          arguments: { query: `notice by ${document.word}`, limit: 50 },
        });
        const { words, ...response } = searchResult.structuredContent as SearchPassagesResponse;
        // The word of the query is counted in what the person may read.
        const isReadable = permissionModel.isReadableBy(person, document);
        const count = words?.find(({ word }) => word === document.word)?.passages ?? 0;
        expect(count > 0).toBe(isReadable);
        const responseText = JSON.stringify(response).toLowerCase();
        for (const other of permissionModel.contracts) {
          if (!permissionModel.isReadableBy(person, other))
            expect(responseText).not.toContain(other.word);
        }
      }
    }),
  );
});

it('a key of a person with the role admin reads no more than the person', async () => {
  const person = permissionModel.people[0]!;
  const key = service.keys.create({ name: 'admin of one', role: 'admin', person });
  const client = await connectHttp(service.url, '2025-11-25', undefined, bearer(key));
  const { structuredContent } = await client.callTool({ name: 'search_documents', arguments: {} });
  expect(structuredContent).toMatchObject({
    total: permissionModel.contractsReadableBy(person).length,
  });
});

it('shows failed files to an admin who reads everything, and to no reader', async () => {
  const { store } = service.reader;
  const createdAt = new Date().toISOString();
  await store.putSync({
    syncId: 'sync-1',
    sources: ['folder:/x'],
    kind: 'incremental',
    state: 'reading',
    createdAt,
  });
  const record = (await store.file(`${permissionModel.contracts[0]!.word}.txt`))!;
  const failed = { state: 'failed', outcome: 'failed', reason: 'encrypted' } as const;
  await store.recordFiles([
    {
      ...record,
      fileId: 'secret',
      fileName: 'secret-plan.pdf',
      aclEntries: ['anyone'],
      ...failed,
    },
  ]);
  const status = async (options: { role: 'reader' | 'admin'; person?: string }) => {
    const key = service.keys.create({
      name: JSON.stringify(options).replaceAll(/\W/g, ''),
      ...options,
    });
    const client = await connectHttp(service.url, '2026-07-28', undefined, bearer(key));
    const answer = await client.callTool({ name: 'get_sync_status', arguments: {} });
    const [textContent] = answer.content as { text: string }[];
    return { ...(answer.structuredContent as SyncStatusResponse), text: textContent!.text };
  };
  const admin = await status({ role: 'admin' });
  expect(admin.failures.map((one) => one.file_name)).toEqual(['secret-plan.pdf']);
  for (const statuses of [
    await status({ role: 'reader' }),
    await status({ role: 'admin', person: permissionModel.people[0]! }),
    await status({ role: 'reader', person: permissionModel.people[0]! }),
  ]) {
    expect(statuses.failures).toEqual([]);
    expect(statuses.more_failures).toBe(1);
    expect(statuses.text).toMatch(/1 file could not be read\. Administrators see which and why/);
    expect(JSON.stringify(statuses)).not.toContain('secret');
  }
});

it.each(eras)('sends no notification with a key that was revoked (%s)', async (era) => {
  const key = service.keys.create({ name: `revoked ${era}`, role: 'admin' });
  const client = await connectHttp(service.url, era, onFileFinished, bearer(key));
  const [{ word, documentId }] = permissionModel.contracts as [SharedContract];
  const uri = `deedbox://documents/${documentId}`;
  const notifications: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notifications.push(params.uri);
  });
  if (era === eras[0]) await client.subscribeResource({ uri });
  else await client.listen({ resourceSubscriptions: [uri] });
  const move = async (folder: string) => {
    const record = (await service.reader.store.file(`${word}.txt`))!;
    await service.reader.store.recordFiles([{ ...record, folder }]);
  };
  await move(`first-${era}`);
  await expect.poll(() => notifications, { timeout: 10_000 }).toEqual([uri]);

  service.keys.revoke(`revoked ${era}`);
  logLines.length = 0;
  await move(`second-${era}`);
  const failure = expect.stringContaining('notifying clients of changes failed') as string;
  await expect.poll(() => logLines, { timeout: 10_000 }).toContainEqual(failure);
  expect(notifications).toEqual([uri]);
});
