import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import type { Line } from '../../src/audit/line.ts';
import type { AuditRecord } from '../../src/audit/record.ts';
import { auditLines, verifyAudit } from '../../src/audit/verify.ts';
import { readConfig } from '../../src/settings/config.ts';
import { openLog } from '../../src/observability/log.ts';
import { openAuditSink } from '../../src/composition/audit.ts';
import type {
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { isLong } from '../support/long.ts';

let data: string;
let audit: string;

beforeAll(async () => {
  data = await sampleWorkspace();
  audit = join(data, 'audit');
}, 120_000);

/** The same contracts, and nothing written down yet. */
function copyWorkspace(): string {
  const folder = join(temporaryFolder(onFileFinished), 'data');
  cpSync(data, folder, { recursive: true, filter: (path) => path !== audit });
  return folder;
}

const secret = 'zanzibar quarterly indemnity';
const lines = () => [...auditLines(audit)] as (Line & AuditRecord)[];

/** Asks each tool, reads resources, gets a prompt; returns what was quoted by contract. */
async function askEverything(client: Client) {
  const call = async <A>(name: string, args: object) =>
    (await client.callTool({ name, arguments: { ...args } })).structuredContent as A;
  const passages = await call<SearchPassagesResponse>('search_passages', {
    query: secret,
    limit: 3,
  });
  const [first] = passages.passages;
  const id = first!.document_id;
  const clauses = await call<ExtractClausesResponse>('extract_clauses', { document_ids: [id] });
  const document = await call<GetDocumentResponse>('get_document', { document_id: id, page_to: 1 });
  const page = await client.readResource({ uri: `deedbox://documents/${id}/pages/1` });
  await client.listResources();
  await client.getPrompt({ name: 'nda_check', arguments: { client: secret } });
  await client.callTool({ name: 'get_document', arguments: { document_id: 'nosuch' } });
  await client.readResource({ uri: 'deedbox://documents/nosuch' }).catch(() => {});
  return { id, passages, clauses, document, page };
}

function checkLines(
  written: (Line & AuditRecord)[],
  responses: Awaited<ReturnType<typeof askEverything>>,
) {
  const { id, passages, clauses, document } = responses;
  expect(written.map(({ event, name, outcome }) => `${event} ${name} ${outcome}`)).toEqual([
    'tool search_passages ok',
    'tool extract_clauses ok',
    'tool get_document ok',
    `resource deedbox://documents/${id}/pages/1 ok`,
    'resource_list resources/list ok',
    'prompt nda_check ok',
    'tool get_document not_found',
    'resource deedbox://documents/nosuch not_found',
  ]);
  const [searched, extracted, read, page, list] = written;
  const spans = (line: AuditRecord | undefined) =>
    line!.disclosed.flatMap(({ document_id, spans: found }) =>
      found.map(({ char_start, char_end }) => `${document_id} ${char_start}-${char_end}`),
    );
  const spanKeys = (document_id: string, found: { char_start: number; char_end: number }[]) =>
    found.map(({ char_start, char_end }) => `${document_id} ${char_start}-${char_end}`);
  const uniqueSorted = (all: string[]) => [...new Set(all)].sort();
  expect(uniqueSorted(spans(searched))).toEqual(
    uniqueSorted(passages.passages.flatMap((item) => spanKeys(item.document_id, [item]))),
  );
  expect(uniqueSorted(spans(extracted))).toEqual(
    uniqueSorted(
      clauses.documents.flatMap((item) => [
        ...spanKeys(item.document_id, item.clauses),
        ...spanKeys(
          item.document_id,
          (item.absences ?? []).flatMap(({ nearest }) => nearest ?? []),
        ),
      ]),
    ),
  );
  const cited = document.facts.flatMap(({ citations }) => citations);
  expect(uniqueSorted(spans(read))).toEqual(
    uniqueSorted(spanKeys(id, [...cited, ...document.pages])),
  );
  expect(spans(page)).toEqual(spanKeys(id, [document.pages[0]!]));
  expect(list!.disclosed.length).toBeGreaterThan(3);
  const text = JSON.stringify(written);
  expect(text).not.toContain('zanzibar');
  expect(text).not.toContain(document.pages[0]!.text.slice(0, 40));
  expect(text).not.toContain(passages.passages[0]!.text.slice(0, 30));
}

describe.each(eras)('disclosures are audited (%s)', (era) => {
  it('over stdio, with the user of this machine', async () => {
    const before = lines().length;
    const { client } = await connectStdio(era, { args: ['--data', data] });
    const responses = await askEverything(client);
    const written = lines().slice(before);
    checkLines(written, responses);
    for (const { who, from } of written) {
      expect(who).toMatchObject({ by: 'none', name: 'unrestricted' });
      expect(who.os_user).toBeTruthy();
      expect(from).toEqual({ transport: 'stdio' });
    }
    expect(verifyAudit(audit).problem).toBeUndefined();
  });
});

it('audits a contract that only a note names', async () => {
  const { client } = await connectStdio('2026-07-28', { args: ['--data', data] });
  const find = async (args: object) => {
    const answer = await client.callTool({ name: 'search_documents', arguments: { ...args } });
    return (answer.structuredContent as SearchDocumentsResponse).documents.map(
      ({ document_id: id }) => id,
    );
  };
  const [amendment] = await find({
    query: 'Amendment No. 1 Dovrane',
    document_types: ['amendment'],
  });
  const [contract] = await find({ query: 'master services agreement Dovrane' });
  const request = { document_ids: [contract], clause_types: ['governing_law'] };
  const answer = await client.callTool({ name: 'extract_clauses', arguments: request });
  expect(JSON.stringify(answer.structuredContent)).toContain(`[${amendment}]`);
  const { disclosed } = lines().at(-1)!;
  expect(disclosed.map(({ document_id: id }) => id)).toEqual([contract, amendment]);
  expect(disclosed[1]!.spans).toEqual([]);
});

it('over HTTP with the key, the address and the session', async () => {
  const folder = copyWorkspace();
  const keys = new KeyStore(folder);
  const key = keys.create({ name: 'ann-laptop', role: 'reader' });
  keys.close();
  const opened = openAuditSink(
    readConfig({ DEEDBOX_DATA: folder, DEEDBOX_AUDIT: 'required' }),
    openLog({ level: 'silent' }),
  );
  onTestFinished(() => opened.close());
  const { url } = await serveWorkspace(folder, { auditSink: opened.auditSink });
  const headers = { authorization: `Bearer ${key}` };
  const written = () => [...auditLines(join(folder, 'audit'))] as (Line & AuditRecord)[];
  for (const era of eras) {
    const before = written().length;
    const responses = await askEverything(await connectHttp(url, era, undefined, headers));
    const own = written().slice(before);
    checkLines(own, responses);
    for (const { who, from } of own) {
      expect(who).toMatchObject({ by: 'key', name: 'ann-laptop' });
      expect(from).toMatchObject({ transport: 'http', address: '127.0.0.1' });
      expect(from.session !== undefined).toBe(era === '2025-11-25');
    }
    expect(JSON.stringify(own)).not.toContain(key.slice(0, 12));
  }
  const showResult = await deedbox('--data', folder, 'audit', 'show', '--person', 'ann-laptop');
  expect(showResult.stdout.trim().split('\n')).toHaveLength(written().length);
  expect((await deedbox('--data', folder, 'audit', 'show', '--person', 'bob')).stdout).toBe('');
  const whole = await deedbox('--data', folder, 'audit', 'verify');
  expect(whole).toMatchObject({ code: 0 });
  expect(whole.stdout).toContain(`The audit log is complete: ${written().length} lines`);
  const noted = /note outside this machine: (\S+)/.exec(whole.stdout)![1]!;
  expect((await deedbox('--data', folder, 'audit', 'verify', '--noted', noted)).code).toBe(0);

  const [file] = readdirSync(join(folder, 'audit')).filter((name) => name.endsWith('.jsonl'));
  const path = join(folder, 'audit', file!);
  writeFileSync(path, readFileSync(path, 'utf8').split('\n').toSpliced(4, 1).join('\n'));
  const verifyResult = await deedbox('--data', folder, 'audit', 'verify');
  expect(verifyResult).toMatchObject({ code: 1 });
  expect(verifyResult.stdout).toContain(`Line 5 (${file}, line 5)`);
}, 120_000);

describe('a log that cannot be written', () => {
  /** A data folder whose audit folder is a file. */
  function blocked() {
    const folder = copyWorkspace();
    writeFileSync(join(folder, 'audit'), '');
    return folder;
  }

  it('withholds every answer where it is required, until it can be written again', async () => {
    const folder = blocked();
    const { client } = await connectStdio('2025-11-25', {
      args: ['--data', folder],
      env: { DEEDBOX_AUDIT: 'required' },
    });
    const ask = () => client.callTool({ name: 'search_documents', arguments: {} });
    const refused = await ask();
    expect(refused.isError).toBe(true);
    expect(refused.structuredContent).toBeUndefined();
    expect(JSON.stringify(refused)).toContain('storage_error');
    await expect(client.readResource({ uri: 'deedbox://register' })).rejects.toThrow();
    await expect(client.listResources()).rejects.toThrow();
    rmSync(join(folder, 'audit'));
    expect((await ask()).isError).toBeFalsy();
  });

  it('withholds every answer to a caller with a key by default', async () => {
    const folder = blocked();
    const keys = new KeyStore(folder);
    const key = keys.create({ name: 'ann-laptop', role: 'reader' });
    keys.close();
    const config = readConfig({ DEEDBOX_DATA: folder });
    const opened = openAuditSink(config, openLog({ level: 'silent' }));
    onTestFinished(() => opened.close());
    const { url } = await serveWorkspace(folder, { auditSink: opened.auditSink });
    const client = await connectHttp(url, '2026-07-28', undefined, {
      authorization: `Bearer ${key}`,
    });
    const refused = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(refused).toMatchObject({ isError: true });
    expect(JSON.stringify(refused)).toContain(
      'The answer is withheld, because it cannot be recorded',
    );
    rmSync(join(folder, 'audit'));
    const answer = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(answer.isError).toBeFalsy();
  });

  it('does not hold up answers where it is not required', async () => {
    const { client } = await connectStdio('2025-11-25', { args: ['--data', blocked()] });
    const answer = await client.callTool({ name: 'search_documents', arguments: {} });
    expect(answer.isError).toBeFalsy();
  });

  it.runIf(isLong)(
    'is not written where it is off, and contains arguments where configured',
    async () => {
      const folder = copyWorkspace();
      const ask = async (env: Record<string, string>) => {
        const { client } = await connectStdio('2026-07-28', { args: ['--data', folder], env });
        await client.callTool({ name: 'search_passages', arguments: { query: secret } });
      };
      await ask({ DEEDBOX_AUDIT: 'off' });
      expect([...auditLines(join(folder, 'audit'))]).toEqual([]);
      await ask({ DEEDBOX_AUDIT_QUERIES: 'true' });
      const [line] = [...auditLines(join(folder, 'audit'))] as (Line & AuditRecord)[];
      expect(line!.arguments).toMatchObject({ query: secret });
    },
  );
});
