/** A clause type. Ids, schemas, filters and documentation all derive from the table of these. */
export interface ClauseDefinition {
  title: string;
  /** What a span must say to be of this type, in one precise sentence. */
  definition: string;
  /** Whether it is a category of CUAD or Deedbox's own. */
  origin: 'cuad' | 'deedbox';
  /** The category's name in CUAD, to match its labels in training and measurement. */
  cuadName?: string;
  /** Matches headings above such clauses, normalized; a feature of the model. */
  headingPattern?: RegExp;
  /**
   * Match sentences of the type; the model learns a weight for each. They run on text from
   * `normalizeForMatching`: lower case, single spaces, straight quotes. Never global or sticky.
   */
  patterns: readonly RegExp[];
  /** Matches queries about this type, normalized. */
  queryPattern: RegExp;
}

export interface ClauseType extends ClauseDefinition {
  id: string;
}
