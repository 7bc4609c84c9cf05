import type { Connection } from './connection.ts';
import type { IdRanges } from './id-ranges.ts';
import type { Stem } from './stemmer.ts';

/** A full-text index as it is searched. */
export interface FullTextTable {
  name: 'passage_fts' | 'document_fts';
  /**
   * How often a word counts that stands in the column, beside once for standing anywhere; the columns that
   * are not named here count once, but for `document`, which does not count.
   */
  weights: Readonly<Record<string, number>>;
}

/** The rows of a set in which a word stands. */
export interface Postings {
  /** Their ids in order; the first ones, where there are more than were requested. */
  rows: number[];
  /** How often the word counts in each. */
  counts: number[];
  /** How many rows of the set have the word; estimated from the first ones where there are more. */
  frequency: number;
  isComplete: boolean;
}

/** Occurrences that are read by the first statement; each further one reads twice as many. */
const firstChunk = 8192;

/** Numbers of columns in one occurrence. */
const columnRange = 16;

/** Reads the occurrences of words, whose stems are looked up directly in an index of FTS5. */
export class PostingsReader {
  readonly #connection: Connection;
  readonly #table: FullTextTable;
  readonly #columns: string[];
  /** An expression: an occurrence as the id of its row × `columnRange` + the number of its column. */
  readonly #occurrence: string;

  /** Call in a transaction. */
  constructor(connection: Connection, table: FullTextTable) {
    this.#connection = connection;
    this.#table = table;
    this.#columns = Object.keys(table.weights);
    const numbers = this.#columns.map((column, index) => `WHEN '${column}' THEN ${index + 1}`);
    this.#occurrence = `doc * ${columnRange} + CASE col ${numbers.join(' ')} ELSE 0 END`;
    connection.run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table.name}_words
       USING fts5vocab (main, ${table.name}, instance)`,
    );
  }

  /**
   * The rows of the set that have the word. Rows outside of it cost time and change nothing in the result.
   * @param limit rows that are read at most
   * @param documentTokens tokens of the documents of the set, if they are few: then only their rows are read
   *   where the word is common
   * @param expected about how many rows of the index have the word; decides in which way they are read
   */
  read(
    word: Stem,
    set: IdRanges,
    limit: number,
    { documentTokens, expected = 0 }: { documentTokens?: string[]; expected?: number } = {},
  ): Postings {
    if (word.kind === 'phrase') return this.#readPhrase(word, set, limit);
    if (documentTokens && expected > firstChunk) {
      return this.#readOf(documentTokens, word, set, limit);
    }
    const found = new FoundRows(set, limit, Object.values(this.#table.weights));
    let offset = 0;
    for (let chunk = firstChunk; ; chunk *= 2) {
      const occurrences = this.#readChunk(word.stem, chunk, offset);
      if (!occurrences.every((one) => found.add(one))) break;
      if (occurrences.length < chunk) break;
      if (documentTokens) return this.#readOf(documentTokens, word, set, limit);
      offset += chunk;
    }
    return found.postings;
  }

  /** Rows that have all of the words. */
  readAll(words: Stem[], set: IdRanges, limit: number): number[] {
    return this.#match(words, set, limit).rows;
  }

  #readPhrase(phrase: Stem, set: IdRanges, limit: number): Postings {
    return this.#match([phrase], set, limit);
  }

  #match(words: Stem[], set: IdRanges, limit: number): Postings {
    const found = new FoundRows(set, limit, []);
    const expression = `(${words.map(quote).join(' AND ')})`;
    const rows = this.#connection.iterate<{ id: number }>(
      `SELECT rowid AS id FROM ${this.#table.name} WHERE ${this.#table.name} MATCH ?`,
      this.#table.name === 'passage_fts' ? `- {document} : ${expression}` : expression,
    );
    for (const { id } of rows) if (!found.add(id * columnRange)) break;
    return found.postings;
  }

  #readChunk(stem: string, limit: number, offset: number): number[] {
    const { found } = this.#connection.get<{ found: string }>(
      `SELECT json_group_array(occurrence) AS found FROM (
         SELECT ${this.#occurrence} AS occurrence FROM temp.${this.#table.name}_words
         WHERE term = ? AND col <> 'document' LIMIT ? OFFSET ?)`,
      stem,
      limit,
      offset,
    )!;
    return JSON.parse(found) as number[];
  }

  /** The same with an expression of FTS5, which skips the rows of other documents. */
  #readOf(documentTokens: string[], word: Stem, set: IdRanges, limit: number): Postings {
    const found = new FoundRows(set, limit, Object.values(this.#table.weights));
    const inDocuments = `document : (${documentTokens.join(' OR ')})`;
    const occurrences = ['- {document}', ...this.#columns].flatMap((columns, number) => {
      const rows = this.#connection.get<{ found: string }>(
        `SELECT json_group_array(rowid) AS found FROM ${this.#table.name} WHERE ${this.#table.name} MATCH ?`,
        `${inDocuments} AND ${columns} : ${quote(word)}`,
      )!;
      return (JSON.parse(rows.found) as number[]).map((id) => id * columnRange + number);
    });
    occurrences.sort((one, other) => one - other).every((one) => found.add(one));
    return found.postings;
  }
}

/** Collects rows from occurrences in order. */
class FoundRows {
  readonly #set: IdRanges;
  readonly #isMember: (id: number) => boolean;
  readonly #limit: number;
  readonly #weights: number[];
  readonly #rows: number[] = [];
  readonly #counts: number[] = [];
  #last = 0;
  #isLastMember = false;
  /** Bits of the columns in which the last row has the word. */
  #columns = 0;
  #isComplete = true;

  constructor(set: IdRanges, limit: number, weights: number[]) {
    this.#set = set;
    this.#isMember = set.ascending();
    this.#limit = limit;
    this.#weights = weights;
  }

  /** Returns false once there are more rows than are wanted. */
  add(occurrence: number): boolean {
    const id = Math.floor(occurrence / columnRange);
    if (id !== this.#last) {
      this.#last = id;
      this.#columns = 0;
      this.#isLastMember = this.#isMember(id);
      if (this.#isLastMember && this.#rows.length === this.#limit) {
        this.#isComplete = false;
        return false;
      }
      if (this.#isLastMember) {
        this.#rows.push(id);
        this.#counts.push(1);
      }
    }
    const column = occurrence % columnRange;
    if (this.#isLastMember && column > 0 && (this.#columns & (1 << column)) === 0) {
      this.#columns |= 1 << column;
      this.#counts[this.#counts.length - 1]! += this.#weights[column - 1]!;
    }
    return true;
  }

  get postings(): Postings {
    const [rows, counts] = [this.#rows, this.#counts];
    if (this.#isComplete) return { rows, counts, frequency: rows.length, isComplete: true };
    const seen = this.#set.countUpTo(rows.at(-1)!);
    const frequency = Math.round((rows.length * this.#set.size) / seen);
    return { rows, counts, frequency, isComplete: false };
  }
}

/** A word in an FTS5 expression, so that operators in it have no effect. */
const quote = ({ word, stem, kind }: Stem): string =>
  kind === 'phrase' ? stem : `"${word.replaceAll('"', '""')}"`;
