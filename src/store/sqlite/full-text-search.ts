import type { Coverage, DocumentTextHit, TextHit, WordCount } from '../records.ts';
import type { Connection } from './connection.ts';
import type { DocIdSet } from './doc-id-set.ts';
import { documentTokenizer, passageTokenizer } from './full-text.ts';
import { IdRanges } from './id-ranges.ts';
import { passageHits } from './passage-hits.ts';
import { type FullTextTable, type Postings, PostingsReader } from './postings.ts';
import { chooseBest, RowScores, type Scored } from './row-scores.ts';
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

/** Passages whose contracts are counted, at most. */
const maxCountedRows = 1000;

/** Characters of a passage that is neither long nor short. */
const averageLength = 500;

/** The length is taken into account in so many times the requested passages. */
const lengthCandidates = 4;

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
  searchPassages(
    words: string[],
    docIdSet: DocIdSet,
    limit: number,
    related: string[] = [],
  ): TextHit[] {
    if (limit <= 0 || docIdSet.passages === 0) return [];
    const { postings, stemmer } = this.#open().passages;
    const total = docIdSet.passages;
    const all = this.#allRows('passages');
    const scope: Scope = docIdSet.matchesAll
      ? { rows: all, total }
      : { rows: docIdSet.passageIds, total, ...namedDocuments(docIdSet) };
    const stems = stemmer.stems(words);
    const known = new Set(stems.map(({ stem }) => stem));
    const others = stemmer.stems(related).filter(({ stem, kind }) => {
      return kind === 'stem' && !known.has(stem);
    });
    const expected = [...stems, ...others.map((word) => ({ ...word, kind: 'related' as const }))]
      .map((word) => ({ word, share: wordShares.get(word.stem) ?? 0 }))
      .map(({ word, share }) => ({ word, share, frequency: share * total }))
      .sort((one, other) => one.frequency - other.frequency);
    const read = ({ word, share }: { word: Stem; share: number }): Word => {
      const { documentTokens } = scope;
      const options = { expected: share * all.size, ...(documentTokens && { documentTokens }) };
      return { ...word, ...postings.read(word, scope.rows, maxScored, options) };
    };
    const chosen = chooseRarest(expected);
    let found = chosen.map(read).filter(({ frequency }) => frequency > 0);
    // Where no rare word occurs, the common ones decide.
    for (const word of expected.slice(chosen.length)) {
      if (found.length > 0) break;
      found = [read(word)].filter(({ frequency }) => frequency > 0);
    }
    const common = expected.slice(chosen.length).map(({ word }) => word);
    const counted = new Map(found.map(({ stem, frequency }) => [stem, frequency]));
    const weights = sumWeights(
      expected.map(({ word, frequency }, index) => ({
        kind: word.kind,
        frequency: counted.get(word.stem) ?? (index < chosen.length ? 0 : frequency),
      })),
      total,
    );
    const scored = rank(postings, found, common, scope, limit * lengthCandidates, weights);
    const hits = passageHits(
      this.#connection,
      scored.map(({ id: passage, score }) => ({ passage, score })),
    );
    const byId = new Map(scored.map((one) => [one.id, one]));
    const ranked = hits
      .map((hit) => {
        const { score, coverage, exactCoverage } = byId.get(hit.passageId)!;
        return {
          ...hit,
          score: score * lengthFactor(hit.end - hit.start),
          coverage,
          exactCoverage,
        };
      })
      .sort((one, other) => other.score - one.score || one.passageId - other.passageId);
    return chooseBest(ranked, limit);
  }

  /** In the transaction that read `docIdSet`. */
  searchDocuments(words: string[], docIdSet: DocIdSet, limit: number): DocumentTextHit[] {
    if (limit <= 0 || docIdSet.documents === 0) return [];
    const { postings, stemmer } = this.#open().documents;
    const rows = docIdSet.matchesAll ? this.#allRows('documents') : docIdSet.documentIds;
    const found = stemmer
      .stems(words)
      .map((word) => ({ ...word, ...postings.read(word, rows, maxScored) }));
    const weights = sumWeights(found, docIdSet.documents);
    const scope = { rows, total: docIdSet.documents };
    const present = found.filter(({ frequency }) => frequency > 0);
    return rank(postings, present, [], scope, limit, weights).map(({ id, score, coverage }) => ({
      documentId: this.#documentIdOf(id),
      score,
      coverage,
    }));
  }

  /** See `ScopedIndex.countWords`; in the transaction that read `docIdSet`. */
  countWords(terms: string[], docIdSet: DocIdSet): WordCount[] {
    const { postings, stemmer } = this.#open().passages;
    const rows = docIdSet.matchesAll ? this.#allRows('passages') : docIdSet.passageIds;
    return terms.map((term) => {
      const stems = stemmer.stems([term]);
      const word = stems.find(({ kind }) => kind !== 'stem') ?? stems[0];
      if (!word) return { passages: 0, contracts: 0 };
      const found = postings.read(word, rows, maxScored);
      return {
        passages: found.frequency,
        ...(found.rows.length <= maxCountedRows && { contracts: this.#countDocuments(found.rows) }),
      };
    });
  }

  #countDocuments(passages: number[]): number {
    return this.#connection.get<{ n: number }>(
      'SELECT count(DISTINCT document) AS n FROM passages WHERE id IN (SELECT value FROM json_each(?))',
      `[${passages.join(',')}]`,
    )!.n;
  }

  #open() {
    this.#indexes ??= {
      passages: {
        postings: new PostingsReader(this.#connection, passageTable),
        stemmer: new Stemmer(this.#connection, 'passage_stems', passageTokenizer, {
          hasExactWords: true,
        }),
      },
      documents: {
        postings: new PostingsReader(this.#connection, documentTable),
        stemmer: new Stemmer(this.#connection, 'document_stems', documentTokenizer, {
          hasExactWords: false,
        }),
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
 * @param weights of all words of the query, those that stand nowhere included
 */
function rank(
  postings: PostingsReader,
  found: Word[],
  common: Stem[],
  { rows, total }: Scope,
  limit: number,
  weights: Coverage,
): Scored[] {
  const rarestFirst = found.toSorted((one, other) => one.frequency - other.frequency);
  const scored = chooseRarest(rarestFirst.filter(({ isComplete }) => isComplete));
  const scores = new RowScores();
  for (const word of scored) addScores(word, total, scores);
  // Rows that have all of the commonest words, then rows without the last one, and so on.
  if (scored.length === 0 && rarestFirst.length > 0) {
    const words = [...rarestFirst, ...common].slice(0, maxRequiredWords);
    const weight = inverseFrequency(rarestFirst[0]!.frequency, total);
    for (let count = words.length; count > 0 && scores.size < limit; count -= 1) {
      const matching =
        count === 1 ? rarestFirst[0]!.rows : postings.readAll(words.slice(0, count), rows, limit);
      for (const id of matching)
        if (!scores.has(id)) scores.add(id, weight * count, weight ** 2, 0);
    }
  }
  return scores.best(limit, weights);
}

/** What each kind of word counts for. */
const coverageOf: Record<Stem['kind'], keyof Coverage | undefined> = {
  stem: 'coverage',
  exact: 'exactCoverage',
  phrase: 'exactCoverage',
  related: undefined,
};

function sumWeights(words: { kind: Stem['kind']; frequency: number }[], total: number): Coverage {
  const weights = { coverage: 0, exactCoverage: 0 };
  for (const { kind, frequency } of words) {
    const weight = inverseFrequency(frequency, total) ** 2;
    const name = coverageOf[kind];
    if (name) weights[name] += weight;
  }
  return weights;
}

function addScores(word: Word, total: number, scores: RowScores): void {
  const idf = inverseFrequency(word.frequency, total);
  const name = coverageOf[word.kind];
  const coverage = name === 'coverage' ? idf * idf : 0;
  const exactCoverage = name === 'exactCoverage' ? idf * idf : 0;
  for (const [index, id] of word.rows.entries()) {
    const count = word.counts[index]!;
    scores.add(
      id,
      (idf * count * (saturation + 1)) / (count + saturation),
      coverage,
      exactCoverage,
    );
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
