/** A sign that a sentence is of a type; `weight` 0 to 1 is about how often that sign
 * was right in the contracts it was measured on (a guess where nothing was labelled). */
export interface Cue {
  /** Runs on matchable text: lower case, single spaces, straight quotes. Never global or sticky. */
  pattern: RegExp;
  weight: number;
}

/** A kind of clause that Deedbox knows. The table is the one source of ids, schemas and documentation. */
export interface ClauseDefinition {
  title: string;
  /** What a span must say to be of this type, in a sentence a lawyer would sign. */
  definition: string;
  /** Where the category comes from. */
  origin: 'cuad' | 'deedbox';
  /** The category's own name in CUAD, for measuring against its labels. */
  cuadName?: string;
  /** Headings under which such clauses stand; they raise the sentences below them. */
  heading?: RegExp;
  /**
   * The score from which a sentence tells that a contract has such a clause, chosen on labelled
   * contracts: there confidence is 0.5.
   */
  evident: number;
  /** Sentences that match any of these are candidates, the more and the stronger the likelier. */
  cues: readonly Cue[];
  /** Words a question about this type is asked with, for telling what a query is about. */
  asks: RegExp;
}

export interface ClauseType extends ClauseDefinition {
  id: string;
}
