import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/v4';
import type { Span } from '../src/domain/documents.ts';

/** A contract with the lawyers' labels: spans of `text` by CUAD category. */
export interface Contract {
  name: string;
  company: string;
  text: string;
  labels: Map<string, Span[]>;
}

/** A contract of CUAD with all its data. */
export interface CuadContract extends Contract {
  /** The name of its text file. */
  fileName: string;
  /** Path of the PDF from which the text was extracted, if there is one. */
  pdf: string | undefined;
  /** The lawyers' normalised answers, by category. */
  answers: Readonly<Record<string, string>>;
}

const labelSchema = z.object({
  name: z.string(),
  text: z.string(),
  pdf: z.string().nullable(),
  answers: z.record(z.string(), z.string()),
  clauses: z.record(z.string(), z.array(z.object({ start: z.int(), end: z.int() }))),
});

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder of the bundled embedding model. */
export const bundledEmbeddingModel = join(root, 'models', 'contract-embedding');
export const bundledClauseModel = join(root, 'models', 'contract-clauses');

/** The folder of CUAD beside the repository; undefined if there is none. */
export function findCorpus(): string | undefined {
  const folder = join(root, '..', 'shared', 'cuad');
  return existsSync(join(folder, 'labels.jsonl')) ? folder : undefined;
}

/** All contracts, in the order of the label file. */
export function readCorpus(folder: string): CuadContract[] {
  const lines = readFileSync(join(folder, 'labels.jsonl'), 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => {
    const { name, text, pdf, answers, clauses } = labelSchema.parse(JSON.parse(line));
    return {
      name,
      company: companyOf(name),
      fileName: basename(text),
      pdf: pdf === null ? undefined : join(folder, pdf),
      text: readFileSync(join(folder, text), 'utf8'),
      answers,
      labels: new Map(Object.entries(clauses)),
    };
  });
}

/**
 * The company of a contract. A company files near-identical contracts, so data is split by company,
 * not by contract.
 */
export function companyOf(name: string): string {
  return (name.trim().split(/[_,( ]/, 1)[0] ?? '').toLowerCase();
}

/** Whether the rules were developed on the company's contracts: half of all companies, by hash. */
export function isDevelopmentCompany(company: string): boolean {
  return createHash('sha256').update(company).digest()[0]! % 2 === 0;
}

/** Splits contracts into two halves by company: every second one in alphabetical order. */
export function splitByCompany<T extends Contract>(contracts: T[]): [T[], T[]] {
  const companies = [...new Set(contracts.map((contract) => contract.company))].sort();
  const second = new Set(companies.filter((_, index) => index % 2 === 1));
  return [
    contracts.filter((contract) => !second.has(contract.company)),
    contracts.filter((contract) => second.has(contract.company)),
  ];
}
