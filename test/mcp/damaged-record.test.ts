import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';
import { sharedService } from '../support/shared-service.ts';

it('does not quote a contract in whose stored text a digit was changed, and names the command', async () => {
  const data = await sampleWorkspace();
  const db = new Database(join(data, 'deedbox.db'));
  const { id, text } = db
    .prepare<[], { id: number; text: Buffer }>(
      `SELECT c.document AS id, c.text FROM document_contents c JOIN files f ON f.id = c.document
       WHERE f.file_name LIKE 'Master Services Agreement%' LIMIT 1`,
    )
    .get()!;
  const plain = inflateRawSync(text).toString('utf8');
  const changed = plain.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
  expect(changed).not.toBe(plain);
  db.prepare('UPDATE document_contents SET text = ? WHERE document = ?').run(
    deflateRawSync(changed),
    id,
  );
  db.close();
  const { url } = await sharedService(undefined, onFileFinished, data);
  const client = await connectHttp(url, '2026-07-28', onFileFinished);
  const search = (query: string) =>
    client.callTool({ name: 'search_passages', arguments: { query } });
  const failed = await search('master services agreement limitation of liability');
  expect(failed.isError).toBe(true);
  const [content] = failed.content;
  expect(content).toMatchObject({
    text: expect.stringMatching(/damaged_record.*`deedbox verify`/s) as string,
  });
  const lease = await client.callTool({
    name: 'search_documents',
    arguments: { document_types: ['lease'] },
  });
  expect(lease.isError).toBeFalsy();
});
