import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  GetDocumentResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, root, temporaryFolder } from '../support/cli.ts';
import { connectHttp, connectStdio, eras } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const corpus = join(root, '..', 'shared', 'cuad');

interface Label {
  text: string;
  pdf: string | null;
  answers: Record<string, string>;
  clauses: Record<string, { start: number; end: number }[]>;
}

/** Contracts that exist as a PDF, with their labelled governing-law clause and a query for it. */
function questions() {
  const lines = readFileSync(join(corpus, 'labels.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as Label)
    .filter(({ pdf, clauses, answers }) => pdf && clauses['Governing Law'] && answers['Parties'])
    .slice(0, 20)
    .map(({ text, pdf, answers, clauses }) => {
      const [span] = clauses['Governing Law']!;
      const parties = answers['Parties']!.replaceAll(/\([^)]*\)?/g, '').replaceAll(';', ' and');
      return {
        file: basename(pdf!),
        query: `Consider the ${answers['Document Name']} between ${parties}; which law governs it?`,
        clause: readFileSync(join(corpus, text), 'utf8').slice(span!.start, span!.end),
      };
    });
}

const normalizeText = (text: string) => text.replaceAll(/[^\p{L}\p{N}]+/gu, '').toLowerCase();

async function call<T>(client: Client, name: string, args: Record<string, unknown>): Promise<T> {
  const result = await client.callTool({ name, arguments: args });
  expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
  return result.structuredContent as T;
}

describe.skipIf(!existsSync(join(corpus, 'pdf')))('85 real contracts as PDF', () => {
  let data: string;
  let url: string;

  beforeAll(async () => {
    data = temporaryFolder(onFileFinished);
    const run = await deedbox('ingest', join(corpus, 'pdf'), '--json', '--data', data);
    expect(JSON.parse(run.stdout)).toMatchObject({ found: 85, indexed: 85, failed: 0 });
    ({ url } = await serveWorkspace(data));
  }, 300_000);

  async function ask(client: Client) {
    let rightCount = 0;
    let quotedCount = 0;
    const cases = questions();
    for (const { file, query, clause } of cases) {
      const answer = await call<SearchPassagesResponse>(client, 'search_passages', {
        query,
        limit: 3,
      });
      const [first] = answer.passages;
      const page = await call<GetDocumentResponse>(client, 'get_document', {
        document_id: first!.document_id,
        page_from: first!.page_start,
        page_to: first!.page_end,
      });
      const pageText = page.pages.map(({ text }) => text).join('');
      expect(pageText).toContain(first!.text);
      expect(first!.char_end - first!.char_start).toBe(first!.text.length);
      if (page.document.file_name === file) rightCount++;
      const beginning = normalizeText(clause).slice(0, 40);
      if (answer.passages.some((passage) => normalizeText(passage.text).includes(beginning)))
        quotedCount++;
    }
    expect({ right: rightCount, quoted: quotedCount, of: cases.length }).toMatchObject({ of: 20 });
    expect(rightCount, 'questions answered from the right contract').toBeGreaterThanOrEqual(18);
    expect(quotedCount, "questions answered with the lawyers' clause").toBeGreaterThanOrEqual(16);
  }

  it.each(eras)(
    'answer with the right contract, clause and page over HTTP, protocol %s',
    async (era) => {
      await ask(await connectHttp(url, era));
    },
  );

  it.each(eras)('answer the same over stdio, protocol %s', async (era) => {
    const { client } = await connectStdio(era, { args: ['--data', data] });
    await ask(client);
  });
});
