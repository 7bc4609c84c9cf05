import type { SearchDocumentsResponse } from '../../src/search/response-schemas.ts';

/** A question to all contracts, and whether an answer to it is right. */
export interface BenchQuestion {
  query: string;
  /** The wording of which it is one, to count by. */
  wording: string;
  /** Undefined for a right answer; else what is wrong with it, as a kind of error. */
  error(answer: SearchDocumentsResponse, fileNameOf: (id: string) => string): string | undefined;
}

/** Each text once, in its order. */
export const distinct = (texts: string[]): string[] => [...new Set(texts)];

/** A name as it is compared: without case, marks and legal forms at its end. */
export { canonicalPartyKey as nameKey } from '../../src/analyse/canonical-party-key.ts';
