import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onFileFinished } from '../support/clean-up.ts';
import { FuzzedMessages } from '../support/fuzzed-messages.ts';
import { internalDetails } from '../support/hostile-strings.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { isLong } from '../support/long.ts';
import { connectHttp, initializeMessage } from '../support/mcp-client.ts';
import { bearer, json, send } from '../support/raw-http.ts';
import { PermissionModel } from '../support/permission-model.ts';

const messages = isLong ? 10_000 : 200;
const seed = Number(process.env['TEST_SEED'] ?? 7);
const documentCount = 12;
const permissionModel = new PermissionModel(seed, 3);

/** What the service said on its log of a failure that it did not expect, whole. */
const unexpected: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void unexpected.push(line) });

let service: Awaited<ReturnType<typeof authenticatedService>>;
let url: string;
let key: string;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished, {
    log,
    limits: { requestsPerMinute: 1e6, burst: 1e6 },
  });
  ({ url } = service);
  key = service.keys.create({ name: 'admin', role: 'admin' });
  await permissionModel.write(service.reader, documentCount);
}, 60_000);

beforeEach(() => void (unexpected.length = 0));

async function expectIndexIntact(client: Client): Promise<void> {
  const { structuredContent } = await client.callTool({ name: 'search_documents', arguments: {} });
  expect(structuredContent).toMatchObject({ total: documentCount });
  expect(await service.reader.store.verify()).toEqual([]);
}

describe('messages', () => {
  it(`that no client sends are refused, ${messages} of them, and the next one is answered`, async () => {
    const opened = await send(`${url}/mcp`, {
      method: 'POST',
      headers: { ...json, ...bearer(key) },
      body: JSON.stringify(initializeMessage),
    });
    const session = String(opened.headers['mcp-session-id']);
    const fuzz = new FuzzedMessages(seed);
    const statuses = new Map<number, number>();
    for (let n = 0; n < messages; n += 1) {
      const { headers, body } = fuzz.next(session);
      const answer = await send(`${url}/mcp`, {
        method: 'POST',
        headers: { ...headers, ...bearer(key) },
        body,
      });
      const { status } = answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const label = `message ${n} (seed ${seed}): ${status} ${answer.body.slice(0, 500)}`;
      expect([200, 202, 400, 404, 405, 406, 413, 415], label).toContain(status);
      expect(answer.body, label).not.toMatch(internalDetails);
    }
    for (const status of [200, 400]) {
      expect(statuses.get(status) ?? 0).toBeGreaterThan(messages / 20);
    }
    expect(Object.prototype).not.toHaveProperty('x');
    expect(unexpected.filter((logLine) => internalDetails.test(logLine))).toEqual([]);
    if (isLong) console.log('answers to fuzzed messages:', Object.fromEntries(statuses));
    await expectIndexIntact(await connectHttp(url, '2025-11-25', undefined, bearer(key)));
  }, 600_000);

  it('that are too large or too deeply nested are rejected', async () => {
    const headers = { ...json, ...bearer(key) };
    const post = (body: string) => send(`${url}/mcp`, { method: 'POST', headers, body });
    const huge = { jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(2 ** 20) } };
    expect((await post(JSON.stringify(huge))).status).toBe(413);
    expect((await post('['.repeat(2 ** 17))).status).toBe(400);
    expect((await post('['.repeat(2 ** 17) + ']'.repeat(2 ** 17))).status).toBe(400);
    expect((await post('{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000))).status).toBe(400);
    const many = Array.from({ length: 5000 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    expect((await post(JSON.stringify(many))).status).toBe(400);
  });
});
