import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, ListResourcesResult } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { deedbox, samples, temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const copyCount = 120;

let url: string;
let services: Awaited<ReturnType<typeof serveWorkspace>>['services'];
let contracts: string;
let data: string;

beforeAll(async () => {
  contracts = temporaryFolder(() => {});
  data = temporaryFolder(() => {});
  cpSync(samples, contracts, { recursive: true });
  for (let number = 1; number <= copyCount; number += 1) {
    writeFileSync(
      join(contracts, `letter-${String(number).padStart(3, '0')}.md`),
      `# Letter Agreement ${number}\n\nThis Letter Agreement ${number} is made between Aldermoor Trust ` +
        `Company and Bexcombe Holdings ${number} Ltd. It is governed by the laws of England.\n`,
    );
  }
  const { code, stderr } = await deedbox('--data', data, 'ingest', contracts);
  expect(stderr).not.toContain('not read');
  expect(code).toBe(0);
  ({ url, services } = await serveWorkspace(data));
  return () => {
    rmSync(contracts, { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  };
}, 240_000);

const textOf = async (client: Client, uri: string) => {
  const { contents } = await client.readResource({ uri });
  expect(contents).toHaveLength(1);
  expect(contents[0]).toMatchObject({ uri, mimeType: 'text/markdown' });
  return (contents[0] as { text: string }).text;
};

async function anyId(): Promise<string> {
  const { documents } = await services.scopedIndex.documents(
    { today: services.today(), minClauseConfidence: 0.5, documentTypes: ['nda'] },
    { sort: 'title', limit: 1 },
  );
  return documents[0]!.documentId;
}

describe.each(eras)('resources over %s', (era) => {
  it('are listed in pages, each document once, under its own title', async () => {
    const client = await connectHttp(url, era);
    const uris: string[] = [];
    let pages = 0;
    let cursor: string | undefined;
    do {
      const page: ListResourcesResult = await client.request({
        method: 'resources/list',
        params: cursor === undefined ? {} : { cursor },
      });
      if (pages === 0) {
        expect(page.resources.slice(0, 2).map((resource) => resource.uri)).toEqual([
          'deedbox://register',
          'deedbox://clause-types',
        ]);
      }
      for (const resource of page.resources) expect(resource.title).toBeTruthy();
      uris.push(...page.resources.map((resource) => resource.uri));
      pages += 1;
      cursor = page.nextCursor;
    } while (cursor !== undefined && pages < 20);
    const { documents } = await services.store.status();
    expect(documents).toBeGreaterThan(copyCount);
    expect(pages).toBe(Math.ceil(documents / 100));
    expect(uris.length).toBe(documents + 2);
    expect(new Set(uris).size).toBe(uris.length);
    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual(uris);
    await expect(client.listResources({ cursor: 'made-up' })).rejects.toThrow(/cursor/);
  });

  it('a document, its pages and its clauses read as Markdown with page marks', async () => {
    const client = await connectHttp(url, era);
    const id = await anyId();
    const stored = (await services.scopedIndex.text(id))!;
    const whole = await textOf(client, `deedbox://documents/${id}`);
    for (const page of stored.pages) {
      const text = `\`\`\`contract-text\n${stored.text.slice(page.start, page.end)}\n\`\`\``;
      expect(whole).toContain(`— page ${page.number} —\n\n${text}`);
      expect(await textOf(client, `deedbox://documents/${id}/pages/${page.number}`)).toBe(
        `— page ${page.number} —\n\n${text}`,
      );
    }
    expect(await textOf(client, `deedbox://documents/${id}/clauses`)).toContain(id);
  });

  it('the register lists every contract over its pages', async () => {
    const client = await connectHttp(url, era);
    const first = await textOf(client, 'deedbox://register');
    const { documents } = await services.store.status();
    expect(first).toContain(`${documents} contracts`);
    const rows = first.split('\n').filter((line) => line.startsWith('| ')).length - 2;
    expect(rows).toBe(Math.min(150, documents));
    expect(await textOf(client, 'deedbox://register/1')).toBe(first);
    for (const page of ['99', '0', '-3', '1.5', 'abc', '1e300', 'Infinity']) {
      await expect(textOf(client, `deedbox://register/${page}`)).rejects.toMatchObject({
        code: -32_602,
        message: expect.stringMatching(/pages are 1 to/),
      });
    }
  });

  it('the clause types are those of the table', async () => {
    const client = await connectHttp(url, era);
    const text = await textOf(client, 'deedbox://clause-types');
    for (const type of clauseTypes) expect(text).toContain(`\`${type.id}\``);
  });

  it('what is not there is refused as not found', async () => {
    const client = await connectHttp(url, era);
    const id = await anyId();
    for (const uri of [
      'deedbox://documents/nobody',
      'deedbox://documents/nobody/clauses',
      `deedbox://documents/${id}/pages/999`,
      'deedbox://nothing',
      'file:///etc/passwd',
    ]) {
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32_602 });
    }
  });

  it('ids and pages complete', async () => {
    const client = await connectHttp(url, era);
    const id = await anyId();
    const complete = async (
      name: string,
      value: string,
      resolvedArguments?: Record<string, string>,
    ) =>
      (
        await client.complete({
          ref: { type: 'ref/resource', uri: 'deedbox://documents/{id}/pages/{page}' },
          argument: { name, value },
          ...(resolvedArguments ? { context: { arguments: resolvedArguments } } : {}),
        })
      ).completion.values;
    expect(await complete('id', id.slice(0, 6))).toContain(id);
    const byName = await complete('id', 'Letter Agreement 77');
    const { documents } = await services.scopedIndex.documents(
      { today: services.today(), minClauseConfidence: 0.5, documentIds: byName },
      { sort: 'title', limit: 100 },
    );
    expect(documents.map((document) => document.file.fileName)).toContain('letter-077.md');
    expect(await complete('page', '', { id })).toContain('1');
    expect(await complete('page', '', { id: 'nobody' })).toEqual([]);
  });
});

describe('notifications of changes', () => {
  it('reach subscribers and listeners, for the documents that changed and no others', async () => {
    const stateful = await connectHttp(url, '2025-11-25');
    const stateless = await connectHttp(url, '2026-07-28');
    const { documents } = await services.scopedIndex.documents(
      { today: services.today(), minClauseConfidence: 0.5 },
      { sort: 'title', limit: 200 },
    );
    const uriOf = (name: string) =>
      `deedbox://documents/${documents.find(({ file }) => file.fileName === name)!.documentId}`;
    const [changed, same] = [uriOf('letter-001.md'), uriOf('letter-002.md')];

    const notificationsByClient = new Map<Client, string[]>();
    for (const client of [stateful, stateless]) {
      const notifications: string[] = [];
      notificationsByClient.set(client, notifications);
      client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
        notifications.push(params.uri);
      });
      client.setNotificationHandler('notifications/resources/list_changed', () => {
        notifications.push('list');
      });
    }
    await stateful.subscribeResource({ uri: changed });
    await stateful.subscribeResource({ uri: same });
    const subscription = await stateless.listen({
      resourcesListChanged: true,
      resourceSubscriptions: [changed, same],
    });

    renameSync(join(contracts, 'letter-001.md'), join(contracts, 'letter-001-signed.md'));
    const { code } = await deedbox('--data', data, 'ingest', contracts);
    expect(code).toBe(0);

    for (const client of [stateful, stateless]) {
      await expect
        .poll(() => notificationsByClient.get(client), { timeout: 20_000 })
        .toContain(changed);
      await expect
        .poll(() => notificationsByClient.get(client), { timeout: 20_000 })
        .toContain('list');
      expect(notificationsByClient.get(client)).not.toContain(same);
    }
    await subscription.close();
    await stateful.unsubscribeResource({ uri: changed });
  });
});
