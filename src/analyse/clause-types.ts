/** A kind of clause that Deedbox knows. The table is the one source of ids, schemas and documentation. */
export interface ClauseType {
  id: string;
  title: string;
  /** What a span must say to be of this type, in a sentence a lawyer would sign. */
  definition: string;
  /** Where the category comes from. */
  origin: 'cuad' | 'deedbox';
  /** Sentences that match any of these are candidates, the more and the stronger the likelier. */
  cues: { pattern: RegExp; weight: number }[];
  /** Words a question about this type is asked with, for telling what a query is about. */
  asks: RegExp;
}

export const clauseTypes: ClauseType[] = [];

export const clauseTypeIds = ['governing_law', 'expiration_date'] as const;
