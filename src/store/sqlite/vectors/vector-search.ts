import { existsSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DeedboxError } from '../../../errors.ts';
import type { IntegrityProblem, PassageHit } from '../../records.ts';
import type { Connection } from '../connection.ts';
import { type ScoredPassage, passageHits } from '../passage-hits.ts';
import type { Selection } from '../selection.ts';
import { changeNumber, storedModel } from '../state.ts';
import { Best } from './best.ts';
import { scoreAddedAfter, scoreDocuments } from './exact.ts';
import { emptyGraph, Follower, hasFallenBehind } from './follow.ts';
import type { HnswGraph } from './hnsw.ts';
import { currentSnapshot, loadSnapshot, saveSnapshot } from './snapshot.ts';

/**
 * Scoring one passage exactly takes about 0.7 µs; a walk through a graph of n passages of which k
 * pass a filter about 0.7 ms × n / k. The two cost the same where k² = 1000 n.
 */
const exactSquared = 1000;

/** A graph of which this share is removed passages is built anew before it is saved. */
const worthRebuilding = 0.3;

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
  #following: Promise<void> | undefined;
  #closed = false;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
  }

  get changeNumber(): number {
    return this.#graph?.followed.changeNumber ?? 0;
  }

  /** See `Library.searchVectors`; in the transaction in which the selection was made. */
  search(query: Float32Array, selection: Selection, limit: number): PassageHit[] {
    const model = storedModel(this.#connection);
    if (!model || limit <= 0 || selection.passages === 0) return [];
    if (query.length !== model.dimensions) {
      throw new DeedboxError(
        'model_mismatch',
        `The question's vector has ${query.length} dimensions, the stored ones ${model.dimensions}.`,
        { hint: 'Run `deedbox reindex` to read every document again with the configured model.' },
      );
    }
    if (this.changeNumber !== changeNumber(this.#connection)) this.followInBackground();
    const few = selection.passages ** 2 < exactSquared * (this.#graph?.count ?? 0);
    if (this.#graph && this.#model === model.checksum && !few) {
      const hits = this.#searchGraph(this.#graph, query, selection, limit);
      if (hits.length >= Math.min(limit, selection.passages)) return hits;
    }
    const best = new Best<ScoredPassage>(limit);
    if (selection.ids) {
      scoreDocuments(this.#connection, selection.ids, query, best);
    } else {
      scoreAddedAfter(this.#connection, 0, () => true, query, best);
    }
    return passageHits(this.#connection, best.inOrder);
  }

  #searchGraph(
    graph: HnswGraph,
    query: Float32Array,
    selection: Selection,
    limit: number,
  ): PassageHit[] {
    const { lastAdded, removalSeq } = graph.followed;
    const stale = this.#connection.get<{ n: number }>(
      'SELECT coalesce(sum(passages), 0) AS n FROM removals WHERE seq > ?',
      removalSeq,
    );
    const wanted = limit + Math.min(stale?.n ?? 0, 1000);
    const passes = selection.all ? undefined : (id: number) => selection.hasPassage(id);
    const best = new Best<ScoredPassage>(wanted);
    for (const found of graph.search(query, wanted, passes)) best.offer(found);
    const selected = (document: number) => selection.hasDocument(document);
    scoreAddedAfter(this.#connection, lastAdded, selected, query, best);
    return passageHits(this.#connection, best.inOrder).slice(0, limit);
  }

  /** Begins to bring the graph up to date; a failure leaves searches exact and is tried again. */
  followInBackground(): void {
    this.follow().catch(() => undefined);
  }

  /** After a change: follows where somebody in this process searches. */
  keepUp(): void {
    if (this.#graph) this.followInBackground();
  }

  /** Resolves when the graph holds everything that was committed before the call. */
  async follow(): Promise<void> {
    // One that waits will see what is there when it begins; one that runs may have passed it.
    this.#following ??= this.#enqueue(async () => {
      this.#following = undefined;
      await this.#bringUpToDate();
    });
    await this.#following;
  }

  /** Brings the graph up to date and saves it, unless the saved one is as new. */
  async checkpoint(): Promise<void> {
    await this.#enqueue(async () => {
      await this.#bringUpToDate();
      const model = storedModel(this.#connection);
      if (!this.#graph || !model || this.#closed) return;
      const { removed, changeNumber: held } = this.#graph.followed;
      const saved = currentSnapshot(this.#connection);
      if (saved?.changeNumber === held && existsSync(path.join(this.#folder, saved.file))) return;
      if (removed > this.#graph.count * worthRebuilding) {
        this.#graph = await this.#caughtUp(emptyGraph(this.#connection, model.dimensions));
      }
      if (this.#graph) await saveSnapshot(this.#connection, this.#folder, this.#graph, model);
    });
  }

  /** Compares the graph, brought up to date, with the passages that are stored. */
  async verify(): Promise<IntegrityProblem[]> {
    let problems: IntegrityProblem[] | undefined;
    await this.#enqueue(async () => {
      await this.#bringUpToDate();
      const graph = this.#graph;
      if (!graph) return;
      const follower = new Follower(this.#connection, graph);
      while (!problems && !this.#closed) {
        await nextTurn();
        problems = this.#connection.read(() => {
          // Others may have written since; what they added is caught up with here.
          if (!follower.catchUp()) return undefined;
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
    if (!this.#graph || hasFallenBehind(this.#connection, this.#graph)) {
      this.#graph =
        (await this.#fromSnapshot(model)) ?? emptyGraph(this.#connection, model.dimensions);
    }
    await this.#caughtUp(this.#graph);
  }

  async #fromSnapshot(model: {
    checksum: string;
    dimensions: number;
  }): Promise<HnswGraph | undefined> {
    const graph = await loadSnapshot(this.#connection, this.#folder, model);
    return graph && !hasFallenBehind(this.#connection, graph) ? graph : undefined;
  }

  /** In slices between which the process serves others. */
  async #caughtUp(graph: HnswGraph): Promise<HnswGraph> {
    const follower = new Follower(this.#connection, graph);
    while (!this.#closed && !this.#connection.read(() => follower.catchUp())) {
      await nextTurn();
    }
    return graph;
  }
}

function compareGraph(graph: HnswGraph, stored: Set<number>): IntegrityProblem[] {
  const held = new Set(graph.passages());
  const missing = [...stored].filter((passage) => !held.has(passage));
  const surplus = [...held].filter((passage) => !stored.has(passage));
  const check = 'vector_index';
  return [
    ...missing.map((id) => ({ check, detail: `Passage ${id} is missing in the vector index.` })),
    ...surplus.map((id) => ({ check, detail: `Passage ${id} of the vector index is not stored.` })),
  ].slice(0, 100);
}
