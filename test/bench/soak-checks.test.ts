import { beforeAll, describe, expect, it } from 'vitest';
import { AnswerChecker, slopePerMinute } from '../../bench/soak-checks.ts';
import type { SearchPassagesResponse } from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { PermissionModel } from '../support/permission-model.ts';
import { personHeader, sharedService } from '../support/shared-service.ts';

const permissionModel = new PermissionModel(4, 2);
let service: Awaited<ReturnType<typeof sharedService>>;

beforeAll(async () => {
  service = await sharedService(undefined, onFileFinished);
  await permissionModel.write(service.reader, 6);
}, 60_000);

describe('AnswerChecker', () => {
  it('notices a quotation that is not in the text, and a contract that may not be read', async () => {
    const person = permissionModel.people[0]!;
    const [contract] = permissionModel.contracts;
    await permissionModel.share(service.reader.store, contract!, [`user:${person}`]);
    const { documentId, word } = contract!;
    const checker = new AnswerChecker(service.reader, [
      { documentId, secret: word, persons: [person] },
    ]);
    const client = await connectHttp(service.url, '2026-07-28', undefined, {
      [personHeader]: person,
    });
    for (const [name, args] of [
      ['search_passages', { query: 'notice', document_ids: [documentId] }],
      ['search_documents', { query: word }],
      ['extract_clauses', { document_ids: [documentId] }],
      ['get_document', { document_id: documentId }],
    ] as const) {
      const answer = await client.callTool({ name, arguments: args });
      expect(answer.isError, name).toBeFalsy();
      expect(await checker.problems(answer, person), name).toEqual([]);
      expect(await checker.problems(answer, 'eve@firm.example'), name).toEqual([
        expect.stringContaining('may not read'),
      ]);
    }
    const answer = await client.callTool({
      name: 'search_passages',
      arguments: { query: 'notice', document_ids: [documentId] },
    });
    const { passages } = answer.structuredContent as SearchPassagesResponse;
    passages[0]!.char_start += 1;
    expect(await checker.problems(answer, person)).toEqual([expect.stringContaining('wrongly')]);
  });
});

it('slopePerMinute fits a line', () => {
  const samples = [0, 1, 2, 3].map((n) => ({ at: n * 30_000, value: 100 + n * 2 }));
  expect(slopePerMinute(samples)).toBeCloseTo(4);
});
