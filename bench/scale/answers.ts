import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { SearchDocumentsResponse } from '../../src/search/response-schemas.ts';
import { program } from '../ingest.ts';
import { genericQueries } from '../tool-latency.ts';
import { privateMiB } from './ingest-run.ts';

export interface MeasuredAnswers {
  /** From the start of `deedbox stdio` to its first complete answer. */
  firstAnswerMs: number;
  /** Memory of its own after all questions. */
  ownMiB: number;
  tools: { name: string; times: number[] }[];
}

const filters: [string, Record<string, unknown>][] = [
  ['', {}],
  [' with has_clauses', { has_clauses: ['governing_law'] }],
  [' with governing_law', { governing_law: 'Delaware' }],
  [' with document_types', { document_types: ['license'] }],
  [' with effective', { effective_from: '2015-01-01', effective_to: '2015-06-30' }],
];

/** Asks every tool over stdio, each search with and without filters, one call after another. */
export async function measureAnswers(data: string, rounds: number): Promise<MeasuredAnswers> {
  const startedAt = performance.now();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'stdio', '--data', data],
  });
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport);
  const call = async (name: string, args: Record<string, unknown>) => {
    const started = performance.now();
    const result = await client.callTool({ name, arguments: args });
    if (result.isError) throw new Error(`${name}: ${JSON.stringify(result.content)}`);
    return { ms: performance.now() - started, content: result.structuredContent };
  };
  try {
    await call('search_passages', { query: genericQueries[0]! });
    const firstAnswerMs = performance.now() - startedAt;
    const { content } = await call('search_documents', { limit: 50 });
    const { documents } = content as SearchDocumentsResponse;
    const tools: MeasuredAnswers['tools'] = [];
    const measure = async (
      tool: string,
      name: string,
      argsOf: (round: number) => Record<string, unknown>,
    ) => {
      const times: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        times.push((await call(tool, argsOf(round))).ms);
      }
      tools.push({ name, times });
    };
    const query = (round: number) =>
      `${genericQueries[round % genericQueries.length]!} ${words[round % words.length]!}`;
    for (const tool of ['search_passages', 'search_documents']) {
      for (const [name, filter] of filters) {
        await measure(tool, `${tool}${name}`, (round) => ({ query: query(round), ...filter }));
      }
    }
    const document = (round: number) => documents[round % documents.length]!;
    await measure('search_documents', 'search_documents by party', (round) => ({
      party: document(round).parties[0]?.name ?? 'Acme',
    }));
    await measure('extract_clauses', 'extract_clauses', (round) => ({
      document_ids: [document(round).document_id],
    }));
    await measure('get_document', 'get_document', (round) => ({
      document_id: document(round).document_id,
    }));
    return { firstAnswerMs, ownMiB: privateMiB(transport.pid!), tools };
  } finally {
    await client.close();
  }
}

/** Added to the questions, so that no two are equal. */
const words = [
  'royalty',
  'warranty',
  'software',
  'delivery',
  'territory',
  'payment',
  'trademark',
  'hosting',
  'marketing',
  'employee',
  'manufacture',
];
