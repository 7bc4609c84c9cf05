import type { Access } from '../../../domain/documents.ts';
import { partitionPoint } from '../../../domain/partition-point.ts';
import { DeedboxError } from '../../../errors/errors.ts';
import type { PassageHit } from '../../records.ts';
import type { Connection } from '../connection.ts';
import type { DocIdSet } from '../doc-id-set.ts';
import { type ScoredPassage, passageHits } from '../passage-hits.ts';
import { storedModel } from '../state.ts';
import { highest, similarities } from './clusters.ts';
import { DotProducts } from './dot-products.ts';
import { scoreRange } from './exact-search.ts';
import { OpenSegments } from './open-segments.ts';
import { toQuery } from './records.ts';
import type { SegmentReader } from './segment-file.ts';
import { TopK } from './top-k.ts';

/**
 * Sets of documents with at most so many passages are scored exactly. More of them for a principal who may not
 * read all documents: which clusters exist depends on the others, so which passages are found may too.
 */
const maxExactPassages = { unrestricted: 16_384, restricted: 65_536 };

/**
 * Of the clusters of a segment, the nearest `probeFactor` × √clusters are scanned, and more for a filter:
 * the fewer passages pass, the farther away the nearest of them are. `npm run bench:vectors` gives recall
 * and time for other numbers.
 */
const probeFactor = 2;

/** Searches the vectors of the database: segments by clusters, what is in none exactly. */
export class VectorSearch {
  readonly #connection: Connection;
  readonly #folder: string;
  #index: { dimensions: number; dots: DotProducts; segments: OpenSegments } | undefined;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
  }

  /** See `ScopedIndex.searchVectors`; in the transaction that read `docIdSet` for the access. */
  search(query: Float32Array, docIdSet: DocIdSet, limit: number, access: Access): PassageHit[] {
    const model = storedModel(this.#connection);
    if (!model || limit <= 0 || docIdSet.passages === 0) return [];
    if (query.length !== model.dimensions) {
      throw new DeedboxError(
        'model_mismatch',
        `The vector of the query has ${query.length} dimensions, the stored ones have ${model.dimensions}.`,
        { hint: 'Run `deedbox reindex` to read every document again with the configured model.' },
      );
    }
    this.#indexFor(model.dimensions);
    const fixed = toQuery(query);
    const maxExact = maxExactPassages[access === 'unrestricted' ? access : 'restricted'];
    if (!docIdSet.matchesAll && docIdSet.passages <= maxExact) {
      return passageHits(this.#connection, this.#scoreExactly(fixed, docIdSet, limit));
    }
    const wanted = Math.min(limit, docIdSet.passages);
    let found = this.#searchSegments(fixed, docIdSet, wanted, this.#probeFactor(docIdSet));
    // Clusters that were left out may hold the only passages that pass the filter.
    if (found.length < wanted) found = this.#searchSegments(fixed, docIdSet, wanted, Infinity);
    return passageHits(this.#connection, found);
  }

  /** Closes files that are not current any more, so that the space they take is freed. */
  refresh(): void {
    if (!this.#index) return;
    const { segments } = this.#index;
    this.#connection.read(() => segments.view());
  }

  close(): void {
    this.#index?.segments.close();
    this.#index = undefined;
  }

  #indexFor(dimensions: number) {
    if (this.#index?.dimensions === dimensions) return this.#index;
    this.close();
    const dots = new DotProducts(dimensions);
    const segments = new OpenSegments(this.#connection, this.#folder, dots.width);
    this.#index = { dimensions, dots, segments };
    return this.#index;
  }

  #probeFactor({ matchesAll, passages }: DocIdSet): number {
    if (matchesAll) return probeFactor;
    const { total } = this.#connection.get<{ total: number }>(
      `SELECT (SELECT max(id) FROM passages) - (SELECT min(id) FROM passages) + 1 AS total`,
    )!;
    return probeFactor * Math.max(1, (total / passages) ** 0.25);
  }

  #scoreExactly(query: Int16Array, docIdSet: DocIdSet, limit: number): ScoredPassage[] {
    const { dots } = this.#index!;
    const topK = new TopK<ScoredPassage>(limit);
    dots.setQuery(query);
    for (const range of docIdSet.passageRanges()) {
      scoreRange(this.#connection, range, dots, (passage, score) => {
        if (score > topK.threshold) topK.offer({ passage, score });
      });
    }
    return topK.sorted;
  }

  #searchSegments(
    query: Int16Array,
    docIdSet: DocIdSet,
    limit: number,
    probes: number,
  ): ScoredPassage[] {
    const { dots, segments } = this.#index!;
    const { openFiles, unindexed, removed } = segments.view();
    const topK = new TopK<ScoredPassage>(limit);
    const isPresent = (passage: number) =>
      docIdSet.matchesAll ? !isRemoved(removed, passage) : docIdSet.hasPassage(passage);
    const visit = (passage: number, score: number) => {
      if (score > topK.threshold && isPresent(passage)) topK.offer({ passage, score });
    };
    for (const reader of openFiles) {
      const clusters = nearestClusters(dots, query, reader, probes);
      dots.setQuery(query);
      try {
        reader.scan(dots, clusters, visit);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        segments.discard(reader);
        return this.#searchSegments(query, docIdSet, limit, probes);
      }
    }
    dots.setQuery(query);
    for (const range of unindexed) scoreRange(this.#connection, range, dots, visit, isPresent);
    return topK.sorted;
  }
}

function nearestClusters(
  dots: DotProducts,
  query: Int16Array,
  { table: { centroids } }: SegmentReader,
  factor: number,
): Uint32Array {
  const { count } = centroids;
  const probes = Math.min(count, Math.ceil(factor * Math.sqrt(count)));
  if (probes === count) return Uint32Array.from({ length: count }, (_, i) => i);
  return highest(similarities(dots, query, centroids), probes).sort();
}

/** Whether one of the ranges, sorted by their first passage, holds the passage. */
function isRemoved(ranges: { first: number; passages: number }[], passage: number): boolean {
  const range = ranges[partitionPoint(ranges, ({ first }) => first <= passage) - 1];
  return range !== undefined && passage < range.first + range.passages;
}
