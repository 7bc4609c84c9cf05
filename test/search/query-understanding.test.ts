import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentType } from '../../src/domain/documents.ts';
import { findNameMentions, removeNames } from '../../src/search/name-mentions.ts';
import { queryTerms } from '../../src/search/query-tokens.ts';
import { capitalizedTokens, interpretQuery } from '../../src/search/query-understanding.ts';
import { unfiltered } from '../contract/store-samples.ts';
import { openSearchFixture, type SearchFixture } from './search-fixture.ts';

describe('what a query names', () => {
  let fixture: SearchFixture;
  let fileOf: Map<string, string>;

  async function add(
    file: string,
    title: string,
    parties: string[],
    documentType: DocumentType,
    opening = `${title} between ${parties.join(' and ')}.`,
  ) {
    const id = await fixture.write(file, [opening, 'The fees are due.'], {
      parties,
      analysis: { title, documentType },
    });
    fileOf.set(id, file);
  }

  beforeEach(async () => {
    fixture = await openSearchFixture();
    fileOf = new Map();
    const us = 'Corvane Instruments, Inc.';
    await add('lease.pdf', 'Lease Agreement', ['Sablecourt Properties LLC', us], 'lease');
    await add('nda-1.pdf', 'Mutual Non-Disclosure Agreement', ['Ostrevik Marine Ltd', us], 'nda');
    await add(
      'nda-2.pdf',
      'Non-Disclosure Agreement',
      ['Ostrevik Maritime Logistics Ltd', us],
      'nda',
    );
    await add('msa.pdf', 'Master Services Agreement', ['Dovrane Systems, Inc.', us], 'services');
    await add('supply.pdf', 'Supply Agreement', ['Quillmere Polymers, LLC', us], 'supply');
    await add('hosting.pdf', 'Hosting Agreement', ['Nimbarrow Hosting, Inc.', us], 'hosting');
  });

  async function interpret(query: string) {
    const { targetDocuments, ...rest } = await interpretQuery(fixture.context, query, unfiltered);
    const weights = targetDocuments.map(({ weight }) => weight);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
    if (weights.length > 0) expect(weights[0]).toBe(1);
    return {
      ...rest,
      weights,
      files: targetDocuments.map(({ documentId }) => fileOf.get(documentId)),
    };
  }

  it.each([
    ['When does the lease with Sablecourt end?', ['lease.pdf'], 'When does the lease with  end?'],
    ['Who owns what Dovrane makes?', ['msa.pdf'], 'Who owns what  makes?'],
    ['How much must Quillmere Polymers deliver?', ['supply.pdf'], 'How much must  deliver?'],
  ])(
    'takes a capitalised name for the contract with that party: %s',
    async (query, files, question) => {
      expect(await interpret(query)).toMatchObject({ files, question });
    },
  );

  it('prefers the party whose whole name is given, and keeps one of a similar name behind it', async () => {
    const { files, weights } = await interpret(
      'Which law governs the NDA with Ostrevik Maritime Logistics?',
    );
    expect(files[0]).toBe('nda-2.pdf');
    expect(weights.slice(1).every((weight) => weight < 1)).toBe(true);
  });

  it('prefers a document of the type that the query speaks of, with weights squared', async () => {
    await add('x.pdf', 'Alpha Agreement', ['Harbor Estates LLC'], 'services');
    await add('y.pdf', 'Betas Agreement', ['Harbor Estates LLC'], 'lease');
    const query = 'What does Harbor Estates take under its lease?';
    const { files, weights } = await interpret(query);
    expect(files).toEqual(['y.pdf', 'x.pdf']);
    const hits = await fixture.context.scopedIndex.searchDocuments(
      queryTerms(query),
      unfiltered,
      40,
    );
    const textScore = (file: string) =>
      hits.find((hit) => fileOf.get(hit.documentId) === file)!.score / hits[0]!.score;
    const ratio = (1 / 1.3 + textScore('x.pdf')) / (1 + textScore('y.pdf'));
    expect(weights[1]).toBeCloseTo(ratio ** 2, 9);
  });

  it('looks up the words of the question without those of the name', async () => {
    const { terms } = await interpret(
      'Consider the Supply Agreement with Quillmere Polymers; when are the fees due?',
    );
    expect(terms).toEqual(['fees', 'due']);
  });

  it.each([
    ['words of any contract', 'Which of these agreements does the company have?'],
    ['a word that begins the sentence', 'Fees are due when?'],
    ['a question without a name', 'when are the fees due'],
    ['words that stand nowhere', 'Xylqua vrombel'],
  ])('names no contract by %s', async (_, query) => {
    expect(await interpret(query)).toMatchObject({ files: [], question: query });
  });

  it('names no contract in particular by a party of more than 20', async () => {
    for (let at = 0; at < 20; at++) {
      await add(`order-${at}.pdf`, 'Order', ['Sablecourt Properties LLC'], 'supply');
    }
    expect((await interpret('When does the contract with Sablecourt end?')).files).toEqual([]);
  });

  it('takes a name in small letters where one document matches far better than the others', async () => {
    expect((await interpret('agreement with quillmere polymers')).files).toEqual(['supply.pdf']);
  });

  it('takes a document whose first page matches far better than all others for the one meant', async () => {
    const us = 'Corvane Instruments, Inc.';
    const parts = 'rotors, pumps, valves, seals, blades, gears, shafts';
    await add(
      'p.pdf',
      'Order One',
      [us],
      'supply',
      `Turbines, ${parts} and propellers are repaired.`,
    );
    await add(
      'q.pdf',
      'Order Two',
      [us],
      'supply',
      `Turbines and ${parts} are built and repaired.`,
    );
    const leadOf = async (query: string) => {
      const terms = queryTerms(query);
      const [first, second] = await fixture.context.scopedIndex.searchDocuments(
        terms,
        unfiltered,
        40,
      );
      return first!.score / second!.score;
    };
    const clear = 'are turbines and propellers repaired';
    expect(await leadOf(clear)).toBeGreaterThan(1.25);
    expect((await interpret(clear)).files).toEqual(['p.pdf']);
    const close = `are turbines ${parts} and propellers repaired`;
    expect(await leadOf(close)).toBeGreaterThan(1);
    expect(await leadOf(close)).toBeLessThan(1.25);
    expect((await interpret(close)).files).toEqual([]);
  });

  it('looks at documents alone that pass the filter', async () => {
    const query = 'When does the lease with Sablecourt end?';
    const filter = { ...unfiltered, documentTypes: ['nda' as const] };
    expect((await interpretQuery(fixture.context, query, filter)).targetDocuments).toEqual([]);
  });
});

describe('capitalised words', () => {
  it.each([
    ['May Dovrane assign the MSA?', ['dovrane', 'msa']],
    ['Is it so? Yes: Dovrane may.', []],
    ['What do we pay Mr. Aschgrave?', ['mr', 'aschgrave']],
    ['when does it end', []],
  ])('%s', (query, expected) => {
    expect([...capitalizedTokens(query)]).toEqual(expected);
  });
});

describe('mentions of names', () => {
  const names = ['Master Services Agreement', 'Dovrane Systems, Inc.'];
  const isName = (token: string) => token === 'dovrane';
  const mentioned = (query: string) =>
    findNameMentions(query, names, isName).map(({ start, end }) => query.slice(start, end));

  it.each([
    ['the Master Services Agreement with Dovrane', ['Master Services Agreement', 'Dovrane']],
    ["Dovrane Systems's fees", ["Dovrane Systems's"]],
    ['which services and which systems', []],
    ['Systems Dovrane', ['Dovrane']],
  ])('are found in %j', (query, expected) => {
    expect(mentioned(query)).toEqual(expected);
  });

  it.each([
    ['The Master Services Agreement of Dovrane Systems dated 2023; who pays?', ' who pays?'],
    ['What may Dovrane invoice?', 'What may  invoice?'],
    ['Dovrane Systems', 'Dovrane Systems'],
  ])('are taken out of %j', (query, expected) => {
    expect(removeNames(query, findNameMentions(query, names, isName))).toBe(expected);
  });
});
