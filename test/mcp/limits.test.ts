import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchPassagesResponse,
  SyncStatusResponse,
} from '../../src/search/response-schemas.ts';
import { defaultDisclosure } from '../../src/settings/disclosure.ts';
import type { AuditEvent } from '../../src/request/audit-event.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { findDisclosures, sortDisclosures } from '../support/find-disclosures.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';

let url: string;
let data: string;
const auditEvents: AuditEvent[] = [];
let services: Awaited<ReturnType<typeof serveWorkspace>>['services'];

/** A contract of 130,000 characters that has no page breaks. */
function longContract(): string {
  const sections = Array.from({ length: 260 }, (_, index) => {
    const number = index + 1;
    return (
      `${number}. Obligation ${number}\n\nThe Supplier shall perform obligation number ${number} with due ` +
      'care, shall keep complete records of its performance, shall make these records available to the ' +
      'Customer on request within ten business days, and shall remedy every defect at its own expense. ' +
      `The Customer shall pay the price of obligation number ${number} within thirty days after it has ` +
      'received a correct invoice, and may withhold what is disputed in good faith.\n'
    );
  });
  return (
    '# Supply Agreement\n\nThis Supply Agreement is made between Aldermoor Trust Company ("Customer") ' +
    `and Bexcombe Holdings Ltd ("Supplier").\n\n${sections.join('\n')}`
  );
}

/** Lengths of one sentence on which term, renewal, notice and law of a contract all rest. */
const sentences = [1500, 3000, 6000, 30_000];

/** A one-page contract of which the sentence on the term has about so many characters. */
function contractWithLongSentence(length: number): string {
  const condition =
    'subject to what the parties shall have agreed between themselves from time to time in writing, ';
  const deliveries = Array.from(
    { length: 120 },
    (_, index) =>
      `${index + 2}. Delivery ${index}. The Supplier shall deliver item ${index} to the Buyer within ` +
      `${index} days of the order, free of charge, and shall bear the risk until it is delivered.`,
  );
  return (
    'SUPPLY AGREEMENT\n\nThis Supply Agreement is made on 1 March 2020 between Aldermoor Inc. ("Supplier") ' +
    'and Bexcombe LLC ("Buyer").\n\n1. Term. This Agreement shall commence on 1 March 2020 and continue ' +
    'for five (5) years and shall automatically renew for successive periods of one (1) year unless ' +
    'either party gives notice of non-renewal at least ninety (90) days before the end of the term and ' +
    'is governed by the laws of the State of Delaware and ' +
    `${condition.repeat(length / condition.length)}without regard to its conflict of laws rules.\n\n` +
    deliveries.join('\n\n')
  );
}

const failingFileCount = 60;
const deepFolder = join(
  ...Array.from({ length: 4 }, (_, index) => `${index} ${'deep '.repeat(40)}folder`),
);

beforeAll(async () => {
  data = temporaryFolder(onFileFinished);
  const contracts = temporaryFolder(onFileFinished);
  writeFileSync(join(contracts, 'endless.txt'), longContract());
  for (const length of sentences) {
    writeFileSync(join(contracts, `run-on-${length}.txt`), contractWithLongSentence(length));
  }
  mkdirSync(join(contracts, deepFolder), { recursive: true });
  for (let number = 0; number < failingFileCount; number += 1) {
    writeFileSync(join(contracts, deepFolder, `broken-${number}.pdf`), '%PDF-1.7 not really');
  }
  await deedbox('--data', data, 'ingest', contracts);
  const auditSink = (event: AuditEvent) => void auditEvents.push(event);
  ({ url, services } = await serveWorkspace(data, { auditSink }));
}, 120_000);

async function documentNamed(name: string) {
  const { documents } = await services.scopedIndex.documents(
    { today: services.today(), minClauseConfidence: 0.5 },
    { sort: 'title', limit: 50 },
  );
  const id = documents.find(({ file }) => file.fileName === name)!.documentId;
  return { id, stored: (await services.scopedIndex.text(id))! };
}

/** The text of all pages, over as many calls as it takes. */
async function readAll(client: Client, id: string): Promise<{ text: string; calls: number }> {
  let text = '';
  let calls = 0;
  let next: Record<string, unknown> | undefined = {};
  while (next) {
    const answer: GetDocumentResponse & { next_page_offset?: number } = await call(
      client,
      'get_document',
      { document_id: id, ...next },
    );
    text += answer.pages.map((page) => page.text).join('');
    calls += 1;
    next = answer.next_page === undefined ? undefined : { page_from: answer.next_page };
    if (answer.next_page_offset !== undefined) next!['page_offset'] = answer.next_page_offset;
  }
  return { text, calls };
}

/** The arguments of get_document that a note or a resource names. */
function parseReadPosition(text: string): { page_from: number; page_offset: number } {
  const found = /page_from (\d+) and page_offset (\d+)/.exec(text)!;
  return { page_from: Number(found[1]), page_offset: Number(found[2]) };
}

async function call<T>(client: Client, name: string, args: Record<string, unknown>): Promise<T> {
  const result = await client.callTool({ name, arguments: args });
  expect(result.isError).toBeFalsy();
  expect(JSON.stringify(result).length).toBeLessThan(defaultDisclosure.maxCharacters);
  const { disclosed } = auditEvents.at(-1)!;
  expect(sortDisclosures(disclosed)).toEqual(
    sortDisclosures(findDisclosures(result.structuredContent)),
  );
  return result.structuredContent as T;
}

describe.each(eras)('large answers over %s', (era) => {
  it('reads a page of any length in parts that together are the page', async () => {
    const client = await connectHttp(url, era);
    const { id, stored } = await documentNamed('endless.txt');
    const { text, calls } = await readAll(client, id);
    expect(calls).toBeGreaterThan(4);
    expect(text).toBe(stored.text);
  });

  it.each(sentences)(
    'leaves room for text beside facts that share a sentence of %i characters',
    async (length) => {
      const client = await connectHttp(url, era);
      const { id, stored } = await documentNamed(`run-on-${length}.txt`);
      expect((await readAll(client, id)).text).toBe(stored.text);
      const answer: GetDocumentResponse & { notes?: string[] } = await call(
        client,
        'get_document',
        {
          document_id: id,
        },
      );
      const facts = new Map(answer.facts.map((fact) => [fact.fact, fact]));
      for (const fact of ['expiration_date', 'renewal_term', 'governing_law']) {
        expect(facts.has(fact)).toBe(true);
        const notes = (answer.notes ?? []).filter((note) => note.startsWith(`${fact} rests on`));
        expect(facts.get(fact)!.citations.length + notes.length).toBeGreaterThan(0);
      }
      for (const citation of answer.facts.flatMap((fact) => fact.citations)) {
        expect(stored.text.slice(citation.char_start, citation.char_end)).toBe(citation.text);
      }
      for (const note of (answer.notes ?? []).filter((text) =>
        text.includes('call get_document'),
      )) {
        const start = Number(/chars (\d+)/.exec(note)![1]);
        const read: GetDocumentResponse = await call(client, 'get_document', {
          document_id: id,
          ...parseReadPosition(note),
        });
        expect(stored.text.slice(start, start + 50)).toBe(read.pages[0]!.text.slice(0, 50));
      }
    },
  );

  it('truncates a clause that is too long for one answer, with a note', async () => {
    const client = await connectHttp(url, era);
    const { id, stored } = await documentNamed('run-on-30000.txt');
    const answer: ExtractClausesResponse = await call(client, 'extract_clauses', {
      document_ids: [id],
      clause_types: ['governing_law'],
    });
    const [clause] = answer.documents[0]!.clauses;
    expect(clause!.text.length).toBeGreaterThan(15_000);
    expect(stored.text.slice(clause!.char_start, clause!.char_end)).toBe(clause!.text);
    const note = answer.notes!.find((text) => text.startsWith('The text of governing_law is cut'))!;
    const rest: GetDocumentResponse = await call(client, 'get_document', {
      document_id: id,
      ...parseReadPosition(note),
    });
    const { text } = rest.pages[0]!;
    expect(stored.text.slice(clause!.char_end, clause!.char_end + text.length)).toBe(text);
  });

  it('names the types of clauses that do not fit, which can be requested', async () => {
    const client = await connectHttp(url, era);
    const { id } = await documentNamed('run-on-30000.txt');
    const found: string[] = [];
    let nextRequest: Record<string, unknown> = {};
    for (;;) {
      const answer: ExtractClausesResponse = await call(client, 'extract_clauses', {
        document_ids: [id],
        ...nextRequest,
      });
      const returnedTypes = answer.documents[0]!.clauses.map((clause) => clause.clause_type);
      expect(returnedTypes.length).toBeGreaterThan(0);
      found.push(...returnedTypes);
      const rest = answer.notes
        ?.map((note) => /clause_types (\[.*\])/.exec(note)?.[1])
        .find(Boolean);
      if (rest === undefined) break;
      nextRequest = { clause_types: JSON.parse(rest) as string[] };
    }
    const all = await services.scopedIndex.clauses([id], { minConfidence: 0.3 });
    expect(new Set(found)).toEqual(new Set(all.get(id)!.map((clause) => clause.type)));
  });

  it('truncates the resource of a long page, with how to read on', async () => {
    const client = await connectHttp(url, era);
    const { id, stored } = await documentNamed('endless.txt');
    for (const uri of [`deedbox://documents/${id}`, `deedbox://documents/${id}/pages/1`]) {
      const { contents } = await client.readResource({ uri });
      const { text } = contents[0] as { text: string };
      expect(text.length).toBeLessThan(defaultDisclosure.maxCharacters);
      const { page_offset: offset } = parseReadPosition(text);
      expect(offset).toBeGreaterThan(50_000);
      expect(text).toContain(
        `— page 1 —\n\n\`\`\`contract-text\n${stored.text.slice(0, offset)}\n\`\`\`\n\nThis page goes on`,
      );
      const span = { char_start: 0, char_end: offset, page_start: 1, page_end: 1 };
      expect(auditEvents.at(-1)!.disclosed).toEqual([{ document_id: id, spans: [span] }]);
    }
    const { id: long } = await documentNamed('run-on-30000.txt');
    const { contents } = await client.readResource({ uri: `deedbox://documents/${long}/clauses` });
    const { text } = contents[0] as { text: string };
    expect(text.length).toBeLessThan(defaultDisclosure.maxCharacters);
    const longText = (await documentNamed('run-on-30000.txt')).stored.text;
    const [disclosed] = auditEvents.at(-1)!.disclosed;
    expect(disclosed!.spans.length).toBeGreaterThan(0);
    for (const { char_start: start, char_end: end } of disclosed!.spans)
      expect(text).toContain(`contract-text\n${longText.slice(start, end)}\n\`\`\`\n— p`);
  });

  it('lists failures in deep folders as far as they fit, and counts the rest', async () => {
    const client = await connectHttp(url, era);
    const answer: SyncStatusResponse = await call(client, 'get_sync_status', {});
    expect(answer.failed).toBe(failingFileCount);
    expect(answer.failures.length).toBeGreaterThan(10);
    expect(answer.failures.length).toBeLessThan(50);
    expect(answer.failures.length + answer.more_failures).toBe(failingFileCount);
  });

  it('returns fifty passages over several answers, each once', async () => {
    const client = await connectHttp(url, era);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const answer: SearchPassagesResponse = await call(client, 'search_passages', {
        query: 'The Supplier shall perform obligation with due care and keep complete records',
        limit: 50,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...answer.passages.map((passage) => passage.char_start));
      cursor = answer.next_cursor;
    } while (cursor !== undefined && seen.length < 100);
    expect(seen.length).toBeGreaterThanOrEqual(50);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('with the smallest limits', () => {
  const settings = { DEEDBOX_ANSWER_CHARACTERS: '20000', DEEDBOX_ANSWER_DOCUMENTS: '2' };
  const names = ['endless.txt', ...sentences.map((length) => `run-on-${length}.txt`)];

  /** Asks, and compares what was recorded with what the answer holds. */
  async function expectRecorded(client: Client, name: string, args: Record<string, unknown>) {
    const result = await client.callTool({ name, arguments: args });
    expect(result.isError).toBeFalsy();
    const found = findDisclosures(result.structuredContent);
    const { disclosed } = auditEvents.at(-1)!;
    expect(sortDisclosures(disclosed)).toEqual(sortDisclosures(found));
    return { found, answer: result.structuredContent as ExtractClausesResponse };
  }

  it('records what is left of a truncated answer', async () => {
    const auditSink = (event: AuditEvent) => void auditEvents.push(event);
    const service = await serveWorkspace(data, { auditSink, settings });
    const client = await connectHttp(service.url, '2026-07-28');
    const documents = await Promise.all(names.map((name) => documentNamed(name)));
    const ids = documents.map(({ id }) => id);

    const listed = await expectRecorded(client, 'search_documents', { query: 'supply agreement' });
    expect(listed.found).toHaveLength(2);
    await expectRecorded(client, 'search_documents', { lacks_clauses: ['insurance'] });
    const query = 'The Supplier shall perform obligation with due care';
    await expectRecorded(client, 'search_passages', { query, limit: 50 });
    for (const document_id of ids) {
      await expectRecorded(client, 'get_document', { document_id });
      await expectRecorded(client, 'get_document', { document_id, page_offset: 100 });
      await expectRecorded(client, 'extract_clauses', { document_ids: [document_id] });
    }
    const [first, ...others] = ids;
    // two documents are within the limit, their clauses together are not
    const two = { document_ids: [others.at(-1), others.at(-2)] };
    const { answer } = await expectRecorded(client, 'extract_clauses', two);
    expect(answer.documents).toHaveLength(1);
    const all = { document_ids: [first, ...others], question: 'When does it end?' };
    await expectRecorded(client, 'extract_clauses', all);
  });
});
