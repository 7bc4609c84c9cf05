import { beforeEach, describe, expect, it } from 'vitest';
import type { Redaction } from '../../src/domain/documents.ts';
import { MaskCache } from '../../src/redact/mask-cache.ts';
import { RedactedIndex } from '../../src/redact/redacted-index.ts';
import type { Store } from '../../src/store/store.ts';
import {
  clause,
  indexRevision,
  unfiltered,
  passagesOf,
  revisionOf,
  unrestricted,
} from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from '../store/temporary-stores.ts';

const sentences = [
  'This Agreement is between Acme, Inc. and Leopold Aschgrave, an individual.',
  'The fee is $1,250.00 for each month.',
  'Aschgrave shall keep secret what he learns.',
];
const sections = [
  {
    kind: 'body' as const,
    level: 1,
    title: 'Duties of Leopold Aschgrave',
    path: ['1 Duties of Leopold Aschgrave'],
    start: 0,
    end: sentences.join('\n').length,
  },
];
const list = { sort: 'title', limit: 10 } as const;

describe('a redacted index', () => {
  let store: Store;
  let id: string;

  const indexWith = (...redactions: Redaction[]) =>
    new RedactedIndex(unrestricted(store), new MaskCache(redactions));

  beforeEach(async () => {
    store = await openStore(await temporaryFolder());
    const revision = revisionOf('Aschgrave/leopold_aschgrave.pdf', sentences, {
      contentHash: 'a',
      sections,
      parties: ['Acme, Inc.', 'Leopold Aschgrave'],
      file: { webUrl: 'https://files.example/Leopold%20Aschgrave.pdf' },
      analysis: {
        title: 'Consulting Agreement with Leopold Aschgrave',
        clauses: [clause('insurance', 0.9, 'Leopold Aschgrave'), clause('audit_rights', 0.8)],
      },
    });
    id = await indexRevision(store, {
      ...revision,
      passages: revision.passages.map((passage) => ({
        ...passage,
        path: ['1 Duties of Leopold Aschgrave'],
      })),
    });
  });

  it('masks names in everything that it returns, and nothing else', async () => {
    const index = indexWith('names');
    const { documents } = await index.documents(unfiltered, list);
    const stored = (await index.text(id))!;
    const everything = {
      documents,
      stored,
      clauses: [...(await index.clauses([id], { minConfidence: 0 }))],
      parties: await index.parties(unfiltered),
      passages: await passagesOf(index, id),
    };
    expect(
      JSON.stringify({ ...everything, parties: everything.parties.map(({ name }) => name) }),
    ).not.toMatch(/aschgrave|leopold/i);
    expect(documents[0]!.analysis.title).toBe('Consulting Agreement with ███████ █████████');
    expect(documents[0]!.file).toMatchObject({
      fileName: '█████████████████.pdf',
      folder: '█████████',
    });
    expect(documents[0]!.file).not.toHaveProperty('webUrl');
    expect(everything.parties.map(({ name }) => name).toSorted()).toEqual([
      'Acme, Inc.',
      '███████ █████████',
    ]);
    expect(stored.text).toContain('fee is $1,250.00 for');
    expect(stored.text).toHaveLength(sentences.join('\n').length);
    expect(stored.sections[0]!.title).toBe('Duties of ███████ █████████');
    expect(everything.passages.map(({ path }) => path)).toEqual(
      sentences.map(() => ['1 Duties of ███████ █████████']),
    );
    expect((await index.clauses([id], { minConfidence: 0 })).get(id)).toEqual([
      { ...clause('insurance', 0.9), value: '███████ █████████' },
      clause('audit_rights', 0.8),
    ]);
  });

  it('masks amounts alone where only these are configured', async () => {
    const index = indexWith('amounts');
    const { text } = (await index.text(id))!;
    expect(text).toContain('fee is $████████ for');
    expect(text).toContain('Leopold Aschgrave');
    const { documents } = await index.documents(unfiltered, list);
    expect(documents[0]!.file.webUrl).toBe('https://files.example/Leopold%20Aschgrave.pdf');
    expect((await index.parties(unfiltered)).map(({ name }) => name)).toContain(
      'Leopold Aschgrave',
    );
  });

  it('leaves out a URL with a name in it, also where its spaces are escaped', async () => {
    await indexRevision(
      store,
      revisionOf('b', ['By: /s/ Ann Rivers', 'Boats on rivers are leased.'], {
        file: { webUrl: 'https://files.example/Ann%20Rivers' },
      }),
    );
    const { documents } = await indexWith('names').documents(unfiltered, list);
    expect(documents.map(({ file }) => file.webUrl)).toEqual([undefined, undefined]);
  });

  it('shows a URL without names', async () => {
    await indexRevision(
      store,
      revisionOf('b', ['Rent is due.'], { file: { webUrl: 'https://files.example/b' } }),
    );
    const { documents } = await indexWith('names', 'amounts').documents(unfiltered, list);
    expect(documents.map(({ file }) => file.webUrl).filter((url) => url !== undefined)).toEqual([
      'https://files.example/b',
    ]);
  });

  it('searches the unmasked text', async () => {
    const index = indexWith('names');
    expect(await index.searchText(['aschgrave'], unfiltered, 5)).toHaveLength(3);
    expect(await index.searchDocuments(['leopold'], unfiltered, 5)).toHaveLength(1);
    expect(await index.filesByName(['leopold_aschgrave.pdf'])).toHaveLength(1);
  });

  it('masks a new revision by the names of its own text', async () => {
    const index = indexWith('names');
    await index.text(id);
    await indexRevision(
      store,
      revisionOf('Aschgrave/leopold_aschgrave.pdf', [
        'By: /s/ Mirelle Thornquist',
        'Thornquist signs.',
      ]),
    );
    expect((await index.text(id))!.text).toBe('By: /s/ ███████ ██████████\n██████████ signs.');
  });

  it('returns nothing for a document that is gone', async () => {
    const index = indexWith('names');
    await store.removeFiles(['Aschgrave/leopold_aschgrave.pdf']);
    expect(await index.text(id)).toBeUndefined();
    expect(await passagesOf(index, id)).toEqual([]);
    expect((await index.clauses([id], { minConfidence: 0 })).size).toBe(0);
    expect(await index.documents(unfiltered, list)).toEqual({ total: 0, documents: [] });
  });
});
