import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { databaseName } from '../../src/store/sqlite.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { bearer } from '../support/raw-http.ts';

it('a damaged ACL entry completes neither the id nor the parties of a contract', async () => {
  const { reader, keys, data, url } = await authenticatedService(onFileFinished);
  const model = reader.embedder.identity;
  const vector = new Float32Array(model.dimensions).fill(1 / Math.sqrt(model.dimensions));
  const revision = revisionOf('a.txt', ['One sentence.'], {
    model,
    parties: ['Aldermoor Trust'],
    file: { aclEntries: ['user:ann@firm.example'] },
  });
  const passages = revision.passages.map((passage) => ({ ...passage, vector }));
  const documentId = await indexRevision(reader.store, { ...revision, passages });
  const key = keys.create({ name: 'eve', role: 'reader', person: 'eve@firm.example' });
  const client = await connectHttp(url, '2026-07-28', onFileFinished, bearer(key));
  const complete = async (name: string, argument: string, value: string) =>
    (
      await client.complete({
        ref: { type: 'ref/prompt', name },
        argument: { name: argument, value },
      })
    ).completion.values;
  const completions: [string, string, string][] = [
    ['nda_check', 'client', 'Alder'],
    ['review_contract', 'document_id', documentId.slice(0, 5)],
    ['review_contract', 'document_id', 'Aldermoor'],
    ['compare_clause', 'document_ids', documentId.slice(0, 5)],
  ];
  for (const one of completions) expect(await complete(...one)).toEqual([]);

  const database = new Database(path.join(data, databaseName));
  database.exec(
    `UPDATE acl_entries SET principal = 'user:eve@firm.example';
     UPDATE state SET sequence_number = sequence_number + 1`,
  );
  database.close();
  for (const one of completions) {
    await expect(complete(...one), one.join(' ')).rejects.toThrow(/data folder|damaged/);
  }
  const { content } = await client.callTool({
    name: 'search_documents',
    arguments: { party: 'Aldermoor Trusts' },
  });
  expect(JSON.stringify(content)).not.toContain('Aldermoor Trust\\"');
}, 30_000);
