/** A kind of clause that Deedbox knows. The table is the one source of ids, schemas and documentation. */
export interface ClauseDefinition {
  title: string;
  /** What a span must say to be of this type, in a sentence a lawyer would sign. */
  definition: string;
  /** Where the category comes from. */
  origin: 'cuad' | 'deedbox';
  /** The category's own name in CUAD, for measuring against its labels. */
  cuadName?: string;
  /** Headings under which such clauses stand; a feature of the model. */
  headingPattern?: RegExp;
  /**
   * Signs that a sentence is of the type; what each is worth, the model learns. They run on matchable
   * text: lower case, single spaces, straight quotes. Never global or sticky.
   */
  patterns: readonly RegExp[];
  /** Words a question about this type is asked with, for telling what a query is about. */
  queryPattern: RegExp;
}

export interface ClauseType extends ClauseDefinition {
  id: string;
}
