import * as z from 'zod/v4';
import { redactions, type Redaction } from '../domain/documents.ts';
import { count, list } from './kinds.ts';

/** The settings of what one answer may disclose; part of the environment. */
export const disclosureEnvironment = {
  /** What every answer hides: sums of money and percentages, names of natural persons. */
  DEEDBOX_REDACT: list
    .pipe(z.array(z.enum(redactions, `may name ${redactions.join(' and ')}, separated by a comma`)))
    .default([]),
  /** Of one answer, text and structured content together. */
  DEEDBOX_ANSWER_CHARACTERS: count(20_000, 150_000).default(60_000),
  /** Contracts of which one answer may tell; where it is left out, each tool's own maximum. */
  DEEDBOX_ANSWER_DOCUMENTS: count(1, 1000).optional(),
};

type Environment = z.output<z.ZodObject<typeof disclosureEnvironment>>;

/** What one answer may disclose. */
export interface Disclosure {
  redacted: readonly Redaction[];
  /** Characters of a whole answer. */
  maxCharacters: number;
  /** Contracts of which it tells; no limit but each tool's own where it is left out. */
  maxDocuments?: number;
}

/** What it is where nothing is set. */
export const defaultDisclosure: Disclosure = { redacted: [], maxCharacters: 60_000 };

/** The same as the parts of the program have it. */
export function disclosureSettings(env: Environment): Disclosure {
  return {
    redacted: [...new Set(env.DEEDBOX_REDACT)],
    maxCharacters: env.DEEDBOX_ANSWER_CHARACTERS,
    ...(env.DEEDBOX_ANSWER_DOCUMENTS !== undefined && {
      maxDocuments: env.DEEDBOX_ANSWER_DOCUMENTS,
    }),
  };
}
