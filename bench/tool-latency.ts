import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { SearchDocumentsResponse } from '../src/search/response-schemas.ts';
import { program } from './ingest.ts';

/** Questions that any contract may answer. */
export const genericQueries = [
  'Which law governs?',
  'When does the agreement expire?',
  'How much notice is needed to stop the renewal?',
  'Is liability limited?',
  'May the contract be assigned?',
  'Who owns the intellectual property?',
  'confidential information',
  'termination for convenience',
  'insurance',
  'audit of books and records',
];

async function connect(data: string, programPath: string): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  const args = [programPath, 'stdio', '--data', data];
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  return client;
}

/** Milliseconds from the start of `deedbox stdio` to the answer of `tools/list`, for each run. */
export async function coldStarts(data: string, runs = 7, programPath = program): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    const client = await connect(data, programPath);
    await client.listTools();
    times.push(performance.now() - startedAt);
    await client.close();
  }
  return times;
}

/** The times of a tool's calls in milliseconds. */
export interface ToolTimes {
  tool: string;
  times: number[];
}

/** Times of each tool as a client over stdio sees them, one call after another. */
export async function toolTimes(
  data: string,
  queries: string[],
  programPath = program,
): Promise<ToolTimes[]> {
  const client = await connect(data, programPath);
  const measure = async (
    tool: string,
    calls: Record<string, unknown>[],
    name = tool,
  ): Promise<ToolTimes> => {
    const times: number[] = [];
    for (const args of calls) {
      const startedAt = performance.now();
      const result = await client.callTool({ name: tool, arguments: args });
      times.push(performance.now() - startedAt);
      if (result.isError) throw new Error(`${tool}: ${JSON.stringify(result.content)}`);
    }
    return { tool: name, times };
  };
  try {
    const listResponse = await client.callTool({
      name: 'search_documents',
      arguments: { limit: 50 },
    });
    const { documents } = listResponse.structuredContent as SearchDocumentsResponse;
    const ids = documents.map((document) => document.document_id);
    const parties = documents.flatMap((document) => document.parties.map((party) => party.name));
    // the first queries of a session load the model and the index, which is not measured here
    for (const query of queries.slice(0, 5)) {
      await client.callTool({ name: 'search_passages', arguments: { query } });
    }
    const queryCalls = queries.map((query) => ({ query }));
    const partyCalls = parties.slice(0, 50).map((party) => ({ party }));
    const clauseCalls = ids.map((id) => ({ document_ids: [id] }));
    const documentCalls = ids.map((id) => ({ document_id: id }));
    return [
      await measure('search_passages', queryCalls),
      await measure('search_documents', queryCalls),
      await measure('search_documents', partyCalls, 'search_documents by party'),
      await measure('extract_clauses', clauseCalls),
      await measure('get_document', documentCalls),
      await measure(
        'get_sync_status',
        ids.map(() => ({})),
      ),
    ];
  } finally {
    await client.close();
  }
}
