import { beforeAll, describe, expect, it } from 'vitest';
import type {
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { deedbox } from '../support/cli.ts';
import { connectHttp, eras } from '../support/mcp-client.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

let data: string;
let url: string;
beforeAll(async () => {
  data = await sampleWorkspace();
  ({ url } = await serveWorkspace(data, { today: () => '2026-06-15' }));
}, 120_000);

describe.each(eras)('questions about which contracts there are, over %s', (era) => {
  async function ask<T>(name: string, args: object) {
    const client = await connectHttp(url, era, onFileFinished);
    const result = await client.callTool({ name, arguments: { ...args } });
    const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
    return { answer: result.structuredContent as T, text };
  }
  const contracts = (query: string) => ask<SearchDocumentsResponse>('search_documents', { query });

  it('are answered first of all by how many there are', async () => {
    const { answer, text } = await contracts('Has Ostrevik Marine signed an NDA with us?');
    expect(text).toMatch(/^1 signed NDA with Ostrevik Marine Ltd among 17 contracts read\./);
    expect(Object.keys(answer)[0]).toBe('summary');
    expect(answer.documents.map((one) => one.file_name)).toEqual([
      'Mutual NDA - Ostrevik Marine Ltd.pdf',
    ]);
    expect(text).toContain('Note: Understood as filters: "Ostrevik Marine" as party');
  });

  it('name what is near where there is none, as that', async () => {
    const { answer, text } = await contracts('Do we have a lease with Dovrane Systems?');
    expect(text).toMatch(/^No lease with Dovrane Systems, Inc\. among 17 contracts read\./);
    expect(answer).toMatchObject({ total: 0, documents: [] });
    expect(answer.related!.length).toBeGreaterThanOrEqual(3);
    for (const related of answer.related!) {
      expect(related.parties.join()).toContain('Dovrane');
      expect(text).toContain(related.document_id);
      expect(text).toContain(related.why);
    }
    expect(text).toContain('Near, but no match:');
    expect(text).not.toContain('contracts match');
  });

  it('never give a draft for a signed contract', async () => {
    const { answer, text } = await contracts('Has Verrastone Labs signed an NDA with us?');
    expect(text).toMatch(/^No signed NDA with Verrastone Labs, Inc\. among/);
    expect(answer).toMatchObject({ total: 0, documents: [], related: [{ signed: 'unsigned' }] });
  });

  it('restrict passages, which name their file and parties', async () => {
    const query = 'Has Ostrevik Marine signed an NDA with us, and how long does it run?';
    const { answer, text } = await ask<SearchPassagesResponse>('search_passages', { query });
    expect(new Set(answer.passages.map((one) => one.file_name))).toEqual(
      new Set(['Mutual NDA - Ostrevik Marine Ltd.pdf']),
    );
    expect(answer.understood).toHaveLength(2);
    expect(text).toContain(
      '(Mutual NDA - Ostrevik Marine Ltd.pdf; Corvane Instruments, Inc.; Ostrevik Marine Ltd)',
    );
  });
});

describe('the command line', () => {
  const search = async (...args: string[]) => {
    const { stdout, stderr, code } = await deedbox('search', '--data', data, ...args);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    return stdout;
  };

  it('says first that there is none, and what is near', async () => {
    const output = await search('--documents', 'Do we have a lease with Dovrane Systems?');
    expect(output).toMatch(/^No lease with Dovrane Systems, Inc\. among 17 contracts read\.\n/);
    expect(output).toContain('Near, but no match:');
    expect(output).toMatch(/\[[\w-]{20}\]: no lease\n/);
    expect(output).not.toContain('0 contracts');
  });

  it('heads a passage by file, parties and id', async () => {
    const output = await search('--limit', '1', 'Which law governs the NDA with Ostrevik Marine?');
    expect(output).toMatch(
      /^Mutual NDA - Ostrevik Marine Ltd\.pdf — Corvane Instruments, Inc\. \/ Ostrevik Marine Ltd \[[\w-]{20}\]\n {2}.+ — page \d/,
    );
  });

  it('takes every filter of the tools', async () => {
    const list = async (...args: string[]) => {
      const answer = JSON.parse(
        await search('--json', '--limit', '50', ...args),
      ) as SearchDocumentsResponse;
      return answer.documents;
    };
    const [all, signed, unsigned] = [
      await list(),
      await list('--signed'),
      await list('--no-signed'),
    ];
    expect(signed.length).toBeGreaterThan(0);
    expect(unsigned.map((one) => one.file_name)).toEqual([
      'DRAFT Mutual NDA - Verrastone Labs Inc.docx',
    ]);
    const dated = await list('--agreement-from', '2025-01-01', '--agreement-to', '2025-12-31');
    expect(dated.map((one) => one.document_id).toSorted()).toEqual(
      all
        .filter((one) => (one.agreement_date ?? one.effective_date)?.startsWith('2025'))
        .map((one) => one.document_id)
        .toSorted(),
    );
    const effective = await list('--effective-from', '2025-01-01', '--sort', 'effective_date');
    expect(effective.every((one) => one.effective_date! >= '2025-01-01')).toBe(true);
    expect((await list('--no-renews')).every((one) => !one.renews_automatically)).toBe(true);
    expect(await list('--modified-to', '1999-12-31')).toEqual([]);
    const passages = JSON.parse(
      await search('--json', '--document', all[3]!.document_id, 'notice'),
    ) as SearchPassagesResponse;
    expect(new Set(passages.passages.map((one) => one.document_id))).toEqual(
      new Set([all[3]!.document_id]),
    );
  });

  it('says which options do not go together', async () => {
    const { code, stderr } = await deedbox(
      'search',
      '--data',
      data,
      '--documents',
      '--document',
      'x',
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('--document is for passages');
    const sorted = await deedbox('search', '--data', data, '--sort', 'title', 'notice');
    expect(sorted.stderr).toContain('Add --documents');
  });
});
