import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FuzzedMessages } from '../support/fuzzed-messages.ts';
import { guardedService } from '../support/guarded-service.ts';
import { isLong } from '../support/long.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { bearer, json, send } from '../support/raw-http.ts';
import { Office } from '../support/shared-office.ts';

const messages = isLong ? 10_000 : 200;
const seed = Number(process.env['DEEDBOX_TEST_SEED'] ?? 7);
const papers = 12;
const office = new Office(seed, 3);

const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

/** What the service said on its log of a failure that it did not expect, whole. */
const unexpected: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void unexpected.push(line) });

let service: Awaited<ReturnType<typeof guardedService>>;
let url: string;
let key: string;

beforeAll(async () => {
  service = await guardedService(later, { log, limits: { requestsPerMinute: 1e6, burst: 1e6 } });
  ({ url } = service);
  key = service.keys.create({ name: 'admin', role: 'admin' });
  await office.write(service.reader, papers);
}, 60_000);

beforeEach(() => void (unexpected.length = 0));

/** What lies inside the program, or on its machine. */
const inner =
  /node_modules|\.ts:\d|\.js:\d|at \w+ \(|SQLITE|SqliteError|\bSELECT\b|no such (table|column)|fts5|root:x:|\/tmp\/deedbox/;

async function isWhole(client: Client): Promise<void> {
  const { structuredContent } = await client.callTool({ name: 'search_documents', arguments: {} });
  expect(structuredContent).toMatchObject({ total: papers });
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
      const what = `message ${n} (seed ${seed}): ${status} ${answer.body.slice(0, 500)}`;
      expect([200, 202, 400, 404, 405, 406, 413, 415], what).toContain(status);
      expect(answer.body, what).not.toMatch(inner);
    }
    for (const status of [200, 400]) {
      expect(statuses.get(status) ?? 0).toBeGreaterThan(messages / 20);
    }
    expect(Object.prototype).not.toHaveProperty('x');
    expect(unexpected.filter((said) => inner.test(said))).toEqual([]);
    if (isLong) console.log('answers to fuzzed messages:', Object.fromEntries(statuses));
    await isWhole(await connectHttp(url, '2025-11-25', undefined, bearer(key)));
  }, 600_000);

  it('that are too large, or nested without end, end where they are read', async () => {
    const headers = { ...json, ...bearer(key) };
    const post = (body: string) => send(`${url}/mcp`, { method: 'POST', headers, body });
    const huge = { jsonrpc: '2.0', id: 1, method: 'ping', params: { x: 'x'.repeat(2 ** 20) } };
    expect((await post(JSON.stringify(huge))).status).toBe(413);
    expect((await post('['.repeat(2 ** 19))).status).toBe(400);
    expect((await post('['.repeat(2 ** 18) + ']'.repeat(2 ** 18))).status).toBe(400);
    expect((await post('{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000))).status).toBe(400);
    const many = Array.from({ length: 5000 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }));
    expect((await post(JSON.stringify(many))).status).toBe(400);
  });
});

const hostile = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/etc/passwd',
  'file:///etc/passwd',
  'deedbox://documents/../../etc/passwd',
  "'; DROP TABLE documents; --",
  "' OR '1'='1",
  '" OR 1=1 --',
  'x) UNION SELECT name, sql FROM sqlite_master --',
  'NEAR("a" "b", 5)',
  'title:*',
  '"',
  '""" AND',
  'a* OR b* NOT (c)',
  '^start + {title text} : x',
  'AND OR NOT NEAR',
  '%_%',
  '*',
  '\u0000',
  'a\u0000b',
  '\uD800',
  '$(reboot)',
  '`id`',
  '{{7*7}}',
  '__proto__',
  'x'.repeat(3000),
];

let next = 0;
/** Some of them, others each time; all where there is time. */
const some = () =>
  isLong ? hostile : Array.from({ length: 3 }, () => hostile[(next += 1) % hostile.length]!);

interface Property {
  type?: string;
  items?: { type?: string };
}

/** Arguments without which a tool cannot be called. */
const needed: Record<string, Record<string, unknown>> = {
  search_passages: { query: 'notice' },
  extract_clauses: { document_ids: ['ID'] },
  get_document: { document_id: 'ID' },
};

describe.each(eras)('every argument that is a text, over %s', (era) => {
  it('is a text and nothing else: no path, no query language', async () => {
    const client = await connectHttp(url, era, undefined, bearer(key));
    const { documentId } = office.papers[0]!;
    let asked = 0;
    for (const tool of (await client.listTools()).tools) {
      const properties = Object.entries(tool.inputSchema.properties ?? {}) as [string, Property][];
      for (const [name, { type, items }] of properties) {
        const list = type === 'array' && items?.type === 'string';
        if (type !== 'string' && !list) continue;
        for (const text of some()) {
          const base = JSON.parse(
            JSON.stringify(needed[tool.name] ?? {}).replaceAll('"ID"', JSON.stringify(documentId)),
          ) as object;
          const args = { ...base, [name]: list ? [text] : text };
          const result = await client.callTool({ name: tool.name, arguments: args });
          asked += 1;
          const said = JSON.stringify(result.content).replaceAll(
            JSON.stringify(text).slice(1, -1),
            '',
          );
          const what = `${tool.name}.${name} = ${JSON.stringify(text).slice(0, 60)}: ${said.slice(0, 300)}`;
          expect(said, what).not.toMatch(inner);
          if (result.isError) expect(said, what).toMatch(/Error (invalid_request|not_found):/);
        }
      }
    }
    expect(asked).toBeGreaterThan(12 * some().length);
    expect(unexpected).toEqual([]);
    await isWhole(client);
  }, 300_000);

  it('also in resources, prompts and completions', async () => {
    const client = await connectHttp(url, era, undefined, bearer(key));
    const ref = { type: 'ref/resource' as const, uri: 'deedbox://documents/{id}' };
    for (const text of [...some(), ...some(), ...some()]) {
      const encoded = encodeURIComponent(Buffer.from(text).toString());
      const answers = await Promise.allSettled([
        client.readResource({ uri: `deedbox://documents/${text}` }),
        client.readResource({ uri: `deedbox://documents/${encoded}/pages/1` }),
        client.readResource({ uri: `deedbox://register/${encoded}` }),
        client.readResource({ uri: text }),
        client.getPrompt({ name: 'review_contract', arguments: { document_id: text } }),
        client.getPrompt({ name: 'nda_check', arguments: { client: text } }),
        client.complete({ ref, argument: { name: 'id', value: text } }),
        client.complete({
          ref: { type: 'ref/prompt', name: 'nda_check' },
          argument: { name: 'client', value: text },
        }),
        client.listResources({ cursor: text }),
      ]);
      const read = answers.slice(0, 4);
      expect(read.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      for (const answer of answers) {
        const said =
          answer.status === 'rejected' ? String(answer.reason) : JSON.stringify(answer.value);
        const what = `${JSON.stringify(text).slice(0, 60)}: ${said.slice(0, 300)}`;
        expect(
          said.replaceAll(text, '').replaceAll(JSON.stringify(text).slice(1, -1), ''),
          what,
        ).not.toMatch(inner);
        expect(said, what).not.toMatch(/unexpected error/i);
      }
    }
    await isWhole(client);
  });
});
