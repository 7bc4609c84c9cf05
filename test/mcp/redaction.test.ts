import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { findLabelSpans, readLabels, withoutBraces } from '../../bench/redaction-labels.ts';
import { suggestedQuestions } from '../../src/commands/welcome.ts';
import type {
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox } from '../support/cli.ts';
import { connectHttp, connectStdio, type Era } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { isLong } from '../support/long.ts';

type Passage = SearchPassagesResponse['passages'][number];

const labels = Object.values(readLabels());
const names = [...new Set(labels.flatMap((label) => label.names))];
const amounts = [...new Set(labels.flatMap((label) => label.amounts))];
/** The last word of a name, or an address as a whole. */
const distinctiveNamePart = (name: string) => name.split(' ').at(-1)!.toLowerCase();

let data: string;
beforeAll(async () => {
  data = await sampleWorkspace();
}, 120_000);

/** A client of a service over the samples with these settings. */
async function clientOf(settings: Record<string, string>, era: Era = '2025-11-25') {
  const options = { settings, suggestQuestions: suggestedQuestions, syncTimeoutMs: 20 };
  const { url } = await serveWorkspace(data, { ...options, today: () => '2026-06-15' });
  return { url, client: await connectHttp(url, era, onFileFinished) };
}

async function call<A>(
  client: Client,
  name: string,
  args: object,
): Promise<{ raw: string; answer: A }> {
  const result = await client.callTool({ name, arguments: args as Record<string, unknown> });
  if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
  return { raw: JSON.stringify(result), answer: result.structuredContent as A };
}

/** Types of clause that name parties or sums. */
const sensitiveClauseTypes = [
  'document_name',
  'parties',
  'cap_on_liability',
  'minimum_commitment',
  'insurance',
];
const sampleQueries = [
  'who signs, and in which office',
  'salary, fees, prices and rent',
  'key personnel and project manager',
  'limit of liability and insurance',
  'notices by email',
];

/** The text of every page of a contract, by as many answers as it takes. */
async function readAllPages(client: Client, id: string): Promise<string[]> {
  const raws: string[] = [];
  let next: { page_from?: number; page_offset?: number } = {};
  for (;;) {
    const { raw, answer } = await call<GetDocumentResponse & { next_page_offset?: number }>(
      client,
      'get_document',
      { document_id: id, ...next },
    );
    raws.push(raw);
    if (answer.next_page === undefined) return raws;
    next = { page_from: answer.next_page, page_offset: answer.next_page_offset };
  }
}

/** Everything that a client can read of the samples, raw: each tool, resource, prompt, completion and page. */
async function collectAllOutputs({
  client,
  url,
}: {
  client: Client;
  url: string;
}): Promise<string[]> {
  const outputs: string[] = [];
  const collect = async (answer: Promise<unknown>) => outputs.push(JSON.stringify(await answer));
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = { limit: 50, ...(cursor !== undefined && { cursor }) };
    const { raw, answer } = await call<SearchDocumentsResponse>(client, 'search_documents', page);
    outputs.push(raw);
    ids.push(...answer.documents.map((document) => document.document_id));
    cursor = answer.next_cursor;
  } while (cursor !== undefined);
  for (const query of sampleQueries) {
    outputs.push((await call(client, 'search_documents', { query, limit: 50 })).raw);
    outputs.push((await call(client, 'search_passages', { query, limit: 50 })).raw);
  }
  const lacking = { lacks_clauses: ['non_compete', 'liquidated_damages'], limit: 50 };
  outputs.push((await call(client, 'search_documents', lacking)).raw);
  for (const [at, id] of ids.entries()) {
    const some = { document_ids: [id], clause_types: sensitiveClauseTypes, min_confidence: 0.02 };
    outputs.push((await call(client, 'extract_clauses', some)).raw);
    outputs.push(...(await readAllPages(client, id)));
    const address = `deedbox://documents/${id}`;
    await collect(client.readResource({ uri: address }));
    if (at % 4 > 0) continue;
    await collect(client.readResource({ uri: `${address}/clauses` }));
    await collect(client.readResource({ uri: `${address}/pages/1` }));
    const question = 'Who signed, and what is to be paid?';
    outputs.push((await call(client, 'extract_clauses', { document_ids: [id], question })).raw);
  }
  await collect(client.readResource({ uri: 'deedbox://register' }));
  await collect(client.listResources());
  outputs.push((await call(client, 'sync_documents', {})).raw);
  outputs.push((await call(client, 'get_sync_status', {})).raw);
  const prompts: Record<string, Record<string, string>> = {
    nda_check: { client: 'Dovrane' },
    expiring_contracts: { days: '900' },
    review_contract: { document_id: ids[0]! },
    compare_clause: { clause_type: 'cap_on_liability', document_ids: ids.slice(0, 3).join() },
  };
  for (const [name, args] of Object.entries(prompts)) {
    await collect(client.getPrompt({ name, arguments: args }));
  }
  for (const value of ['', 'Leo', 'Mire', 'Corvane']) {
    const ref = { type: 'ref/prompt', name: 'nda_check' } as const;
    await collect(client.complete({ ref, argument: { name: 'client', value } }));
    const document = { type: 'ref/prompt', name: 'review_contract' } as const;
    await collect(client.complete({ ref: document, argument: { name: 'document_id', value } }));
  }
  for (const path of ['/', '/health']) outputs.push(await (await fetch(url + path)).text());
  return outputs;
}

const namesIn = (raw: string) => {
  const text = raw.toLowerCase();
  return names.filter((name) => text.includes(distinctiveNamePart(name)));
};
const amountsIn = (raw: string) => {
  const text = raw.replaceAll(/\\[nrt]|[|>]|\s/g, ' ').replaceAll(/\s+/g, ' ');
  return amounts.filter((label) => findLabelSpans(text, [label]).length > 0).map(withoutBraces);
};

describe('everything that a client can read of the samples', () => {
  let unredactedOutputs: string[];
  let redactedOutputs: string[];
  let onlyNames: string[];
  beforeAll(async () => {
    unredactedOutputs = await collectAllOutputs(await clientOf({}));
    redactedOutputs = await collectAllOutputs(
      await clientOf({ DEEDBOX_REDACT: 'amounts, names' }, '2026-07-28'),
    );
    if (isLong) onlyNames = await collectAllOutputs(await clientOf({ DEEDBOX_REDACT: 'names' }));
  }, 120_000);

  it('holds all their names and amounts where nothing is hidden', () => {
    const foundNames = new Set(unredactedOutputs.flatMap(namesIn));
    expect(names.filter((name) => !foundNames.has(name))).toEqual([]);
    const amountsByLabel = new Set(unredactedOutputs.flatMap(amountsIn));
    expect(amounts.map(withoutBraces).filter((sum) => !amountsByLabel.has(sum))).toEqual([]);
    expect(unredactedOutputs.join('')).not.toContain('█');
  });

  it('holds none of them where both are hidden', () => {
    expect(redactedOutputs).toHaveLength(unredactedOutputs.length);
    expect([...new Set(redactedOutputs.flatMap(namesIn))]).toEqual([]);
    expect([...new Set(redactedOutputs.flatMap(amountsIn))]).toEqual([]);
  });

  it.runIf(isLong)('holds the amounts, and no names, where names alone are hidden', () => {
    expect([...new Set(onlyNames.flatMap(namesIn))]).toEqual([]);
    const amountsByLabel = new Set(onlyNames.flatMap(amountsIn));
    expect(amounts.map(withoutBraces).filter((sum) => !amountsByLabel.has(sum))).toEqual([]);
  });

  it('says so wherever a contract is quoted', () => {
    for (const raw of redactedOutputs) {
      if (raw.includes('█')) expect(raw).toMatch(/This service hides|"resources":\[/);
    }
    expect(redactedOutputs.filter((raw) => raw.includes('█')).length).toBeGreaterThan(80);
  });
});

describe('what is hidden', () => {
  it('moves no offset and no page: a quotation is the same slice of the masked text', async () => {
    const [{ client: unredacted }, { client: redacted }] = await Promise.all([
      clientOf({}),
      clientOf({ DEEDBOX_REDACT: 'names,amounts' }),
    ]);
    // Few enough that the answer is not shortened: what is masked takes more bytes.
    const args = { query: 'salary, fees, prices and rent', limit: 30 };
    const whole = (await call<SearchPassagesResponse>(unredacted, 'search_passages', args)).answer
      .passages;
    const masked = (await call<SearchPassagesResponse>(redacted, 'search_passages', args)).answer
      .passages;
    expect(masked).toHaveLength(whole.length);
    const position = ({
      document_id: id,
      char_start,
      char_end,
      page_start,
      page_end,
      score,
    }: Passage) => ({ id, char_start, char_end, page_start, page_end, score });
    for (const [at, passage] of masked.entries()) {
      const { text } = passage;
      const { text: plain } = whole[at]!;
      expect(position(passage)).toEqual(position(whole[at]!));
      expect(text).toHaveLength(plain.length);
      expect(text.split('').every((unit, i) => unit === plain[i] || unit === '█')).toBe(true);
    }
    expect(masked.some(({ text }) => text.includes('█'))).toBe(true);
  });

  it('can still be found by a query for it', async () => {
    const { client } = await clientOf({ DEEDBOX_REDACT: 'names,amounts' });
    const { answer } = await call<SearchDocumentsResponse>(client, 'search_documents', {
      party: 'Leopold Aschgrave',
    });
    expect(answer.documents).toHaveLength(1);
    expect(answer.documents[0]!.file_name).toMatch(/^Consulting Agreement - █{7} █{9}\.txt$/);
    expect(answer.documents[0]!.parties.map(({ name }) => name)).toEqual([
      'Corvane Instruments, Inc.',
      '███████ █████████',
    ]);
    expect(answer.documents[0]!.web_url).toBeUndefined();
  });

  it.runIf(isLong)('is hidden on stdio and in what the commands print', async () => {
    const settings = { DEEDBOX_REDACT: 'amounts,names', DEEDBOX_DATA: data };
    const { client } = await connectStdio('2025-11-25', { env: settings });
    const { raw } = await call(client, 'search_passages', { query: 'salary of the employee' });
    expect([...namesIn(raw), ...amountsIn(raw)]).toEqual([]);
    expect(client.getInstructions()).toMatch(/This service hides sums of money/);
    vi.stubEnv('DEEDBOX_REDACT', 'amounts,names');
    try {
      const commandResults = await Promise.all([
        deedbox('--data', data, 'export', '--format', 'jsonl'),
        deedbox('--data', data, 'export', '--format', 'csv'),
        deedbox('--data', data, 'search', 'salary and fees'),
      ]);
      for (const { code, stdout } of commandResults) {
        expect(code).toBe(0);
        expect([...namesIn(stdout), ...amountsIn(stdout)]).toEqual([]);
        expect(stdout).toContain('█');
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('must be a kind that there is', async () => {
    vi.stubEnv('DEEDBOX_REDACT', 'amounts,adresses');
    try {
      const { code, stderr } = await deedbox('--data', data, 'export');
      expect(code).toBe(2);
      expect(stderr).toMatch(/DEEDBOX_REDACT.*may name amounts and names/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

it('a file that could not be read is not named where something is hidden', async () => {
  const { services, url } = await serveWorkspace(data, {});
  const { store } = services;
  const sync = { syncId: 'sync-99', sources: ['folder:/x'], kind: 'incremental' as const };
  await store.putSync({ ...sync, state: 'reading', createdAt: new Date().toISOString() });
  const [document] = await services.scopedIndex.filesByName([
    'Consulting Agreement - Leopold Aschgrave.txt',
  ]);
  const failed = { state: 'failed', outcome: 'failed', reason: 'encrypted' } as const;
  const { documentId: _, ...record } = document!;
  const failedFile = {
    fileId: 'lost',
    fileName: 'Offer to Leopold Aschgrave.pdf',
    syncId: 'sync-99',
  };
  await store.recordFiles([{ ...record, ...failedFile, ...failed }]);
  const open = await connectHttp(url, '2025-11-25', onFileFinished);
  expect((await call(open, 'get_sync_status', {})).raw).toContain('Offer to Leopold Aschgrave.pdf');
  const { client } = await clientOf({ DEEDBOX_REDACT: 'amounts' });
  const { raw } = await call(client, 'get_sync_status', {});
  expect(raw).not.toMatch(/aschgrave/i);
  expect(raw).toContain('The names of failed files are not shown');
});

describe('a limit on what one answer discloses', () => {
  const documentsOf = (raw: string) => new Set(raw.match(/document_id\\?":\\?"[\w-]+/g));

  it.each([1, 3])(
    'of %i contracts holds in every tool and page, and all can be read',
    async (maxDocuments) => {
      const { client } = await clientOf({ DEEDBOX_ANSWER_DOCUMENTS: String(maxDocuments) });
      const note = expect.stringContaining(`discloses ${maxDocuments} contract`) as string;
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const { raw, answer } = await call<SearchDocumentsResponse>(client, 'search_documents', {
          limit: 50,
          ...(cursor !== undefined && { cursor }),
        });
        expect(documentsOf(raw).size).toBeLessThanOrEqual(maxDocuments);
        if (answer.next_cursor !== undefined) expect(answer.notes).toContainEqual(note);
        ids.push(...answer.documents.map((document) => document.document_id));
        cursor = answer.next_cursor;
      } while (cursor !== undefined);
      expect(new Set(ids).size).toBe(17);
      expect(ids).toHaveLength(17);

      const passages = await call<SearchPassagesResponse>(client, 'search_passages', {
        query: 'termination',
        limit: 50,
      });
      expect(documentsOf(passages.raw).size).toBeLessThanOrEqual(maxDocuments);
      expect(passages.answer.notes).toContainEqual(note);
      expect(passages.answer.next_cursor).toBeDefined();

      const clauses = await call<ExtractClausesResponse>(client, 'extract_clauses', {
        document_ids: ids.slice(0, 5),
        clause_types: ['governing_law'],
      });
      expect(clauses.answer.documents.map((document) => document.document_id)).toEqual(
        ids.slice(0, maxDocuments),
      );
      expect(clauses.answer.notes).toContainEqual(
        expect.stringContaining(JSON.stringify(ids.slice(maxDocuments, 5))),
      );

      const { resources } = await client.listResources({ cursor: undefined });
      expect(new Set(resources.map(({ uri }) => uri)).size).toBe(17 + 2);
      const { contents } = await client.readResource({ uri: 'deedbox://register' });
      expect((contents[0] as { text: string }).text.match(/^\| (?!Title|---)/gm)).toHaveLength(
        maxDocuments,
      );
      const { messages } = await client.getPrompt({
        name: 'expiring_contracts',
        arguments: { days: '30' },
      });
      expect(JSON.stringify(messages)).toContain(`(${maxDocuments} documents a call)`);
      const { tools } = await client.listTools();
      const search = tools.find(({ name }) => name === 'search_documents')!;
      expect(search.inputSchema.properties!['limit']).toMatchObject({
        maximum: maxDocuments,
        default: maxDocuments,
      });
    },
  );

  it('of characters holds in every tool and resource, and all can be read', async () => {
    const maxDocuments = 20_000;
    const outputs = await collectAllOutputs(
      await clientOf({ DEEDBOX_ANSWER_CHARACTERS: String(maxDocuments) }),
    );
    for (const raw of outputs) {
      // what the protocol wraps around a text of that length
      expect(raw.length).toBeLessThan(maxDocuments * 1.2);
    }
    const foundNames = new Set(outputs.flatMap(amountsIn));
    expect(amounts.map(withoutBraces).filter((sum) => !foundNames.has(sum))).toEqual([]);
    expect(
      outputs.filter((raw) => raw.includes('returns 20000 characters at most')).length,
    ).toBeGreaterThan(5);
    expect(outputs.join('')).not.toContain('█');
  }, 60_000);

  it('and redaction work together', async () => {
    const settings = { DEEDBOX_ANSWER_DOCUMENTS: '2', DEEDBOX_REDACT: 'amounts' };
    const { client } = await clientOf(settings);
    const { raw, answer } = await call<SearchDocumentsResponse>(client, 'search_documents', {
      query: 'fees and prices',
    });
    expect(answer.documents).toHaveLength(2);
    expect(amountsIn(raw)).toEqual([]);
    expect(answer.notes!.join(' ')).toMatch(/This service hides.*discloses 2 contracts at most/);
  });
});
