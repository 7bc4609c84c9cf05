import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { analyse } from '../../src/analyse/analyse.ts';
import type { Analysis } from '../../src/domain/documents.ts';
import { parse } from '../../src/extract/parse.ts';
import { bundledModels } from './analysis-fixture.ts';
import { segment } from '../../src/segment/segment.ts';

const samples = fileURLToPath(new URL('../../samples/', import.meta.url));
const day = z.string().optional();
const facts = z
  .array(
    z.object({
      file: z.string(),
      document_type: z.string(),
      parties: z.array(z.object({ name: z.string(), role: z.string().optional() })),
      agreement_date: day,
      effective_date: day,
      expiration_date: z.object({ value: day, basis: z.string() }).optional(),
      renewal_term: z.string().optional(),
      notice_period: z.string().optional(),
      governing_law: z.string().optional(),
      signed: z.string(),
      has_clauses: z.array(z.string()),
      lacks_clauses: z.array(z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(join(samples, 'facts.json'), 'utf8')));

const analyses = new Map<string, Promise<Analysis>>();

function analysisOfSample(file: string): Promise<Analysis> {
  let analysis = analyses.get(file);
  if (!analysis) analyses.set(file, (analysis = readSample(file)));
  return analysis;
}

async function readSample(file: string): Promise<Analysis> {
  const fileName = basename(file);
  const { text, pages, title } = await parse(join(samples, 'contracts', file), fileName);
  const structure = segment(text, pages);
  const input = { text, structure, fileName, ...(title && { claimedTitle: title }) };
  return analyse(input, bundledModels);
}

function confidence({ clauses }: Analysis, type: string): number {
  return Math.max(0, ...clauses.filter((clause) => clause.type === type).map((c) => c.confidence));
}

describe('the samples', () => {
  it.each(facts.map((fact) => [fact.file, fact] as const))('%s', async (file, fact) => {
    const analysis = await analysisOfSample(file);
    const { expirationDate } = analysis;
    expect({
      document_type: analysis.documentType,
      parties: analysis.parties.map(({ name, role }) => ({ name, role })),
      agreement_date: analysis.agreementDate?.value,
      effective_date: analysis.effectiveDate?.value,
      expiration_date: expirationDate && {
        value: expirationDate.value,
        basis: expirationDate.basis,
      },
      renewal_term: analysis.renewalTerm?.value,
      notice_period: analysis.noticePeriod?.value,
      governing_law: analysis.governingLaw?.value,
      signed: analysis.signed.value,
    }).toEqual({
      document_type: fact.document_type,
      parties: fact.parties.map(({ name, role }) => ({ name, role: role?.replace(/^the /, '') })),
      agreement_date: fact.agreement_date,
      effective_date: fact.effective_date,
      expiration_date: fact.expiration_date && {
        value: fact.expiration_date.value,
        basis: fact.expiration_date.basis,
      },
      renewal_term: fact.renewal_term,
      notice_period: fact.notice_period,
      governing_law: fact.governing_law,
      signed: fact.signed,
    });
  });

  it('are found to have most of their clauses, and none of those they lack, at a confidence of 0.5', async () => {
    let has = 0;
    const missedTypes: string[] = [];
    const falsePositives: string[] = [];
    for (const { file, has_clauses, lacks_clauses } of facts) {
      const analysis = await analysisOfSample(file);
      has += has_clauses.length;
      const hasClause = (type: string) => confidence(analysis, type) >= 0.5;
      for (const type of has_clauses) if (!hasClause(type)) missedTypes.push(`${file}: ${type}`);
      for (const type of lacks_clauses)
        if (hasClause(type)) falsePositives.push(`${file}: ${type}`);
    }
    // The samples are deliberately worded differently from the training contracts.
    expect(missedTypes.length, missedTypes.join('\n')).toBeLessThan(0.25 * has);
    expect(falsePositives).toEqual([]);
  });
});
