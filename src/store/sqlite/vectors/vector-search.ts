import { existsSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeedboxError } from '../../../errors/errors.ts';
import type { IntegrityProblem, PassageHit } from '../../records.ts';
import type { Connection } from '../connection.ts';
import { type ScoredPassage, passageHits } from '../passage-hits.ts';
import type { DocIdSet } from '../doc-id-set.ts';
import { currentSequenceNumber, storedModel } from '../state.ts';
import { scoreAddedAfter, scoreDocuments, TopK } from './exact-search.ts';
import { emptyGraph, IndexUpdater, isStale } from './index-updater.ts';
import type { HnswGraph } from './hnsw.ts';
import { currentSnapshot, loadSnapshot, writeSnapshot } from './snapshot.ts';

/**
 * Exact scoring takes about 0.7 µs per passage; an HNSW search over n passages of which k match the
 * filter about 0.7 ms × n / k. Both take the same time where k² = 1000 n.
 */
const exactSearchFactor = 1000;

/** A graph with a higher share of deleted nodes is built again before it is saved. */
const maxDeletedShare = 0.3;

/**
 * Searches the vectors of the database. The graph is updated in the background; passages that it lacks
 * are scored exactly, so that results are never stale.
 */
export class VectorSearch {
  readonly #connection: Connection;
  readonly #folder: string;
  #graph: HnswGraph | undefined;
  #model: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #pendingUpdate: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
  }

  get sequenceNumber(): number {
    return this.#graph?.position.sequenceNumber ?? 0;
  }

  /** See `ScopedIndex.searchVectors`; in the transaction that read `docIdSet`. */
  search(query: Float32Array, docIdSet: DocIdSet, limit: number): PassageHit[] {
    const model = storedModel(this.#connection);
    if (!model || limit <= 0 || docIdSet.passages === 0) return [];
    if (query.length !== model.dimensions) {
      throw new DeedboxError(
        'model_mismatch',
        `The vector of the query has ${query.length} dimensions, the stored ones have ${model.dimensions}.`,
        { hint: 'Run `deedbox reindex` to read every document again with the configured model.' },
      );
    }
    if (this.sequenceNumber !== currentSequenceNumber(this.#connection)) this.updateInBackground();
    const isSelective = docIdSet.passages ** 2 < exactSearchFactor * (this.#graph?.count ?? 0);
    if (this.#graph && this.#model === model.checksum && !isSelective) {
      const hits = this.#searchGraph(this.#graph, query, docIdSet, limit);
      if (hits.length >= Math.min(limit, docIdSet.passages)) return hits;
    }
    const topK = new TopK<ScoredPassage>(limit);
    if (docIdSet.ids) {
      scoreDocuments(this.#connection, docIdSet.ids, query, topK);
    } else {
      scoreAddedAfter(this.#connection, 0, () => true, query, topK);
    }
    return passageHits(this.#connection, topK.sorted);
  }

  #searchGraph(
    graph: HnswGraph,
    query: Float32Array,
    docIdSet: DocIdSet,
    limit: number,
  ): PassageHit[] {
    const { lastAdded, tombstoneSeq } = graph.position;
    const tombstoned = this.#connection.get<{ n: number }>(
      'SELECT coalesce(sum(passages), 0) AS n FROM tombstones WHERE seq > ?',
      tombstoneSeq,
    );
    const wanted = limit + Math.min(tombstoned?.n ?? 0, 1000);
    const filter = docIdSet.matchesAll ? undefined : (id: number) => docIdSet.hasPassage(id);
    const topK = new TopK<ScoredPassage>(wanted);
    for (const found of graph.search(query, wanted, filter)) topK.offer(found);
    const selected = (document: number) => docIdSet.hasDocument(document);
    scoreAddedAfter(this.#connection, lastAdded, selected, query, topK);
    return passageHits(this.#connection, topK.sorted).slice(0, limit);
  }

  /** Starts to update the graph; after a failure, searches stay exact and the next one tries again. */
  updateInBackground(): void {
    this.update().catch(() => undefined);
  }

  /** Updates the graph after a change, if this process has searched. */
  refresh(): void {
    if (this.#graph) this.updateInBackground();
  }

  /** Resolves when the graph holds everything that was committed before the call. */
  async update(): Promise<void> {
    // A waiting update will see this commit; one that runs may not.
    this.#pendingUpdate ??= this.#enqueue(async () => {
      this.#pendingUpdate = undefined;
      await this.#bringUpToDate();
    });
    await this.#pendingUpdate;
  }

  /** Updates the graph and saves it, unless the saved snapshot is as new. */
  async saveSnapshot(): Promise<void> {
    await this.#enqueue(async () => {
      await this.#bringUpToDate();
      const model = storedModel(this.#connection);
      if (!this.#graph || !model || this.#closed) return;
      const { deletedNodes, sequenceNumber: indexedSequenceNumber } = this.#graph.position;
      const saved = currentSnapshot(this.#connection);
      if (
        saved?.sequenceNumber === indexedSequenceNumber &&
        existsSync(path.join(this.#folder, saved.file))
      )
        return;
      if (deletedNodes > this.#graph.count * maxDeletedShare) {
        this.#graph = await this.#applyAllPending(emptyGraph(this.#connection, model.dimensions));
      }
      if (this.#graph) await writeSnapshot(this.#connection, this.#folder, this.#graph, model);
    });
  }

  /** Updates the graph and compares it with the stored passages. */
  async verify(): Promise<IntegrityProblem[]> {
    let problems: IntegrityProblem[] | undefined;
    await this.#enqueue(async () => {
      await this.#bringUpToDate();
      const graph = this.#graph;
      if (!graph) return;
      const updater = new IndexUpdater(this.#connection, graph);
      while (!problems && !this.#closed) {
        await nextTurn();
        problems = this.#connection.read(() => {
          // Other processes may have written since.
          if (!updater.applyPending()) return undefined;
          const rows = this.#connection.all<{ id: number }>('SELECT id FROM passages');
          return compareGraph(graph, new Set(rows.map(({ id }) => id)));
        });
      }
    });
    return problems ?? [];
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#work.catch(() => undefined);
    this.#graph = undefined;
  }

  /** Runs one at a time what changes the graph or reads it in another thread. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.catch(() => undefined).then(work);
    this.#work = done;
    return done;
  }

  async #bringUpToDate(): Promise<void> {
    const model = storedModel(this.#connection);
    if (this.#closed || !model) return;
    if (this.#model !== model.checksum) this.#graph = undefined;
    this.#model = model.checksum;
    if (!this.#graph || isStale(this.#connection, this.#graph)) {
      this.#graph =
        (await this.#fromSnapshot(model)) ?? emptyGraph(this.#connection, model.dimensions);
    }
    await this.#applyAllPending(this.#graph);
  }

  async #fromSnapshot(model: {
    checksum: string;
    dimensions: number;
  }): Promise<HnswGraph | undefined> {
    const graph = await loadSnapshot(this.#connection, this.#folder, model);
    return graph && !isStale(this.#connection, graph) ? graph : undefined;
  }

  /** Yields to the event loop between slices. */
  async #applyAllPending(graph: HnswGraph): Promise<HnswGraph> {
    const updater = new IndexUpdater(this.#connection, graph);
    while (!this.#closed && !this.#connection.read(() => updater.applyPending())) {
      await nextTurn();
    }
    return graph;
  }
}

function compareGraph(graph: HnswGraph, stored: Set<number>): IntegrityProblem[] {
  const indexed = new Set(graph.passages());
  const missing = [...stored].filter((passage) => !indexed.has(passage));
  const surplus = [...indexed].filter((passage) => !stored.has(passage));
  const check = 'vector_index';
  return [
    ...missing.map((id) => ({ check, detail: `Passage ${id} is missing in the vector index.` })),
    ...surplus.map((id) => ({ check, detail: `Passage ${id} of the vector index is not stored.` })),
  ].slice(0, 100);
}
