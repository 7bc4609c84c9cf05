import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  Citation,
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { samples } from '../support/cli.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

interface Facts {
  file: string;
  questions: { question: string; answer: string }[];
}

const facts: Facts[] = JSON.parse(readFileSync(join(samples, '..', 'facts.json'), 'utf8'));
const allQuestions = facts.flatMap(({ file, questions }) => questions.map((q) => ({ file, ...q })));

/** Line breaks and page headers differ between formats; words do not. */
const words = (text: string) => text.replaceAll(/-\n/g, '').replaceAll(/\s+/g, ' ').toLowerCase();

async function call<T>(client: Client, name: string, args: object): Promise<T> {
  const result = await client.callTool({ name, arguments: { ...args } });
  expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
  return result.structuredContent as T;
}

let data: string;
let url: string;

beforeAll(async () => {
  data = await sampleWorkspace();
  ({ url } = await serveWorkspace(data));
});

/** The whole text of a document, put together from the pages that get_document gives. */
async function storedText(client: Client, documentId: string): Promise<string> {
  let text = '';
  let from: number | undefined = 1;
  while (from !== undefined) {
    const answer: GetDocumentResponse = await call(client, 'get_document', {
      document_id: documentId,
      page_from: from,
    });
    text += answer.pages.map((page) => page.text).join('');
    from = answer.next_page;
  }
  return text;
}

function expectVerbatim(text: string, citation: Citation) {
  expect(text.slice(citation.char_start, citation.char_end)).toBe(citation.text);
}

describe.each(eras)('questions to the samples, protocol %s', (era) => {
  it('finds the labelled answers of the samples, over HTTP', async () => {
    const client = await connectHttp(url, era);
    const missed: string[] = [];
    for (const { file, question, answer } of allQuestions) {
      const { passages } = await call<SearchPassagesResponse>(client, 'search_passages', {
        query: question,
        limit: 5,
      });
      const name = file.split('/').at(-1)!;
      const found = passages.some((passage) =>
        words(passage.text).includes(words(answer).slice(0, 60)),
      );
      if (!found) missed.push(`${name}: ${question}`);
    }
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(allQuestions.length * 0.15);
  });

  it('cites the stored text at the offsets given, over stdio', async () => {
    const { client } = await connectStdio(era, { args: ['--data', data] });
    const { documents } = await call<SearchDocumentsResponse>(client, 'search_documents', {
      limit: 50,
    });
    expect(documents).toHaveLength(facts.length);
    for (const { document_id: id } of documents) {
      const text = await storedText(client, id);
      const { documents: found } = await call<ExtractClausesResponse>(client, 'extract_clauses', {
        document_ids: [id],
        question: 'How can this agreement be ended?',
      });
      for (const clause of found[0]!.clauses) expectVerbatim(text, clause);
      const { facts: proven } = await call<GetDocumentResponse>(client, 'get_document', {
        document_id: id,
      });
      for (const fact of proven)
        for (const citation of fact.citations) expectVerbatim(text, citation);
    }
  });
});

describe('requests of legal staff', () => {
  let client: Client;
  beforeAll(async () => {
    client = await connectHttp(url, '2025-11-25', onFileFinished);
  });
  const contracts = (args: object) =>
    call<SearchDocumentsResponse>(client, 'search_documents', { limit: 50, ...args });
  const names = (answer: SearchDocumentsResponse) =>
    answer.documents.map((d) => d.file_name).sort();

  it('finds a signed NDA by its party, and cites the page of the signature', async () => {
    const answer = await contracts({
      party: 'Ostrevik Marine',
      document_types: ['nda'],
      signed: true,
    });
    expect(names(answer)).toEqual(['Mutual NDA - Ostrevik Marine Ltd.pdf']);
    expect(answer.notes?.join()).toContain('Ostrevik Marine Ltd');
    const { facts: proven } = await call<GetDocumentResponse>(client, 'get_document', {
      document_id: answer.documents[0]!.document_id,
    });
    const signed = proven.find((fact) => fact.fact === 'signed')!;
    expect(signed.value).toBe('signed');
    expect(signed.citations[0]!.page_start).toBeGreaterThan(1);
  });

  it('does not match a company of a similar name', async () => {
    const answer = await contracts({ party: 'Ostrevik Maritime Logistics' });
    expect(names(answer)).toEqual(['NDA - Ostrevik Maritime Logistics Ltd.md']);
  });

  it('distinguishes a draft from a signed contract', async () => {
    const answer = await contracts({ party: 'Verrastone Labs' });
    expect(answer.documents.map((d) => d.signed)).toEqual(['unsigned']);
    expect((await contracts({ party: 'Verrastone Labs', signed: true })).total).toBe(0);
  });

  it('says that no such party is known', async () => {
    const answer = await contracts({ party: 'Nobody At All GmbH' });
    expect(answer.total).toBe(0);
    expect(answer.notes?.join()).toContain('Nobody At All GmbH');
  });

  it('finds the distribution agreement between two parties by its names', async () => {
    const answer = await contracts({
      query: 'the distribution agreement between Corvane Instruments and Fennimark',
    });
    expect(answer.documents[0]!.file_name).toBe(
      'Distribution Agreement - Fennimark Distribution Inc.pdf',
    );
    expect(answer.documents[0]!.matches!.length).toBeGreaterThan(0);
  });

  it('lists what expires in a range of dates, in order', async () => {
    const from = '2027-01-01';
    const answer = await contracts({
      expires_from: from,
      expires_to: '2031-12-31',
      sort: 'expiration_date',
    });
    const dates = answer.documents.map((d) => d.current_term_end ?? d.expiration_date!);
    expect(dates.length).toBeGreaterThan(2);
    expect(dates).toEqual(dates.toSorted());
    expect(dates.every((date) => date >= from)).toBe(true);
  });

  it('lists contracts without a clause, with a note on confidence', async () => {
    const answer = await contracts({ lacks_clauses: ['cap_on_liability'] });
    expect(names(answer)).toContain('Consulting Agreement - Leopold Aschgrave.txt');
    expect(names(answer)).not.toContain('Master Services Agreement - Dovrane Systems Inc.pdf');
    expect(answer.notes?.join()).toContain('confidence');
  });

  it('answers malformed and very long queries', async () => {
    for (const query of ['?', '🦆', "'; DROP TABLE documents; --", 'a'.repeat(2000), 'NEAR(x, "']) {
      const answer = await call<SearchPassagesResponse>(client, 'search_passages', { query });
      expect(Array.isArray(answer.passages)).toBe(true);
    }
  });

  it('accepts any name of a governing law', async () => {
    for (const law of ['English', 'England', 'england and wales']) {
      const answer = await contracts({ governing_law: law });
      expect(names(answer), law).toContain('Mutual NDA - Ostrevik Marine Ltd.pdf');
    }
  });

  it('notes a name that occurs in no contract', async () => {
    const answer = await contracts({ query: 'has Zebulon Pharma signed an NDA with us?' });
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.summary).toMatch(/^No contract names "Zebulon Pharma" among 17 contracts read\./);
  });
});
