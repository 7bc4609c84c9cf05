import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import type {
  Citation,
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
  SearchPassagesResponse,
} from '../../src/search/response-schemas.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp, connectStdio } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

/** Questions of legal staff, each with the calls that a client makes to answer it. */

let data: string;
let url: string;

beforeAll(async () => {
  data = await sampleWorkspace();
  ({ url } = await serveWorkspace(data));
}, 120_000);

const transports = [
  ['HTTP', () => connectHttp(url, '2025-11-25', onFileFinished)],
  [
    'stdio',
    async () =>
      (await connectStdio('2026-07-28', { args: ['--data', data] }, onFileFinished)).client,
  ],
] as const;

describe.each(transports)('over %s', (_, connect) => {
  let client: Client;
  beforeAll(async () => {
    client = await connect();
  });

  async function call<T>(name: string, args: object): Promise<T & { text: string }> {
    const result = await client.callTool({ name, arguments: { ...args } });
    expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
    const [content] = result.content as { text: string }[];
    return { ...(result.structuredContent as T), text: content!.text };
  }
  async function failure(name: string, args: object): Promise<string> {
    const result = await client.callTool({ name, arguments: { ...args } });
    expect(result.isError).toBe(true);
    return (result.content as { text: string }[])[0]!.text;
  }
  const contracts = (args: object) =>
    call<SearchDocumentsResponse>('search_documents', { limit: 50, ...args });
  const files = ({ documents }: SearchDocumentsResponse) =>
    documents.map((document) => document.file_name).sort();
  const fact = async (id: string, name: string) => {
    const { facts } = await call<GetDocumentResponse>('get_document', { document_id: id });
    return facts.find((one) => one.fact === name);
  };
  async function expectOnItsPage(id: string, citation: Citation) {
    const { pages } = await call<GetDocumentResponse>('get_document', {
      document_id: id,
      page_from: citation.page_start,
      page_to: citation.page_end,
    });
    expect(pages.map(({ text }) => text).join('')).toContain(citation.text);
  }

  describe('has this client signed an NDA with us?', () => {
    const ndas = (party: string) => contracts({ party, document_types: ['nda'] });

    it('finds the signed NDA, and cites the page of the signature', async () => {
      const answer = await ndas('ostrevik marine');
      expect(files(answer)).toEqual(['Mutual NDA - Ostrevik Marine Ltd.pdf']);
      const { document_id: id, signed, pages } = answer.documents[0]!;
      expect(signed).toBe('signed');
      const proof = await fact(id, 'signed');
      expect(proof).toMatchObject({ value: 'signed' });
      expect(proof!.citations.length).toBeGreaterThan(0);
      for (const citation of proof!.citations) {
        expect(citation.page_start).toBe(pages);
        await expectOnItsPage(id, citation);
      }
    });

    it('finds no NDA with a company that has another contract, and says so', async () => {
      const answer = await ndas('Pintail Ridge Software');
      expect(answer.total).toBe(0);
      expect(answer.text).toMatch(/None of the contracts with "Pintail Ridge Software, Inc\./);
      expect(files(await contracts({ party: 'Pintail Ridge Software' }))).toEqual([
        'Software License - Pintail Ridge Software.pdf',
      ]);
    });

    it('says that no party of that name is known', async () => {
      const answer = await ndas('Halvard & Brine LLP');
      expect(answer.total).toBe(0);
      expect(answer.text).toMatch(/No party named "Halvard & Brine LLP" is known/);
    });

    it('finds an unsigned draft, and says that it is unsigned', async () => {
      const answer = await ndas('Verrastone Labs');
      expect(answer.documents.map(({ signed }) => signed)).toEqual(['unsigned']);
      const proof = await fact(answer.documents[0]!.document_id, 'signed');
      expect(proof).toMatchObject({ value: 'unsigned' });
      expect(proof!.citations.length).toBeGreaterThan(0);
      const signed = await contracts({
        party: 'Verrastone Labs',
        document_types: ['nda'],
        signed: true,
      });
      expect(signed.total).toBe(0);
      expect(signed.text).toMatch(/1 unsigned: .*DRAFT Mutual NDA - Verrastone Labs Inc\.docx/);
    });

    it.each([
      ['Quillmere Polymers', 'Quillmere Polymers Nederland B.V.'],
      ['Tarnholt Optik GmbH', 'Tarnholt Robotik GmbH'],
      ['Ostrevik Shipping Ltd', 'Ostrevik Marine Ltd'],
    ])('finds none with %s, and names %s as a party of a similar name', async (name, other) => {
      const answer = await ndas(name);
      expect(answer.total).toBe(0);
      const note = answer.notes!.find((one) => one.includes(other));
      expect(note).toMatch(/part(?:y|ies) of (?:a )?similar names?/);
      expect(note).toContain('not in this answer');
    });

    it('names the call and the field to check in the prompt nda_check', async () => {
      const { messages } = await client.getPrompt({
        name: 'nda_check',
        arguments: { client: 'Quillmere Polymers' },
      });
      const { text } = messages[0]!.content as { text: string };
      const steps = /party "([^"]+)" and document_types \["(nda)"\]/.exec(text)!;
      const answer = await contracts({ party: steps[1], document_types: [steps[2]] });
      expect(answer.notes!.length).toBeGreaterThan(0);
      expect(text).toContain('not an NDA with this client');
      expect(text).toMatch(/fact "signed"/);
    });
  });

  it('gives the expiry date of a vendor agreement with its clause, arithmetic and page', async () => {
    const { documents } = await contracts({
      query: 'master services agreement with Dovrane Systems',
    });
    const { document_id: id, file_name: file } = documents[0]!;
    expect(file).toBe('Master Services Agreement - Dovrane Systems Inc.pdf');
    const expiry = await fact(id, 'expiration_date');
    expect(expiry).toMatchObject({ value: '2028-06-01', basis: 'computed' });
    expect(expiry!.explanation).toMatch(/5 years.*1 June 2023|1 June 2023.*5 years/s);
    const quoted = expiry!.citations.map(({ text }) => text).join(' ');
    expect(quoted).toMatch(/five \(5\) years/);
    for (const citation of expiry!.citations) await expectOnItsPage(id, citation);
  });

  describe('which of our agreements have no limitation of liability?', () => {
    it('gives each with the confidence of the absence and the nearest passage', async () => {
      const answer = await contracts({ lacks_clauses: ['cap_on_liability'] });
      expect(files(answer)).toContain('Consulting Agreement - Leopold Aschgrave.txt');
      expect(files(answer)).not.toContain('Master Services Agreement - Dovrane Systems Inc.pdf');
      for (const { document_id: id, absences } of answer.documents) {
        expect(absences).toMatchObject([{ clause_type: 'cap_on_liability' }]);
        const { confidence, nearest } = absences![0]!;
        expect(confidence).toBeGreaterThan(0.5);
        expect(answer.text).toContain(
          `No cap_on_liability (confidence of the absence ${confidence.toFixed(2)})`,
        );
        const { documents } = await call<ExtractClausesResponse>('extract_clauses', {
          document_ids: [id],
          clause_types: ['cap_on_liability'],
          min_confidence: 0,
          max_per_type: 1,
        });
        const best = documents[0]!.clauses[0];
        expect(nearest?.text).toBe(best?.text);
        if (!best) continue;
        expect(confidence).toBeLessThanOrEqual(1 - best.confidence + 1e-3);
        await expectOnItsPage(id, nearest!);
      }
    });

    it('puts each contract into one of has_clauses and lacks_clauses', async () => {
      const [{ total }, has, lacks] = await Promise.all([
        contracts({}),
        contracts({ has_clauses: ['cap_on_liability'] }),
        contracts({ lacks_clauses: ['cap_on_liability'] }),
      ]);
      expect([...files(has), ...files(lacks)].length).toBe(total);
      expect(files(has).filter((file) => files(lacks).includes(file))).toEqual([]);
      expect(has.documents.some(({ absences }) => absences)).toBe(false);
    });

    it('gives the confidence of each absence where a query ranks the contracts, too', async () => {
      const answer = await contracts({
        query: 'inventions and work product of a consultant',
        lacks_clauses: ['cap_on_liability', 'exclusivity', 'cap_on_liability'],
      });
      expect(answer.documents.length).toBeGreaterThan(0);
      for (const { absences } of answer.documents) {
        expect(absences!.map((one) => one.clause_type)).toEqual([
          'cap_on_liability',
          'exclusivity',
        ]);
      }
    });
  });

  describe('what changes if they are acquired?', () => {
    const ask = async (party: string, question: string) => {
      const { documents } = await contracts({ party });
      const ids = documents.map((document) => document.document_id);
      const answer = await call<ExtractClausesResponse>('extract_clauses', {
        document_ids: ids,
        question,
      });
      expect(answer.documents.map((document) => document.document_id)).toEqual(ids);
      for (const document of answer.documents) {
        for (const clause of document.clauses) await expectOnItsPage(document.document_id, clause);
      }
      return answer.documents;
    };
    const clauseTexts = (documents: ExtractClausesResponse['documents'], type: string) =>
      documents
        .flatMap(({ clauses }) => clauses.filter((one) => one.clause_type === type))
        .map(({ text }) => text);

    it.each([
      'What changes if they are acquired?',
      'What happens if Dovrane Systems is taken over or merges?',
      'What if the company changes hands?',
    ])('quotes clauses of all contracts with a party in two calls: %s', async (question) => {
      const documents = await ask('Dovrane', question);
      expect(documents).toHaveLength(3);
      expect(clauseTexts(documents, 'change_of_control').join()).toMatch(
        /Change of Control of Contractor occurs/,
      );
      expect(clauseTexts(documents, 'anti_assignment').join()).toMatch(
        /shall not assign, delegate or otherwise/,
      );
      expect(documents[0]!.not_found).toContain('rofr_rofo_rofn');
    });

    it('quotes a right to terminate, and a right to assign to an acquirer', async () => {
      const documents = await ask('Fennimark', 'What changes if they are acquired?');
      expect(clauseTexts(documents, 'change_of_control').join()).toMatch(
        /may terminate this Agreement with immediate effect/,
      );
      expect(clauseTexts(documents, 'anti_assignment').join()).toMatch(
        /acquirer of its flow instruments business/,
      );
    });
  });

  describe('a question that no clause type fits', () => {
    it('is answered by passages, each with its probability', async () => {
      const { documents: found } = await contracts({ party: 'Dovrane' });
      const { documents } = await call<ExtractClausesResponse>('extract_clauses', {
        document_ids: found.map((document) => document.document_id),
        question: 'Who pays for travel?',
      });
      for (const { clauses, not_found: notFound } of documents) {
        expect(notFound).toEqual([]);
        expect(clauses.length).toBeGreaterThan(0);
        expect(clauses.every((one) => one.clause_type === 'question')).toBe(true);
        const confidences = clauses.map((one) => one.confidence);
        expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
        for (const low of confidences.slice(1)) expect(low).toBeGreaterThanOrEqual(0.1);
      }
      const best = documents
        .flatMap(({ clauses }) => clauses)
        .toSorted((a, b) => b.confidence - a.confidence)[0]!;
      expect(best.text).toMatch(/reimburse reasonable travel expenses/);
    });

    it('is answered with low confidence where no contract answers it', async () => {
      const { documents: found } = await contracts({ document_types: ['nda'] });
      const { documents } = await call<ExtractClausesResponse>('extract_clauses', {
        document_ids: found.map((document) => document.document_id),
        question: 'Which wheelchair ramps must the building have?',
      });
      const confidences = documents.flatMap(({ clauses }) => clauses.map((one) => one.confidence));
      expect(Math.max(...confidences)).toBeLessThan(0.5);
    });
  });

  describe('a mistake in the request', () => {
    it.each([
      [
        'search_documents',
        { expires_from: '2028-01-01', expires_to: '2027-01-01' },
        /expires_from .* exchange/,
      ],
      [
        'search_documents',
        { notice_from: '2028-01-01', notice_to: '2027-01-01' },
        /notice_from .* exchange/,
      ],
      [
        'search_passages',
        { query: 'fees', effective_from: '2030-01-01', effective_to: '2020-01-01' },
        /exchange/,
      ],
      ['search_documents', { expires_from: '1/2/2027' }, /expires_from: .*YYYY-MM-DD/],
      ['search_documents', { expires_from: '2027-02-30' }, /expires_from: .*day of the calendar/],
      ['search_documents', { query: '  ' }, /query: is empty: leave it out/],
      ['search_passages', { query: '' }, /query: is empty: say what/],
      ['search_documents', { party: ' ' }, /party: is empty: name a party/],
      ['search_documents', { document_types: [] }, /document_types: is empty/],
      [
        'search_documents',
        { has_clauses: ['insurance'], lacks_clauses: ['insurance'] },
        /insurance is in both has_clauses and lacks_clauses/,
      ],
      ['extract_clauses', { document_ids: ['x'], question: ' ' }, /question: is empty/],
    ])('is named, with what to do: %s %j', async (tool, args, expected) => {
      expect(await failure(tool, args)).toMatch(expected);
    });

    it('is noted for a common word as a party', async () => {
      const answer = await contracts({ party: 'systems' });
      expect(answer.notes!.join()).toMatch(/a longer name that contains it.*check/);
      expect((await contracts({ party: 'services' })).text).toMatch(/No party named "services"/);
      expect((await contracts({ party: 'GmbH' })).total).toBe(0);
    });

    it('is noted for a folder without contracts', async () => {
      expect((await contracts({ folder: 'ndas' })).text).toMatch(
        /No contract lies under a folder "ndas"/,
      );
      expect((await contracts({ folder: 'NDAs', status: 'not_yet_effective' })).text).not.toMatch(
        /lies under/,
      );
    });

    it.each(['asdf qwer zxcv', 'Xylqua Vrombel', '🦆'])(
      'is noted for words that stand in no contract: %s',
      async (query) => {
        for (const tool of ['search_documents', 'search_passages']) {
          const { notes } = await call<SearchPassagesResponse>(tool, { query });
          expect(notes!.join()).toMatch(/None of these words is in any contract/);
        }
      },
    );

    it('is noted for a question in German, which is answered by the words it shares with the contracts', async () => {
      const german = await call<SearchPassagesResponse>('search_passages', {
        query: 'Wann endet der Vertrag mit Hallenkamp?',
      });
      expect(german.passages[0]!.title).toBe('Maintenance Agreement');
      expect(german.notes!.join()).toMatch(/in English/);
      const english = await call<SearchPassagesResponse>('search_passages', {
        query: 'When does the agreement with Hallenkamp end?',
      });
      expect(english.notes?.join() ?? '').not.toMatch(/in English/);
    });
  });
});
