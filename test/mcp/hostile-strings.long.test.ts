import type { Client } from '@modelcontextprotocol/client';
import { pino } from 'pino';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { indexContents } from '../e2e/index-contents.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox } from '../support/cli.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { hostileStrings, internalDetails } from '../support/hostile-strings.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { bearer, send } from '../support/raw-http.ts';
import { PermissionModel } from '../support/permission-model.ts';

const permissionModel = new PermissionModel(9, 3);
/** What the service said on its log of failures that it did not expect. */
const unexpected: string[] = [];
const log = pino({ level: 'error' }, { write: (line) => void unexpected.push(line) });

let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;
let before: unknown;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished, {
    log,
    limits: { requestsPerMinute: 1e6, burst: 1e6 },
  });
  key = service.keys.create({ name: 'admin', role: 'admin' });
  await permissionModel.write(service.reader, 8);
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
function findTextFields(
  schema: Schema,
  path: string,
): { path: string; setValue: (text: string) => unknown }[] {
  const variants = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const found = variants.flatMap((variant) => findTextFields(variant, path));
  const types = [schema.type ?? []].flat();
  if (types.includes('string')) found.push({ path, setValue: (text) => text });
  if (types.includes('array') && schema.items) {
    for (const nestedFields of findTextFields(schema.items, `${path}[]`))
      found.push({ path: nestedFields.path, setValue: (text) => [nestedFields.setValue(text)] });
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    for (const nestedFields of findTextFields(property, path === '' ? name : `${path}.${name}`))
      found.push({
        path: nestedFields.path,
        setValue: (text) => ({ [name]: nestedFields.setValue(text) }),
      });
  }
  return found;
}

interface InjectionPoint {
  label: string;
  submit: (text: string) => Promise<unknown>;
}

/** Arguments without which a tool cannot be called, and ones that every prompt takes. */
function validArguments() {
  const id = permissionModel.contracts[0]!.documentId;
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
async function findInjectionPoints(client: Client): Promise<InjectionPoint[]> {
  const { tools: needed, prompts: given, variables } = validArguments();
  const injectionPoints: InjectionPoint[] = [];
  for (const { name, inputSchema } of (await client.listTools()).tools) {
    for (const { path, setValue } of findTextFields(inputSchema as Schema, '')) {
      injectionPoints.push({
        label: `${name}.${path}`,
        submit: (text) =>
          client.callTool({ name, arguments: { ...needed[name], ...(setValue(text) as object) } }),
      });
    }
  }
  for (const { name, arguments: args = [] } of (await client.listPrompts()).prompts) {
    const others = Object.fromEntries(args.map((entry) => [entry.name, given[entry.name]!]));
    for (const { name: argument } of args) {
      const ref = { type: 'ref/prompt' as const, name };
      injectionPoints.push(
        {
          label: `prompt ${name}.${argument}`,
          submit: (text) => client.getPrompt({ name, arguments: { ...others, [argument]: text } }),
        },
        {
          label: `completion of ${name}.${argument}`,
          submit: (value) => client.complete({ ref, argument: { name: argument, value } }),
        },
      );
    }
  }
  for (const { uriTemplate: uri } of (await client.listResourceTemplates()).resourceTemplates) {
    const ref = { type: 'ref/resource' as const, uri };
    for (const [variable] of uri.matchAll(/(?<=\{)\w+(?=\})/g)) {
      const filled = (text: string) =>
        uri.replaceAll(/\{(\w+)\}/g, (_, entry: string) =>
          entry === variable ? text : variables[entry]!,
        );
      injectionPoints.push(
        {
          label: `${uri} with a raw ${variable}`,
          submit: (text) => client.readResource({ uri: filled(text) }),
        },
        {
          label: `${uri} with ${variable}`,
          submit: (text) =>
            client.readResource({ uri: filled(encodeURIComponent(wellFormed(text))) }),
        },
        {
          label: `completion of ${uri} ${variable}`,
          submit: (value) => client.complete({ ref, argument: { name: variable, value } }),
        },
        {
          label: `completion of ${uri} with another's ${variable}`,
          submit: (text) =>
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
  injectionPoints.push(
    { label: 'a resource', submit: (uri) => client.readResource({ uri }) },
    { label: 'a cursor', submit: (cursor) => client.listResources({ cursor }) },
    { label: 'a tool', submit: (name) => client.callTool({ name }) },
    { label: 'a prompt', submit: (name) => client.getPrompt({ name }) },
    {
      label: 'the prompt of a completion',
      submit: (name) =>
        client.complete({ ref: { ...prompt, name }, argument: { name: argument, value: '' } }),
    },
    {
      label: 'the argument of a completion',
      submit: (name) => client.complete({ ref: prompt, argument: { name, value: '' } }),
    },
  );
  return injectionPoints;
}

/** Halves of characters do not fit into an address. */
const wellFormed = (text: string) => Buffer.from(text).toString();

/** What was said beside the text that was sent, as it is or as JSON has it. */
const withoutInput = (output: string, text: string) =>
  text.trim() === ''
    ? output
    : output
        .replaceAll(text, '')
        .replaceAll(JSON.stringify(text).slice(1, -1), '')
        .replaceAll(JSON.stringify(JSON.stringify(text)).slice(3, -3), '');

async function submitEverywhere(client: Client): Promise<number> {
  const injectionPoints = await findInjectionPoints(client);
  for (const { label, submit } of injectionPoints) {
    for (const text of hostileStrings()) {
      const answer = await submit(text).then(
        (value) => ({ failed: (value as { isError?: boolean }).isError === true, value }),
        (error: unknown) => ({ failed: true, value: error }),
      );
      const { value } = answer;
      const output = withoutInput(
        value instanceof Error ? String(value) : JSON.stringify(value),
        text,
      );
      const where = `${label} = ${JSON.stringify(text).slice(0, 60)}: ${output.slice(0, 400)}`;
      expect(output, where).not.toMatch(internalDetails);
      expect(output, where).not.toMatch(/unexpected error|Error (internal|storage_error)/i);
      if (answer.failed && !(value instanceof Error)) {
        expect(output, where).toMatch(/Error (invalid_request|not_found):|not found/);
      }
    }
  }
  return injectionPoints.length;
}

describe.each(eras)('treats every string of the protocol as data (%s)', (era) => {
  it('over HTTP with a key', async () => {
    const client = await connectHttp(service.url, era, undefined, bearer(key));
    expect(await submitEverywhere(client)).toBeGreaterThan(60);
  }, 600_000);

  it('over stdio', async () => {
    const { client } = await connectStdio(era, { args: ['--data', service.data] });
    expect(await submitEverywhere(client)).toBeGreaterThan(60);
  }, 600_000);
});

it('treats paths and queries over HTTP as data', async () => {
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
      expect(answer.body, path.slice(0, 80)).not.toMatch(internalDetails);
    }
  }
  const dots = await send(`${service.url}/../../etc/passwd`, { headers: bearer(key) });
  expect(dots.status).toBe(404);
});

it('treats arguments of commands as data', async () => {
  const commands = [
    ['search', '--', 'TEXT'],
    ['search', '--documents', '--party=TEXT'],
    ['search', '--documents', '--folder=TEXT'],
    ['search', '--documents', '--law=TEXT'],
    ['search', 'notice', '--as=TEXT'],
    ['clauses', '--', 'TEXT'],
    ['clauses', permissionModel.contracts[0]!.documentId, '--question=TEXT'],
    ['export', '--party=TEXT'],
    ['export', '--folder=TEXT', '--format=csv'],
    ['forget', '--', 'TEXT'],
    ['audit', 'show', '--person=TEXT'],
    ['audit', 'verify', '--noted=TEXT'],
    ['key', 'revoke', '--', 'TEXT'],
  ];
  for (const [at, command] of commands.entries()) {
    // an argument of a process holds no NUL and no half of a character
    const possible = hostileStrings(1).filter(
      (text) => wellFormed(text) === text && !text.includes('\0'),
    );
    // a process each: every command gets other ones
    const strings = possible.filter((_, n) => n % 5 === at % 5);
    for (const text of strings) {
      const args = command.map((part) => part.replace('TEXT', () => text));
      const { code, stdout, stderr } = await deedbox('--data', service.data, ...args);
      const output = withoutInput(stdout + stderr, text).replaceAll(service.data, '');
      const where = `${command.join(' ')} ${JSON.stringify(text).slice(0, 60)}: ${code} ${output.slice(0, 400)}`;
      expect([0, 1, 2], where).toContain(code);
      expect(output, where).not.toMatch(internalDetails);
      expect(output, where).not.toMatch(/unexpected error/i);
    }
  }
}, 900_000);
