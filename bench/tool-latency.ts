import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { SearchDocumentsResponse } from '../src/search/response-schemas.ts';
import { percentile } from './figures.ts';
import { entry } from './ingest.ts';

async function connect(data: string): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [entry, 'stdio', '--data', data] }),
  );
  return client;
}

/** Milliseconds from launching `deedbox stdio` to the first answer of `tools/list`, several times. */
export async function coldStarts(data: string, runs = 7): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    const client = await connect(data);
    await client.listTools();
    times.push(performance.now() - startedAt);
    await client.close();
  }
  return times;
}

export interface Latency {
  tool: string;
  calls: number;
  p50: number;
  p95: number;
  p99: number;
}

async function measure(
  client: Client,
  tool: string,
  calls: Record<string, unknown>[],
): Promise<Latency> {
  const times: number[] = [];
  for (const args of calls) {
    const startedAt = performance.now();
    const result = await client.callTool({ name: tool, arguments: args });
    times.push(performance.now() - startedAt);
    if (result.isError) throw new Error(`${tool}: ${JSON.stringify(result.content)}`);
  }
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((p) => percentile(times, p));
  return { tool, calls: calls.length, p50: p50!, p95: p95!, p99: p99! };
}

/** Latency of each tool as a client over stdio sees it, in milliseconds, one call after another. */
export async function toolLatencies(data: string, queries: string[]): Promise<Latency[]> {
  const client = await connect(data);
  try {
    const listResponse = await client.callTool({
      name: 'search_documents',
      arguments: { limit: 50 },
    });
    const { documents } = listResponse.structuredContent as SearchDocumentsResponse;
    const ids = documents.map((document) => document.document_id);
    // the first question of a session opens the model and the index: not what is measured here
    for (const query of queries.slice(0, 5)) {
      await client.callTool({ name: 'search_passages', arguments: { query } });
    }
    const parties = documents.flatMap((document) => document.parties.map((party) => party.name));
    return [
      await measure(
        client,
        'search_passages',
        queries.map((query) => ({ query })),
      ),
      await measure(
        client,
        'search_documents',
        queries.map((query) => ({ query })),
      ),
      await measure(
        client,
        'search_documents',
        parties.slice(0, 50).map((party) => ({ party })),
      ),
      await measure(
        client,
        'extract_clauses',
        ids.map((id) => ({ document_ids: [id] })),
      ),
      await measure(
        client,
        'get_document',
        ids.map((id) => ({ document_id: id })),
      ),
      await measure(
        client,
        'get_sync_status',
        ids.map(() => ({})),
      ),
    ];
  } finally {
    await client.close();
  }
}
