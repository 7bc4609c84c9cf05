import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { entry, temporaryFolder, waitForOutput } from './cli.ts';
import { connectHttp } from './mcp-client.ts';

interface FoundDocument {
  document_id: string;
  file_name: string;
  folder: string;
}

/** The state of a file as the index has it. */
interface RecordedFile {
  state: string;
  attempts: number;
  outcome: string | null;
}

/**
 * A service of the built command line that watches a folder, and what a client sees of it. It is
 * stopped when the test ends.
 * @param prepare writes the files that are there when it starts
 * @param options.wrapper a program that runs it, with its arguments
 */
export async function startWatchedService(
  prepare: (contracts: string) => void,
  env: Record<string, string> = {},
  {
    cleanUp = onTestFinished,
    wrapper = [],
  }: { cleanUp?: (close: () => void) => void; wrapper?: string[] } = {},
) {
  const base = temporaryFolder(cleanUp);
  const [contracts, data] = [join(base, 'contracts'), join(base, 'data')];
  mkdirSync(contracts);
  prepare(contracts);
  const args = ['start', contracts, '--port', '0', '--data', data];
  const [command, ...commandArgs] = [...wrapper, process.execPath, entry, ...args];
  const service = spawn(command!, commandArgs, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEEDBOX_WORKERS: '1', ...env },
  });
  cleanUp(() => void service.kill('SIGKILL'));
  let log = '';
  service.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const output = await waitForOutput(service, /"msg":"sync ended"/);
  const url = /"url":"([^"]+)"/.exec(output)![1]!;
  const client = await connectHttp(url.replace(/\/$/, ''), '2026-07-28', (close) => {
    cleanUp(() => void close());
  });

  const documents = async (): Promise<FoundDocument[]> => {
    const call = { name: 'search_documents', arguments: { limit: 50 } };
    const { structuredContent } = await client.callTool(call);
    return (structuredContent as { documents: FoundDocument[] }).documents;
  };
  return {
    base,
    contracts,
    data,
    service,
    client,
    log: () => log,
    syncCount: () => log.split('"sync began"').length - 1,
    /** The ids of the contracts that a client finds, by their paths. */
    found: async (): Promise<Record<string, string>> =>
      Object.fromEntries(
        (await documents()).map((found) => [
          join(found.folder, found.file_name),
          found.document_id,
        ]),
      ),
    /** The citations that a client gets for a question. */
    citations: async (query: string): Promise<string> => {
      const call = { name: 'search_passages', arguments: { query } };
      return JSON.stringify((await client.callTool(call)).structuredContent);
    },
    record: (fileName: string): RecordedFile | undefined => {
      const db = new Database(join(data, 'deedbox.db'), { readonly: true });
      try {
        const select = 'SELECT state, attempts, outcome FROM files WHERE file_name = ?';
        return db.prepare(select).get(fileName) as RecordedFile | undefined;
      } finally {
        db.close();
      }
    },
  };
}
