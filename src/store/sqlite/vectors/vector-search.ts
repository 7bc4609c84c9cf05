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
 * Scoring one passage exactly takes about 0.7 µs; a walk through a graph of n passages of which k
 * pass a filter about 0.7 ms × n / k. The two cost the same where k² = 1000 n.
 */
const exactSearchFactor = 1000;

/** A graph of which this share is removed passages is built anew before it is saved. */
const maxDeletedShare = 0.3;

/**
 * The vectors of the database, searched. The graph follows the database in the background; what it
 * does not hold yet is scored exactly, so an answer is never stale, whatever state the graph is in.
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

  /** See `Library.searchVectors`; in the transaction in which the selection was made. */
  search(query: Float32Array, docIdSet: DocIdSet, limit: number): PassageHit[] {
    const model = storedModel(this.#connection);
    if (!model || limit <= 0 || docIdSet.passages === 0) return [];
    if (query.length !== model.dimensions) {
      throw new DeedboxError(
        'model_mismatch',
        `The question's vector has ${query.length} dimensions, the stored ones ${model.dimensions}.`,
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

  /** Begins to bring the graph up to date; a failure leaves searches exact and is tried again. */
  updateInBackground(): void {
    this.update().catch(() => undefined);
  }

  /** After a change: follows where somebody in this process searches. */
  refresh(): void {
    if (this.#graph) this.updateInBackground();
  }

  /** Resolves when the graph holds everything that was committed before the call. */
  async update(): Promise<void> {
    // One that waits will see what is there when it begins; one that runs may have passed it.
    this.#pendingUpdate ??= this.#enqueue(async () => {
      this.#pendingUpdate = undefined;
      await this.#bringUpToDate();
    });
    await this.#pendingUpdate;
  }

  /** Brings the graph up to date and saves it, unless the saved one is as new. */
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

  /** Compares the graph, brought up to date, with the passages that are stored. */
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
          // Others may have written since; what they added is caught up with here.
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

  /** Work that changes the graph or reads it in another thread happens one at a time. */
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

  /** In slices between which the process serves others. */
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
