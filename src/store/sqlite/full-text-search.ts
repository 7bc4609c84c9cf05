import type { DocumentHit, PassageHit } from '../records.ts';
import type { Connection } from './connection.ts';
import type { DocIdSet } from './doc-id-set.ts';
import { documentTokenizer, passageTokenizer } from './full-text.ts';
import { IdRanges } from './id-ranges.ts';
import { passageHits } from './passage-hits.ts';
import { type FullTextTable, type Postings, PostingsReader } from './postings.ts';
import { type Stem, Stemmer } from './stemmer.ts';
import { wordShares } from './word-shares.ts';

const passageTable: FullTextTable = { name: 'passage_fts', weights: { heading: 2 } };

/** Names identify a document better than prose. */
const documentTable: FullTextTable = {
  name: 'document_fts',
  weights: { title: 8, parties: 10, file_name: 6, folder: 2 },
};

/** Rows scored for one query at most: words that occur more often hardly change the order. */
const maxScored = 8000;

/** Words that are required together where each of them is too common to be scored. */
const maxRequiredWords = 3;

/** Sets of up to so many documents are named in an expression. */
const maxNamedDocuments = 256;

/** Parameters of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009). */
const saturation = 1.2;
const lengthInfluence = 0.75;

/** Characters of a passage that is neither long nor short. */
const averageLength = 500;

/** The length is taken into account in so many times the requested passages. */
const lengthCandidates = 4;

interface Scored {
  id: number;
  score: number;
}

interface Word extends Postings, Stem {}

/** The rows among which a query looks. */
interface Scope {
  rows: IdRanges;
  /** How many of them exist. */
  total: number;
  /** Tokens of the documents, if they are few. */
  documentTokens?: string[];
}

/**
 * Full-text search (BM25), any of the words; see `ScopedIndex.searchText` and `searchDocuments`.
 * What decides which words are looked up, and what they weigh, is counted in the documents that the query
 * may find, or fixed (`wordShares`): documents that a principal may not read change neither scores nor order.
 * A word counts once in each column that has it, however often it stands there.
 */
export class FullTextSearch {
  readonly #connection: Connection;
  #indexes:
    Record<'passages' | 'documents', { postings: PostingsReader; stemmer: Stemmer }> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** In the transaction that read `docIdSet`. */
  searchPassages(words: string[], docIdSet: DocIdSet, limit: number): PassageHit[] {
    if (limit <= 0 || docIdSet.passages === 0) return [];
    const { postings, stemmer } = this.#open().passages;
    const total = docIdSet.passages;
    const all = this.#allRows('passages');
    const scope: Scope = docIdSet.matchesAll
      ? { rows: all, total }
      : { rows: docIdSet.passageIds, total, ...namedDocuments(docIdSet) };
    const expected = stemmer
      .stems(words)
      .map((one) => ({ ...one, share: wordShares.get(one.stem) ?? 0 }))
      .map((one) => ({ ...one, frequency: one.share * total }))
      .sort((one, other) => one.frequency - other.frequency);
    const read = ({ stem, word, share }: Stem & { share: number }): Word => {
      const { documentTokens } = scope;
      const options = { expected: share * all.size, ...(documentTokens && { documentTokens }) };
      return { stem, word, ...postings.read({ stem, word }, scope.rows, maxScored, options) };
    };
    const chosen = chooseRarest(expected);
    let found = chosen.map(read).filter(({ frequency }) => frequency > 0);
    // Where no rare word occurs, the common ones decide.
    for (const word of expected.slice(chosen.length)) {
      if (found.length > 0) break;
      found = [read(word)].filter(({ frequency }) => frequency > 0);
    }
    const common = expected.slice(chosen.length).map(({ word }) => word);
    const scored = rank(postings, found, common, scope, limit * lengthCandidates);
    const hits = passageHits(
      this.#connection,
      scored.map(({ id: passage, score }) => ({ passage, score })),
    );
    return hits
      .map((hit) => ({ ...hit, score: hit.score * lengthFactor(hit.end - hit.start) }))
      .sort((one, other) => other.score - one.score || one.passageId - other.passageId)
      .slice(0, limit);
  }

  /** In the transaction that read `docIdSet`. */
  searchDocuments(words: string[], docIdSet: DocIdSet, limit: number): DocumentHit[] {
    if (limit <= 0 || docIdSet.documents === 0) return [];
    const { postings, stemmer } = this.#open().documents;
    const rows = docIdSet.matchesAll ? this.#allRows('documents') : docIdSet.documentIds;
    const found = stemmer
      .stems(words)
      .map((stem) => ({ ...stem, ...postings.read(stem, rows, maxScored) }))
      .filter(({ frequency }) => frequency > 0);
    const scope = { rows, total: docIdSet.documents };
    return rank(postings, found, [], scope, limit).map(({ id, score }) => ({
      documentId: this.#documentIdOf(id),
      score,
    }));
  }

  #open() {
    this.#indexes ??= {
      passages: {
        postings: new PostingsReader(this.#connection, passageTable),
        stemmer: new Stemmer(this.#connection, 'passage_stems', passageTokenizer),
      },
      documents: {
        postings: new PostingsReader(this.#connection, documentTable),
        stemmer: new Stemmer(this.#connection, 'document_stems', documentTokenizer),
      },
    };
    return this.#indexes;
  }

  #allRows(table: 'passages' | 'documents'): IdRanges {
    const row = this.#connection.get<{ n: number | null }>(`SELECT max(id) AS n FROM ${table}`);
    return new IdRanges([{ first: 1, count: row?.n ?? 1 }]);
  }

  #documentIdOf(document: number): string {
    return this.#connection.get<{ id: string }>(
      'SELECT document_id AS id FROM files WHERE id = ?',
      document,
    )!.id;
  }
}

/**
 * The rows by the words that were found in them, the best first.
 * @param common further words, which only decide where all of the others are too common to score every row
 */
function rank(
  postings: PostingsReader,
  found: Word[],
  common: string[],
  { rows, total }: Scope,
  limit: number,
): Scored[] {
  const rarestFirst = found.toSorted((one, other) => one.frequency - other.frequency);
  const scored = chooseRarest(rarestFirst.filter(({ isComplete }) => isComplete));
  const scores = new Map<number, number>();
  for (const word of scored) addScores(word, total, scores);
  // Rows that have all of the commonest words, then rows without the last one, and so on.
  if (scored.length === 0 && rarestFirst.length > 0) {
    const words = [...rarestFirst.map(({ word }) => word), ...common].slice(0, maxRequiredWords);
    const weight = inverseFrequency(rarestFirst[0]!.frequency, total);
    for (let count = words.length; count > 0 && scores.size < limit; count -= 1) {
      const matching =
        count === 1 ? rarestFirst[0]!.rows : postings.readAll(words.slice(0, count), rows, limit);
      for (const id of matching) if (!scores.has(id)) scores.set(id, weight * count);
    }
  }
  return Array.from(scores, ([id, score]) => ({ id, score }))
    .sort((one, other) => other.score - one.score || one.id - other.id)
    .slice(0, limit);
}

function addScores(word: Word, total: number, scores: Map<number, number>): void {
  const idf = inverseFrequency(word.frequency, total);
  for (const [index, id] of word.rows.entries()) {
    const count = word.counts[index]!;
    const score = (idf * count * (saturation + 1)) / (count + saturation);
    scores.set(id, (scores.get(id) ?? 0) + score);
  }
}

const namedDocuments = ({ ids, documents }: DocIdSet): Pick<Scope, 'documentTokens'> =>
  ids && documents <= maxNamedDocuments
    ? { documentTokens: Array.from(ids, (id) => `d${id}`) }
    : {};

/** The rarest words, as many as have at most `maxScored` rows in total, and at least one. */
function chooseRarest<T extends { frequency: number }>(rarestFirst: T[]): T[] {
  let budget = maxScored;
  const tooMany = rarestFirst.findIndex(({ frequency }, index) => {
    budget -= frequency;
    return index > 0 && budget < 0;
  });
  return tooMany < 0 ? rarestFirst : rarestFirst.slice(0, tooMany);
}

/** The inverse document frequency of BM25; never negative. */
const inverseFrequency = (frequency: number, total: number) =>
  Math.max(1e-6, Math.log((total - Math.min(frequency, total) + 0.5) / (frequency + 0.5)));

/** What the length of a passage changes in the weight of a word that stands in it once. */
function lengthFactor(length: number): number {
  const norm = 1 - lengthInfluence + (lengthInfluence * length) / averageLength;
  return (1 + saturation) / (1 + saturation * norm);
}
