import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { indexContents } from '../e2e/index-contents.ts';
import { deedbox } from '../support/cli.ts';
import { guardedService } from '../support/guarded-service.ts';
import { hostileStrings, inner } from '../support/hostile-strings.ts';
import { isLong } from '../support/long.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { bearer, send } from '../support/raw-http.ts';
import { Office } from '../support/shared-office.ts';

const office = new Office(9, 3);
const cleanUps: (() => Promise<void>)[] = [];
const later = (close: () => Promise<void>) => void cleanUps.unshift(close);
afterAll(async () => {
  for (const close of cleanUps) await close();
});

/** What the service said on its log of failures that it did not expect. */
const unexpected: string[] = [];
const log = pino({ level: 'error' }, { write: (line) => void unexpected.push(line) });

let service: Awaited<ReturnType<typeof guardedService>>;
let key: string;
let before: unknown;

beforeAll(async () => {
  service = await guardedService(later, { log, limits: { requestsPerMinute: 1e6, burst: 1e6 } });
  key = service.keys.create({ name: 'admin', role: 'admin' });
  await office.write(service.reader, 8);
  before = indexContents(service.data);
}, 60_000);

beforeEach(() => void (unexpected.length = 0));
afterEach(async () => {
  expect(unexpected).toEqual([]);
  expect(await service.reader.store.verify()).toEqual([]);
  expect(indexContents(service.data)).toEqual(before);
});

interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/** The ways that lead to a text in what a schema describes, each as what puts a text there. */
function texts(schema: Schema, path: string): { path: string; put: (text: string) => unknown }[] {
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const found = variants.flatMap((variant) => texts(variant, path));
  const types = [schema.type ?? []].flat();
  if (types.includes('string')) found.push({ path, put: (text) => text });
  if (types.includes('array') && schema.items) {
    for (const inside of texts(schema.items, `${path}[]`))
      found.push({ path: inside.path, put: (text) => [inside.put(text)] });
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    for (const inside of texts(property, path === '' ? name : `${path}.${name}`))
      found.push({ path: inside.path, put: (text) => ({ [name]: inside.put(text) }) });
  }
  return found;
}

interface Place {
  what: string;
  ask: (text: string) => Promise<unknown>;
}

/** Arguments without which a tool cannot be called, and ones that every prompt takes. */
function valid() {
  const id = office.papers[0]!.documentId;
  return {
    tools: {
      search_passages: { query: 'notice' },
      extract_clauses: { document_ids: [id] },
      get_document: { document_id: id },
    } as Record<string, object>,
    prompts: {
      client: 'Acme',
      days: '30',
      document_id: id,
      clause_type: 'governing_law',
      document_ids: id,
    } as Record<string, string>,
    variables: { id, page: '1' } as Record<string, string>,
  };
}

/** Every place of the protocol that takes a text, found out from what the server says of itself. */
async function placesOf(client: Client): Promise<Place[]> {
  const { tools: needed, prompts: given, variables } = valid();
  const places: Place[] = [];
  for (const { name, inputSchema } of (await client.listTools()).tools) {
    for (const { path, put } of texts(inputSchema as Schema, '')) {
      places.push({
        what: `${name}.${path}`,
        ask: (text) =>
          client.callTool({ name, arguments: { ...needed[name], ...(put(text) as object) } }),
      });
    }
  }
  for (const { name, arguments: args = [] } of (await client.listPrompts()).prompts) {
    const others = Object.fromEntries(args.map((one) => [one.name, given[one.name]!]));
    for (const { name: argument } of args) {
      const ref = { type: 'ref/prompt' as const, name };
      places.push(
        {
          what: `prompt ${name}.${argument}`,
          ask: (text) => client.getPrompt({ name, arguments: { ...others, [argument]: text } }),
        },
        {
          what: `completion of ${name}.${argument}`,
          ask: (value) => client.complete({ ref, argument: { name: argument, value } }),
        },
      );
    }
  }
  for (const { uriTemplate: uri } of (await client.listResourceTemplates()).resourceTemplates) {
    const ref = { type: 'ref/resource' as const, uri };
    for (const [variable] of uri.matchAll(/(?<=\{)\w+(?=\})/g)) {
      const filled = (text: string) =>
        uri.replaceAll(/\{(\w+)\}/g, (_, one: string) =>
          one === variable ? text : variables[one]!,
        );
      places.push(
        {
          what: `${uri} with a raw ${variable}`,
          ask: (text) => client.readResource({ uri: filled(text) }),
        },
        {
          what: `${uri} with ${variable}`,
          ask: (text) => client.readResource({ uri: filled(encodeURIComponent(wellFormed(text))) }),
        },
        {
          what: `completion of ${uri} ${variable}`,
          ask: (value) => client.complete({ ref, argument: { name: variable, value } }),
        },
        {
          what: `completion of ${uri} with another's ${variable}`,
          ask: (text) =>
            client.complete({
              ref,
              argument: { name: 'page', value: '' },
              context: { arguments: { [variable]: text } },
            }),
        },
      );
    }
  }
  const [prompt, argument] = [{ type: 'ref/prompt' as const, name: 'nda_check' }, 'client'];
  places.push(
    { what: 'a resource', ask: (uri) => client.readResource({ uri }) },
    { what: 'a cursor', ask: (cursor) => client.listResources({ cursor }) },
    { what: 'a tool', ask: (name) => client.callTool({ name }) },
    { what: 'a prompt', ask: (name) => client.getPrompt({ name }) },
    {
      what: 'the prompt of a completion',
      ask: (name) =>
        client.complete({ ref: { ...prompt, name }, argument: { name: argument, value: '' } }),
    },
    {
      what: 'the argument of a completion',
      ask: (name) => client.complete({ ref: prompt, argument: { name, value: '' } }),
    },
  );
  return places;
}

/** Halves of characters do not fit into an address. */
const wellFormed = (text: string) => Buffer.from(text).toString();

/** What was said beside the text that was sent, as it is or as JSON has it. */
const without = (said: string, text: string) =>
  text.trim() === ''
    ? said
    : said
        .replaceAll(text, '')
        .replaceAll(JSON.stringify(text).slice(1, -1), '')
        .replaceAll(JSON.stringify(JSON.stringify(text)).slice(3, -3), '');

async function askEverywhere(client: Client): Promise<number> {
  const places = await placesOf(client);
  for (const { what, ask } of places) {
    for (const text of hostileStrings()) {
      const answer = await ask(text).then(
        (value) => ({ failed: (value as { isError?: boolean }).isError === true, value }),
        (error: unknown) => ({ failed: true, value: error }),
      );
      const { value } = answer;
      const said = without(value instanceof Error ? String(value) : JSON.stringify(value), text);
      const where = `${what} = ${JSON.stringify(text).slice(0, 60)}: ${said.slice(0, 400)}`;
      expect(said, where).not.toMatch(inner);
      expect(said, where).not.toMatch(/unexpected error|Error (internal|storage_error)/i);
      if (answer.failed && !(value instanceof Error)) {
        expect(said, where).toMatch(/Error (invalid_request|not_found):|not found/);
      }
    }
  }
  return places.length;
}

describe.each(eras)('every text that the protocol takes is a text and nothing else (%s)', (era) => {
  it('over HTTP with a key', async () => {
    const client = await connectHttp(service.url, era, undefined, bearer(key));
    expect(await askEverywhere(client)).toBeGreaterThan(60);
  }, 600_000);

  it('over stdio', async () => {
    const { client } = await connectStdio(era, { args: ['--data', service.data] });
    expect(await askEverywhere(client)).toBeGreaterThan(60);
  }, 600_000);
});

it('so is a path or a query over HTTP', async () => {
  for (const text of hostileStrings(12)) {
    const encoded = encodeURIComponent(wellFormed(text)).slice(0, 4000);
    for (const path of [
      `/${encoded}`,
      `/mcp/${encoded}`,
      `/?q=${encoded}`,
      `/health?x=${encoded}`,
    ]) {
      const answer = await send(service.url + path, { headers: bearer(key) });
      expect([200, 400, 404, 405], `${path.slice(0, 80)}: ${answer.status}`).toContain(
        answer.status,
      );
      expect(answer.body, path.slice(0, 80)).not.toMatch(inner);
    }
  }
  const dots = await send(`${service.url}/../../etc/passwd`, { headers: bearer(key) });
  expect(dots.status).toBe(404);
});

it('and what a command is given', async () => {
  const commands = [
    ['search', '--', 'TEXT'],
    ['search', '--documents', '--party=TEXT'],
    ['search', '--documents', '--folder=TEXT'],
    ['search', '--documents', '--law=TEXT'],
    ['search', 'notice', '--as=TEXT'],
    ['clauses', '--', 'TEXT'],
    ['clauses', office.papers[0]!.documentId, '--question=TEXT'],
    ['export', '--party=TEXT'],
    ['export', '--folder=TEXT', '--format=csv'],
    ['forget', '--', 'TEXT'],
    ['audit', 'show', '--person=TEXT'],
    ['audit', 'verify', '--noted=TEXT'],
    ['key', 'revoke', '--', 'TEXT'],
  ];
  for (const [at, command] of (isLong ? commands : commands.slice(0, 3)).entries()) {
    // an argument of a process holds no NUL and no half of a character
    const possible = hostileStrings(1).filter(
      (text) => wellFormed(text) === text && !text.includes('\0'),
    );
    // a process each: every command gets other ones
    const strings = isLong ? possible.filter((_, n) => n % 5 === at % 5) : possible;
    for (const text of strings) {
      const args = command.map((part) => part.replace('TEXT', () => text));
      const { code, stdout, stderr } = await deedbox('--data', service.data, ...args);
      const said = without(stdout + stderr, text).replaceAll(service.data, '');
      const where = `${command.join(' ')} ${JSON.stringify(text).slice(0, 60)}: ${code} ${said.slice(0, 400)}`;
      expect([0, 1, 2], where).toContain(code);
      expect(said, where).not.toMatch(inner);
      expect(said, where).not.toMatch(/unexpected error/i);
    }
  }
}, 900_000);
