import * as z from 'zod/v4';
import { redactions, type Redaction } from '../domain/documents.ts';
import { count, list } from './kinds.ts';

/** The settings that limit what one answer discloses; part of the environment. */
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

/** Limits of what one answer discloses. */
export interface Disclosure {
  redacted: readonly Redaction[];
  /** Characters of an answer, text and structured content together. */
  maxCharacters: number;
  /** Contracts in an answer; each tool has a maximum of its own as well. */
  maxDocuments?: number;
}

/** The limits where nothing is set. */
export const defaultDisclosure: Disclosure = { redacted: [], maxCharacters: 60_000 };

/** The disclosure settings of the configuration. */
export function disclosureSettings(env: Environment): Disclosure {
  return {
    redacted: [...new Set(env.DEEDBOX_REDACT)],
    maxCharacters: env.DEEDBOX_ANSWER_CHARACTERS,
    ...(env.DEEDBOX_ANSWER_DOCUMENTS !== undefined && {
      maxDocuments: env.DEEDBOX_ANSWER_DOCUMENTS,
    }),
  };
}
