import { canonicalPartyKey } from '../../../src/analyse/canonical-party-key.ts';
import type { Analysis, DocumentType } from '../../../src/domain/documents.ts';
import type { CleanUp } from '../../support/clean-up.ts';
import { openSearchFixture, type SearchFixture } from '../search-fixture.ts';

/** The day of the fixture, a Monday. */
export const today = '2026-06-15';

export interface ContractFacts {
  type: DocumentType;
  title?: string;
  parties: (string | { name: string; short: string })[];
  agreed?: string;
  from?: string;
  to?: string;
  /** Set if the end is counted. */
  isComputed?: boolean;
  renews?: 'automatic';
  notice?: number;
  law?: string;
  signed?: 'signed' | 'unsigned' | 'unknown';
  /** The sentences of the text; the last one is the clause of `clauses`. */
  text?: string[];
  clauses?: string[];
}

const evidence = [{ start: 0, end: 5 }];
const stated = (value: string) => ({ value, basis: 'stated' as const, evidence });

/** Writes contracts with these facts, by file name, and returns their ids. */
async function writeContracts(
  { write }: SearchFixture,
  contracts: Record<string, ContractFacts>,
): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const [fileName, facts] of Object.entries(contracts)) {
    const parties = facts.parties.map((party) =>
      typeof party === 'string' ? { name: party, short: undefined } : party,
    );
    const title = facts.title ?? `${facts.type} agreement`;
    const sentences = facts.text ?? [
      `This ${title} is made between ${parties.map(({ name }) => name).join(' and ')}.`,
      'Invoices are paid in thirty days.',
    ];
    const start = sentences.slice(0, -1).reduce((sum, one) => sum + one.length + 1, 0);
    const analysis: Partial<Analysis> = {
      title,
      documentType: facts.type,
      signed: { value: facts.signed ?? 'unknown', evidence: [] },
      ...(facts.agreed && { agreementDate: stated(facts.agreed) }),
      ...(facts.from && { effectiveDate: stated(facts.from) }),
      ...(facts.to && {
        expirationDate: { ...stated(facts.to), ...(facts.isComputed && { basis: 'computed' }) },
      }),
      ...(facts.renews && {
        renewalTerm: {
          value: '1 year',
          kind: facts.renews,
          length: { count: 1, unit: 'year' },
          evidence,
        },
      }),
      ...(facts.notice && {
        noticePeriod: {
          value: `${facts.notice} days`,
          length: { count: facts.notice, unit: 'day' },
          evidence,
        },
      }),
      ...(facts.law && { governingLaw: { value: facts.law, evidence } }),
      clauses: (facts.clauses ?? []).map((type) => ({
        type,
        confidence: 0.9,
        start,
        end: start + sentences.at(-1)!.length,
      })),
    };
    ids[fileName] = await write(fileName, sentences, {
      analysis,
      parties: parties.map(({ name }) => name),
      partyKeys: parties.map(({ name, short }) => ({
        key: canonicalPartyKey(name),
        name,
        ...(short && { aliases: [canonicalPartyKey(short)] }),
      })),
      file: { fileName: `${fileName}.txt` },
    });
  }
  return ids;
}

/** An index of contracts of Harrow Mills Limited, and the names of the files that an answer gives. */
export async function openContracts(contracts: Record<string, ContractFacts>, cleanUp?: CleanUp) {
  const fixture = await openSearchFixture(cleanUp);
  const ids = await writeContracts(fixture, contracts);
  return { ...fixture, ids };
}

const us = 'Harrow Mills Limited';

/** Contracts of many kinds. */
export const manyContracts: Record<string, ContractFacts> = {
  'supply-amsel': {
    type: 'supply',
    parties: [us, 'Amsel Handels AG'],
    to: '2021-03-31',
    law: 'Ireland',
  },
  'services-amsel': {
    type: 'services',
    parties: [us, 'Amsel Handels AG'],
    to: '2021-06-30',
    law: 'Germany',
  },
  'nda-birch': {
    type: 'nda',
    parties: [us, 'Birch Retail AG'],
    to: '2037-05-04',
    signed: 'signed',
  },
  'supply-birch': {
    type: 'supply',
    parties: [us, 'Birch Retail AG'],
    to: '2036-12-31',
    law: 'Ireland',
  },
  'lease-ostrevik': {
    type: 'lease',
    parties: [us, 'Ostrevik Marine Ltd'],
    law: 'England and Wales',
  },
  'nda-ostrevik': { type: 'nda', parties: [us, 'Ostrevik Maritime Logistics GmbH'] },
  'draft-verra': { type: 'nda', parties: [us, 'Verrastone Labs, Inc.'], signed: 'unsigned' },
  'license-general': { type: 'license', parties: [us, 'General Electric Capital Corporation'] },
  'msa-ibm': { type: 'msa', parties: [us, 'International Business Machines Corporation'] },
  'employment-thornquist': { type: 'employment', parties: [us, 'Mirelle Thornquist'] },
  'services-quill': {
    type: 'services',
    parties: [us, { name: 'Quillmere Polymers, LLC', short: 'QPL' }],
  },
  'supply-muller': { type: 'supply', parties: [us, 'Müller Vertrieb GmbH'] },
  'supply-delaware': { type: 'supply', parties: [us, 'Delaware Foods, Inc.'], law: 'Delaware' },
};
