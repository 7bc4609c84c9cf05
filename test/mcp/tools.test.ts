import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { defaultDisclosure } from '../../src/settings/disclosure.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

let url: string;
let services: Awaited<ReturnType<typeof serveWorkspace>>['services'];

beforeAll(async () => {
  ({ url, services } = await serveWorkspace(await sampleWorkspace()));
}, 120_000);

function textOf(result: CallToolResult): string {
  return result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

async function ask<T>(client: Client, name: string, args: Record<string, unknown> = {}) {
  const result = await client.callTool({ name, arguments: args });
  expect(textOf(result)).not.toContain('Error');
  expect(result.isError).toBeFalsy();
  expect(JSON.stringify(result).length).toBeLessThan(defaultDisclosure.maxCharacters);
  return { answer: result.structuredContent as T, text: textOf(result) };
}

async function failure(client: Client, name: string, args: Record<string, unknown>) {
  const result = await client.callTool({ name, arguments: args });
  expect(result.isError).toBe(true);
  expect(result.structuredContent).toBeUndefined();
  return textOf(result);
}

describe.each(eras)('tools over %s', (era) => {
  it('are listed with title, hints and both schemas, in few characters', async () => {
    const client = await connectHttp(url, era);
    const list = await client.listTools();
    expect(list.tools.map((tool) => tool.name)).toEqual([
      'search_documents',
      'search_passages',
      'extract_clauses',
      'get_document',
      'sync_documents',
      'get_sync_status',
    ]);
    for (const tool of list.tools) {
      expect(tool.title).toBeTruthy();
      expect(tool.description!.length).toBeGreaterThan(100);
      expect(tool.annotations?.readOnlyHint).toBe(tool.name !== 'sync_documents');
      expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(tool.outputSchema).toMatchObject({ type: 'object' });
    }
    expect(JSON.stringify(list).length).toBeLessThan(25_000);
  });

  it('search_documents finds by party and type, with parties, dates and quotations', async () => {
    const client = await connectHttp(url, era);
    const { answer, text } = await ask<SearchDocumentsResponse>(client, 'search_documents', {
      query: 'confidential information',
      document_types: ['nda'],
    });
    expect(answer.total).toBeGreaterThanOrEqual(4);
    const [first] = answer.documents;
    expect(first!.document_type).toBe('nda');
    expect(first!.resource_uri).toBe(`deedbox://documents/${first!.document_id}`);
    expect(text).toContain(first!.document_id);
    expect(text).toContain(first!.title);
    for (const match of answer.documents.flatMap((document) => document.matches ?? [])) {
      expect(text).toContain(match.text.split('\n')[0]);
    }
  });

  it('search_documents pages through everything once', async () => {
    const client = await connectHttp(url, era);
    const seenIds: string[] = [];
    let cursor: string | undefined;
    do {
      const { answer }: { answer: SearchDocumentsResponse } = await ask(
        client,
        'search_documents',
        {
          limit: 5,
          ...(cursor === undefined ? {} : { cursor }),
        },
      );
      expect(answer.documents.length).toBeLessThanOrEqual(5);
      seenIds.push(...answer.documents.map((document) => document.document_id));
      cursor = answer.next_cursor;
    } while (cursor !== undefined);
    const { documents } = await services.store.status();
    expect(documents).toBeGreaterThanOrEqual(12);
    expect(new Set(seenIds).size).toBe(documents);
    expect(seenIds.length).toBe(documents);
  });

  it('search_passages quotes the stored text, with page and offsets', async () => {
    const client = await connectHttp(url, era);
    const { answer, text } = await ask<SearchPassagesResponse>(client, 'search_passages', {
      query: 'How long before the end of the term must notice of non-renewal be given?',
      limit: 5,
    });
    expect(answer.passages).toHaveLength(5);
    for (const passage of answer.passages) {
      const stored = await services.scopedIndex.text(passage.document_id);
      expect(stored!.text.slice(passage.char_start, passage.char_end)).toBe(passage.text);
      const page = stored!.pages[passage.page_start - 1]!;
      expect(page.start).toBeLessThanOrEqual(passage.char_start);
      expect(page.end).toBeGreaterThan(passage.char_start);
      const { highlight, char_start: start, char_end: end } = passage;
      expect(highlight.char_start).toBeGreaterThanOrEqual(start);
      expect(highlight.char_end).toBeLessThanOrEqual(end);
      expect(text).toContain(`(chars ${highlight.char_start}–${highlight.char_end})`);
      expect(text).toContain(`in the passage at chars ${start}–${end}`);
    }
  });

  it('extract_clauses gives clauses verbatim and says what was not found', async () => {
    const client = await connectHttp(url, era);
    const { answer: found } = await ask<SearchDocumentsResponse>(client, 'search_documents', {
      document_types: ['nda'],
      limit: 2,
    });
    const ids = found.documents.map((document) => document.document_id);
    const { answer, text } = await ask<ExtractClausesResponse>(client, 'extract_clauses', {
      document_ids: ids,
      clause_types: ['governing_law', 'source_code_escrow'],
    });
    expect(answer.documents.map((document) => document.document_id)).toEqual(ids);
    for (const document of answer.documents) {
      expect(document.clauses.map((clause) => clause.clause_type)).toContain('governing_law');
      expect(document.not_found).toContain('source_code_escrow');
      const stored = await services.scopedIndex.text(document.document_id);
      for (const clause of document.clauses) {
        expect(stored!.text.slice(clause.char_start, clause.char_end)).toBe(clause.text);
      }
    }
    expect(text).toContain('Not found: source_code_escrow');
  });

  it('extract_clauses over many documents stays within the limit and names the rest', async () => {
    const client = await connectHttp(url, era);
    const { answer: all } = await ask<SearchDocumentsResponse>(client, 'search_documents', {
      limit: 50,
    });
    const wanted = all.documents.map((document) => document.document_id);
    const returned: string[] = [];
    let next: string[] = wanted;
    while (next.length > 0) {
      const { answer }: { answer: ExtractClausesResponse } = await ask(client, 'extract_clauses', {
        document_ids: next,
        max_per_type: 20,
        min_confidence: 0,
      });
      const answeredIds = answer.documents.map((document) => document.document_id);
      expect(answeredIds.length).toBeGreaterThan(0);
      returned.push(...answeredIds);
      const rest = answer.notes
        ?.map((note) => /document_ids (\[.*\])/.exec(note)?.[1])
        .find(Boolean);
      next = rest === undefined ? [] : (JSON.parse(rest) as string[]);
    }
    expect(returned).toEqual(wanted);
  });

  it('get_document proves its facts and pages through the whole text', async () => {
    const client = await connectHttp(url, era);
    const { documents } = await services.scopedIndex.documents(
      { today: services.today(), minClauseConfidence: 0.5 },
      { sort: 'title', limit: 50 },
    );
    const longest = documents.toSorted((a, b) => b.characters - a.characters)[0]!;
    const stored = (await services.scopedIndex.text(longest.documentId))!;
    let text = '';
    let next: Record<string, unknown> | undefined = {};
    while (next) {
      const { answer }: { answer: GetDocumentResponse & { next_page_offset?: number } } = await ask(
        client,
        'get_document',
        { document_id: longest.documentId, ...next },
      );
      text += answer.pages.map((page) => page.text).join('');
      for (const { citations } of answer.facts) {
        for (const citation of citations) {
          expect(stored.text.slice(citation.char_start, citation.char_end)).toBe(citation.text);
        }
      }
      next =
        answer.next_page === undefined
          ? undefined
          : {
              page_from: answer.next_page,
              ...(answer.next_page_offset === undefined
                ? {}
                : { page_offset: answer.next_page_offset }),
            };
    }
    expect(text).toBe(stored.text);
  });

  it('errors say what happened and what to do next', async () => {
    const client = await connectHttp(url, era);
    expect(await failure(client, 'get_document', { document_id: 'nobody' })).toMatch(
      /not_found.*search_documents/s,
    );
    expect(await failure(client, 'extract_clauses', { document_ids: ['nobody'] })).toMatch(
      /not_found.*search_documents/s,
    );
    expect(await failure(client, 'get_sync_status', { job_id: 'no-such-job' })).toMatch(
      /not_found/,
    );
    expect(await failure(client, 'get_document', {})).toMatch(/invalid_request.*document_id/s);
    expect(await failure(client, 'search_documents', { expires_before: '2027-01-01' })).toMatch(
      /invalid_request.*expires_before.*It takes query, .*expires_to/s,
    );
    expect(await failure(client, 'search_passages', { query: 'x', limit: 51 })).toMatch(
      /invalid_request.*limit/s,
    );
    expect(await failure(client, 'search_documents', { cursor: 'made-up' })).toMatch(
      /invalid_request.*cursor/s,
    );
    const { documents } = await services.scopedIndex.documents(
      { today: services.today(), minClauseConfidence: 0.5 },
      { sort: 'title', limit: 1 },
    );
    const id = documents[0]!.documentId;
    expect(await failure(client, 'get_document', { document_id: id, page_from: 9999 })).toMatch(
      /invalid_request.*page/s,
    );
    expect(
      await failure(client, 'get_document', { document_id: id, page_offset: 99_999_999 }),
    ).toMatch(/invalid_request.*page_offset/s);
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(
      /no_such_tool/,
    );
  });

  it('get_sync_status reports how the last sync ended', async () => {
    const client = await connectHttp(url, era);
    const { answer, text } = await ask<{ state: string; found: number; indexed: number }>(
      client,
      'get_sync_status',
    );
    expect(answer.state).toBe('done');
    expect(answer.found).toBe(answer.indexed);
    expect(text).toContain('done');
  });
});
