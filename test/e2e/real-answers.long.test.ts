import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/client';
import { beforeAll, describe, expect, it } from 'vitest';
import { answeredDate } from '../../bench/fact-outcomes.ts';
import { answeredParties } from '../../training/party-answers.ts';
import { questions } from '../../training/questions.ts';
import type {
  Citation,
  ExtractClausesResponse,
  GetDocumentResponse,
  SearchDocumentsResponse,
} from '../../src/search/response-schemas.ts';
import { findCorpus, readCorpus, type CuadContract } from '../../training/corpus.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { connectHttp } from '../support/mcp-client.ts';
import { serveWorkspace } from '../support/sample-service.ts';

/**
 * The questions of answers.test.ts on every third contract of the labelled corpus, scored by the labels.
 * The bundled models were trained on these contracts, so this tests the path of an answer. `npm run
 * bench:quality` measures the models on contracts that they were not trained on.
 */

const corpus = findCorpus();

describe.skipIf(corpus === undefined)('questions to real contracts', () => {
  let client: Client;
  let contracts: CuadContract[];
  let idOf: Map<string, string>;

  beforeAll(async () => {
    contracts = readCorpus(corpus!).filter((_, at) => at % 3 === 0);
    const folder = temporaryFolder(onFileFinished);
    for (const { fileName } of contracts) {
      copyFileSync(join(corpus!, 'contracts', fileName), join(folder, fileName));
    }
    const data = temporaryFolder(onFileFinished);
    const run = await deedbox('ingest', folder, '--json', '--data', data);
    expect(JSON.parse(run.stdout)).toMatchObject({ indexed: contracts.length, failed: 0 });
    const { url } = await serveWorkspace(data);
    client = await connectHttp(url, '2025-11-25', onFileFinished);
    const all = await listContracts({});
    idOf = new Map(all.map((document) => [document.file_name, document.document_id]));
    expect(idOf.size).toBe(contracts.length);
  }, 300_000);

  async function call<T>(name: string, args: object): Promise<T> {
    const result = await client.callTool({ name, arguments: { ...args } });
    expect(result.isError, JSON.stringify(result.content)).toBeFalsy();
    return result.structuredContent as T;
  }

  /** All contracts that meet the conditions, page after page. */
  async function listContracts(conditions: object): Promise<SearchDocumentsResponse['documents']> {
    const documents: SearchDocumentsResponse['documents'] = [];
    let cursor: string | undefined;
    do {
      const answer: SearchDocumentsResponse = await call('search_documents', {
        limit: 50,
        ...conditions,
        ...(cursor === undefined ? {} : { cursor }),
      });
      documents.push(...answer.documents);
      cursor = answer.next_cursor;
    } while (cursor !== undefined);
    return documents;
  }

  const extract = async (contract: CuadContract, args: object) => {
    const { documents } = await call<ExtractClausesResponse>('extract_clauses', {
      document_ids: [idOf.get(contract.fileName)!],
      ...args,
    });
    return documents[0]!.clauses;
  };
  const share = (values: boolean[]) => values.filter(Boolean).length / values.length;
  const expectVerbatim = ({ text }: CuadContract, citation: Citation) =>
    expect(text.slice(citation.char_start, citation.char_end)).toBe(citation.text);
  /** Whether a quotation and a labelled span share at least half of the shorter of the two. */
  const overlapsLabel = ({ labels }: CuadContract, category: string, citation: Citation) =>
    (labels.get(category) ?? []).some(({ start, end }) => {
      const shared = Math.min(end, citation.char_end) - Math.max(start, citation.char_start);
      return shared >= Math.min(end - start, citation.text.length) / 2;
    });

  it('finds the contracts with a party, and none for an unknown one', async () => {
    const found: boolean[] = [];
    for (const contract of contracts.slice(0, 60)) {
      const name = answeredParties(contract.answers['Parties'], [])[0]?.name;
      if (name === undefined || name.length > 300) continue;
      const documents = await listContracts({ party: name });
      found.push(documents.some(({ file_name: file }) => file === contract.fileName));
      const unrelated = await listContracts({ party: `Zyx ${name} of Nowhere` });
      expect(unrelated.map(({ file_name: file }) => file)).toEqual([]);
    }
    expect(found.length).toBeGreaterThan(40);
    expect(share(found)).toBeGreaterThan(0.75);
  });

  it('gives the expiry date with its clause and the arithmetic', async () => {
    const right: boolean[] = [];
    let answeredCount = 0;
    for (const contract of contracts) {
      const expected = answeredDate(contract.answers['Expiration Date']);
      if (expected === undefined) continue;
      const { facts } = await call<GetDocumentResponse>('get_document', {
        document_id: idOf.get(contract.fileName)!,
        page_to: 1,
      });
      const expiry = facts.find(({ fact }) => fact === 'expiration_date');
      if (!expiry) continue;
      answeredCount++;
      right.push((expiry.value ?? expiry.basis) === expected);
      expect(expiry.citations.length).toBeGreaterThan(0);
      for (const citation of expiry.citations) expectVerbatim(contract, citation);
      if (expiry.basis === 'computed') expect(expiry.explanation).toBeTruthy();
    }
    expect(answeredCount).toBeGreaterThan(40);
    expect(share(right)).toBeGreaterThan(0.8);
  });

  it('lists the contracts without a limitation of liability, with calibrated confidence', async () => {
    const documents = await listContracts({ lacks_clauses: ['cap_on_liability'] });
    const lacking = new Set(documents.map(({ file_name: file }) => file));
    const labelled = (contract: CuadContract) => contract.labels.has('Cap On Liability');
    const withoutClause = contracts.filter(({ fileName }) => lacking.has(fileName));
    const unlabelled = contracts.filter((contract) => !labelled(contract));
    expect(share(withoutClause.map((contract) => !labelled(contract)))).toBeGreaterThan(0.75);
    expect(share(unlabelled.map(({ fileName }) => lacking.has(fileName)))).toBeGreaterThan(0.8);

    const byFile = new Map(contracts.map((contract) => [contract.fileName, contract]));
    const sure: boolean[] = [];
    const unsure: boolean[] = [];
    for (const { file_name: file, absences } of documents) {
      const contract = byFile.get(file)!;
      const { confidence, nearest } = absences![0]!;
      if (nearest) expectVerbatim(contract, nearest);
      (confidence >= 0.9 ? sure : unsure).push(!labelled(contract));
    }
    expect(share(sure)).toBeGreaterThan(0.85);
    if (unsure.length >= 10) expect(share(unsure)).toBeLessThan(share(sure));
  });

  it('quotes what changes on an acquisition, from the question alone', async () => {
    for (const category of ['Change Of Control', 'Anti-Assignment']) {
      const isAnswered: boolean[] = [];
      for (const contract of contracts.filter(({ labels }) => labels.has(category))) {
        const clauses = await extract(contract, { question: 'What changes if they are acquired?' });
        for (const clause of clauses) expectVerbatim(contract, clause);
        isAnswered.push(clauses.some((clause) => overlapsLabel(contract, category, clause)));
      }
      expect(isAnswered.length).toBeGreaterThan(20);
      expect(share(isAnswered), category).toBeGreaterThan(0.8);
    }
  });

  it('answers questions by passages, with calibrated confidence', async () => {
    const first: { confidence: number; right: boolean }[] = [];
    const isRecalled: boolean[] = [];
    const categories = [
      'Insurance',
      'Audit Rights',
      'Governing Law',
      'Warranty Duration',
      'Non-Compete',
    ];
    for (const [at, contract] of contracts.entries()) {
      const category = categories[at % categories.length]!;
      const clauses = await extract(contract, {
        question: questions[category],
        clause_types: ['document_name'],
      });
      const passages = clauses.filter(({ clause_type: type }) => type === 'question');
      if (passages.length === 0) continue;
      const right = passages.map((passage) => overlapsLabel(contract, category, passage));
      first.push({ confidence: passages[0]!.confidence, right: right[0]! });
      if (contract.labels.has(category)) isRecalled.push(right.includes(true));
    }
    expect(share(isRecalled)).toBeGreaterThan(0.6);
    const meanConfidence =
      first.reduce((sum, { confidence }) => sum + confidence, 0) / first.length;
    expect(Math.abs(meanConfidence - share(first.map(({ right }) => right)))).toBeLessThan(0.2);
  });
});
