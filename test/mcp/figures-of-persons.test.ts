import { beforeAll, expect, it } from 'vitest';
import { Metrics } from '../../src/observability/metrics.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { temporaryFolder } from '../support/cli.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { PermissionModel } from '../support/permission-model.ts';
import { bearer, send } from '../support/raw-http.ts';

/** Roles allow actions, and never show more contracts than the person of the credential may read. */

const permissionModel = new PermissionModel(21, 3);
const person = permissionModel.people[0]!;
const monitoringKey = 'monitoring-0123456789abcdef';
let service: Awaited<ReturnType<typeof authenticatedService>>;
let ofPerson: Record<string, string>;
let unrestricted: Record<string, string>;

beforeAll(async () => {
  const provider = await IdentityProviderServer.start();
  onFileFinished(() => provider.close());
  const groupsFile = permissionModel.writeGroups(temporaryFolder(onFileFinished));
  let metrics: Metrics | undefined;
  service = await authenticatedService(onFileFinished, {
    provider,
    groupsFile,
    metrics: { render: (sessions) => metrics!.render(sessions), key: monitoringKey },
    onLimitReached: (limit) => metrics!.limitReached(limit),
  });
  metrics = new Metrics(service.reader);
  await permissionModel.write(service.reader, 40);
  const create = (name: string, options: { role: 'reader' | 'admin'; person?: string }) =>
    service.keys.create({ name, ...options });
  const scope = 'documents:read documents:sync';
  ofPerson = {
    'an admin key': create('admin of a person', { role: 'admin', person }),
    'a reader key': create('reader of a person', { role: 'reader', person }),
    'a token with the scope to sync': await provider.token(person, { scope }),
  };
  unrestricted = {
    'an admin key': create('admin', { role: 'admin' }),
    'a reader key': create('reader', { role: 'reader' }),
  };
  // sessions of others
  for (let n = 0; n < 3; n += 1)
    await connectHttp(
      service.url,
      '2025-11-25',
      onFileFinished,
      bearer(unrestricted['an admin key']!),
    );
}, 60_000);

const get = (path: string, credential: string) =>
  send(`${service.url}${path}`, { headers: bearer(credential) });

it('shows a person at /health and / only figures of what they may read', async () => {
  const readable = permissionModel.contractsReadableBy(person).length;
  expect(readable).toBeLessThan(40);
  for (const [kind, credential] of Object.entries(ofPerson)) {
    const health = JSON.parse((await get('/health', credential)).body) as Record<string, unknown>;
    expect(health, kind).toEqual({
      ok: true,
      documents: readable,
      files: { pending: 0, indexed: readable, failed: 0, ignored: 0 },
      sessions: 0,
    });
    const page = await get('/', credential);
    expect(page.body, kind).toContain(`<dt>Contracts</dt><dd>${readable}</dd>`);
  }
  const own = await connectHttp(
    service.url,
    '2025-11-25',
    undefined,
    bearer(ofPerson['an admin key']!),
  );
  expect(JSON.parse((await get('/health', ofPerson['an admin key']!)).body).sessions).toBe(1);
  await own.close();
  const all = JSON.parse((await get('/health', unrestricted['a reader key']!)).body);
  expect(all).toMatchObject({ documents: 40, sessions: expect.any(Number), queue: {} });
  expect(all.sessions).toBeGreaterThanOrEqual(3);
});

it('shows metrics to unrestricted admins and to the key of metrics alone', async () => {
  for (const [kind, credential] of Object.entries(ofPerson)) {
    const { status, body } = await get('/metrics', credential);
    expect(status, kind).toBe(403);
    expect(body, kind).toMatch(kind === 'a reader key' ? /for admins/ : /those of one person/);
    expect(body, kind).toContain('--everything');
    expect(body, kind).not.toContain('deedbox_files');
  }
  expect((await get('/metrics', unrestricted['a reader key']!)).status).toBe(403);
  for (const credential of [unrestricted['an admin key']!, monitoringKey]) {
    expect((await get('/metrics', credential)).body).toContain('deedbox_files{state="indexed"} 40');
  }
});

it('counts in the metrics which limits were reached', async () => {
  // more come back in the time than a fixed number on a busy machine would use up
  const ask = () => get('/nothing', unrestricted['a reader key']!);
  while ((await Promise.all([ask(), ask(), ask(), ask()])).every(({ status }) => status !== 429));
  expect((await get('/metrics', monitoringKey)).body).toMatch(
    /deedbox_limit_rejections_total\{limit="requests"\} [1-9]/,
  );
});

it('lets an admin key of a person sync, and tells it of readable files alone', async () => {
  const readable = permissionModel.contractsReadableBy(person).length;
  const client = await connectHttp(
    service.url,
    '2026-07-28',
    undefined,
    bearer(ofPerson['an admin key']!),
  );
  for (const name of ['sync_documents', 'get_sync_status']) {
    const { structuredContent } = await client.callTool({ name, arguments: {} });
    expect(structuredContent, name).toMatchObject({ found: readable, failures: [] });
  }
  const hidden = permissionModel.contracts.find(
    (contract) => !permissionModel.isReadableBy(person, contract),
  )!;
  const unknown = await client.callTool({
    name: 'sync_documents',
    arguments: { files: ['no such file'] },
  });
  const refused = await client.callTool({
    name: 'sync_documents',
    arguments: { files: [hidden.documentId] },
  });
  expect(JSON.stringify(refused.content)).toBe(
    JSON.stringify(unknown.content).replace('no such file', hidden.documentId),
  );
});
