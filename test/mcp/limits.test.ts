import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GetDocumentAnswer, SearchPassagesAnswer } from '../../src/search/answers.ts';
import { answerLimit } from '../../src/mcp/tools/tool.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { serveArchive } from '../support/sample-service.ts';

let url: string;
let services: Awaited<ReturnType<typeof serveArchive>>['services'];

/** A contract of 130,000 characters that has no page breaks. */
function endless(): string {
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

beforeAll(async () => {
  const [data, contracts] = [temporaryFolder(afterAll), temporaryFolder(afterAll)];
  writeFileSync(join(contracts, 'endless.txt'), endless());
  const { code, stderr } = await deedbox('--data', data, 'ingest', contracts);
  expect(stderr).not.toContain('not read');
  expect(code).toBe(0);
  ({ url, services } = await serveArchive(data));
}, 120_000);

async function call<T>(client: Client, name: string, args: Record<string, unknown>): Promise<T> {
  const result = await client.callTool({ name, arguments: args });
  expect(result.isError).toBeFalsy();
  expect(JSON.stringify(result).length).toBeLessThan(answerLimit);
  return result.structuredContent as T;
}

describe.each(eras)('large answers over %s', (era) => {
  it('a page of any length is read in parts that together are the page', async () => {
    const client = await connectHttp(url, era);
    const { documents } = await services.store.documents(
      { today: services.today(), clauseConfidence: 0.5 },
      { sort: 'title', limit: 1 },
    );
    const id = documents[0]!.documentId;
    const stored = (await services.store.text(id))!;
    let text = '';
    let parts = 0;
    let next: Record<string, unknown> | undefined = {};
    while (next) {
      const answer: GetDocumentAnswer & { next_page_offset?: number } = await call(
        client,
        'get_document',
        { document_id: id, ...next },
      );
      text += answer.pages.map((page) => page.text).join('');
      parts += 1;
      next = answer.next_page === undefined ? undefined : { page_from: answer.next_page };
      if (answer.next_page_offset !== undefined) next!['page_offset'] = answer.next_page_offset;
    }
    expect(parts).toBeGreaterThan(4);
    expect(text).toBe(stored.text);
  });

  it('fifty passages are given over as many answers as they need, each once', async () => {
    const client = await connectHttp(url, era);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const answer: SearchPassagesAnswer = await call(client, 'search_passages', {
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
