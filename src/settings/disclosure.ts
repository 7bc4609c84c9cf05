import * as z from 'zod/v4';
import { redactions, type Redaction } from '../domain/documents.ts';
import { count, list } from './kinds.ts';

/** The settings of what one answer may disclose; part of the environment. */
export const disclosureEnvironment = {
  DEEDBOX_REDACT: list
    .pipe(z.array(z.enum(redactions, `may name ${redactions.join(' and ')}, separated by a comma`)))
    .default([])
    .describe('What every answer masks: `amounts`, `names`, or both separated by a comma.'),
  DEEDBOX_ANSWER_CHARACTERS: count(20_000, 150_000)
    .default(60_000)
    .describe('Maximum length of one answer, text and structured content together.'),
  DEEDBOX_ANSWER_DOCUMENTS: count(1, 1000).optional().meta({
    description: 'Maximum number of contracts in one answer.',
    unset: "each tool's own maximum",
  }),
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
