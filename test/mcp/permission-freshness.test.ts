import { beforeAll, expect, it } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

let url: string;
let keys: { person: string; admin: string; service: string };
let readPermissions: (minutesAgo: number) => Promise<void>;

beforeAll(async () => {
  const folder = await sampleWorkspace();
  const store = new KeyStore(folder);
  keys = {
    person: store.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' }),
    admin: store.create({ name: 'Ada', role: 'admin', person: 'ada@firm.example' }),
    service: store.create({ name: 'review', role: 'reader' }),
  };
  store.close();
  const opened = await serveWorkspace(folder, {
    settings: { DEEDBOX_RIGHTS_MAX_AGE: '60' },
    syncTimeoutMs: 20,
  });
  url = opened.url;
  readPermissions = async (minutesAgo) => {
    const permissionsAsOf = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    for (const id of await opened.services.store.sources())
      await opened.services.store.saveSourceCheckpoint(id, { permissionsAsOf });
  };
}, 120_000);

it.each(eras)(
  'refuses the questions of persons while permissions are too old (%s)',
  async (era) => {
    await readPermissions(61);
    const connect = (key: string) =>
      connectHttp(url, era, undefined, { authorization: `Bearer ${key}` });
    const person = await connect(keys.person);
    const ask = () => person.callTool({ name: 'search_documents', arguments: { query: 'lease' } });
    const refused = {
      isError: true,
      content: [{ text: expect.stringMatching(/^Error not_ready: The permissions .* last read/) }],
    };
    expect(await ask()).toMatchObject(refused);
    await expect(person.readResource({ uri: 'deedbox://register' })).rejects.toThrow(/permissions/);
    await expect(person.listResources()).rejects.toThrow(/permissions/);
    const ref = { type: 'ref/prompt' as const, name: 'nda_check' };
    const argument = { name: 'client', value: 'L' };
    await expect(person.complete({ ref, argument })).rejects.toThrow(/permissions/);

    // what makes them new is not refused, nor is a key without a person
    const admin = await connect(keys.admin);
    expect((await admin.callTool({ name: 'sync_documents', arguments: {} })).isError).toBeFalsy();
    const service = await connect(keys.service);
    const answer = await service.callTool({
      name: 'search_documents',
      arguments: { query: 'lease' },
    });
    expect(answer.isError).toBeFalsy();

    await readPermissions(1);
    expect((await ask()).isError).toBeFalsy();
  },
);

it('shows no page with contracts while permissions are too old', async () => {
  await readPermissions(61);
  const headers = { authorization: `Bearer ${keys.person}` };
  expect((await fetch(`${url}/`, { headers })).status).toBe(503);
  await readPermissions(1);
  expect((await fetch(`${url}/`, { headers })).status).toBe(200);
});
