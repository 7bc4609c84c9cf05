import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '../connection.ts';
import { storedModel } from '../state.ts';
import { paddedWidth } from './records.ts';
import { buildSegment, filePrefix } from './segment-builder.ts';
import { SegmentReader } from './segment-file.ts';
import {
  currentSegments,
  dropSuperseded,
  endIndexWriting,
  lastIndexedPassage,
  leaseIndexWriting,
  type PassageRange,
  removedBySegment,
  type Segment,
} from './segment-table.ts';

/** How long a slice may block the event loop, in milliseconds. */
const sliceMs = 8;

/** How often a process that writes segments renews its lease, in milliseconds. */
const renewalMs = 5000;

/** As many new passages are put into a segment of their own. */
const newSegmentSize = 4096;

/** Records of the smallest tier, and how much larger each tier is than the one before it. */
const smallestTier = 64;
const tierFactor = 8;

/** A segment with a higher share of removed passages is written again. */
const maxRemovedShare = 0.3;

/** How long superseded files are kept for readers that are about to open them, in milliseconds. */
const gracePeriodMs = 60_000;

const dayMs = 24 * 60 * 60 * 1000;

/** Rejects work that was left because the store is being closed. */
class ClosedError extends Error {}

/**
 * Writes new passages into segments and merges these (a log-structured merge tree, O'Neil et al. 1996, with
 * tiers), in slices on the event loop. Each step leaves an index that is complete, and one process at a
 * time writes; an interrupted step is begun again.
 */
export class SegmentMaintenance {
  readonly #connection: Connection;
  readonly #folder: string;
  readonly #owner = randomBytes(8).toString('hex');
  /** Names of files whose table was read. */
  readonly #examined = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #added = 0;
  #isScheduled = false;
  #closed = false;
  #sliceEnd = 0;
  #leasedUntil = 0;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
  }

  /** To be called after each write; starts the steps that are due. */
  added(passages: number): void {
    this.#added += passages;
    if (this.#added < newSegmentSize) return;
    this.#added = 0;
    this.#schedule();
  }

  /** Starts all steps that are due, unless they wait already; after a failure the next call tries again. */
  #schedule(): void {
    if (this.#isScheduled || this.#closed) return;
    this.#isScheduled = true;
    const work = this.#enqueue(() => {
      this.#isScheduled = false;
      return this.#runDueSteps();
    });
    work.catch(() => undefined);
  }

  /**
   * Puts all new passages into a segment, and writes damaged ones again, unless another process is about
   * to. Merges follow in the background. Throws `storage_error` and the errors of the file system.
   */
  async indexAll(): Promise<void> {
    await this.#enqueue(async () => {
      const connection = this.#connection;
      const due = () => this.#damagedSegment() ?? newRange(connection, 1);
      await this.#repeat(due);
    });
    this.#schedule();
  }

  /** Every step that is due, to its end. */
  async runDueSteps(): Promise<void> {
    await this.#enqueue(() => this.#runDueSteps());
  }

  /**
   * Writes the segments again that hold vectors of removed passages, and removes every file that is not
   * in use. Returns false while another process writes segments.
   */
  async purge(): Promise<boolean> {
    const connection = this.#connection;
    let isLeased = false;
    await this.#enqueue(async () => {
      isLeased = this.#lease();
      if (!isLeased) return;
      await this.#repeat(() =>
        segmentOfRemoved(currentSegments(connection), removedBySegment(connection), 0),
      );
      await this.#removeFiles({ atOnce: true });
    });
    return isLeased && connection.read(() => removedBySegment(connection)).size === 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#work.catch(() => undefined);
  }

  /** Runs one at a time. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    const previous = this.#work.catch(() => undefined);
    const run = async () => {
      await previous;
      if (!this.#closed) await this.#leased(work);
    };
    this.#work = run();
    return this.#work;
  }

  /** Ends the lease that the work has taken, if it has taken one. */
  async #leased(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ClosedError)) throw error;
    } finally {
      if (this.#leasedUntil > 0) {
        this.#connection.write(() => endIndexWriting(this.#connection, this.#owner));
        this.#leasedUntil = 0;
      }
    }
  }

  async #runDueSteps(): Promise<void> {
    await this.#repeat(() => this.#nextStep());
    await this.#removeFiles();
  }

  /** Writes segments as long as one is due. */
  async #repeat(due: () => PassageRange | undefined): Promise<void> {
    let last = '';
    for (;;) {
      const range = this.#connection.read(due);
      // The same step twice: its segment could not be published.
      if (!range || JSON.stringify(range) === last) return;
      last = JSON.stringify(range);
      if (!(await this.#build(range))) return;
    }
  }

  /** Returns false when another process writes segments. */
  async #build(range: PassageRange): Promise<boolean> {
    const model = storedModel(this.#connection);
    if (!model || !this.#lease()) return false;
    await buildSegment(range, {
      connection: this.#connection,
      folder: this.#folder,
      dimensions: model.dimensions,
      pause: () => this.#pause(),
    });
    return true;
  }

  #pause(): Promise<void> | undefined {
    if (this.#closed) throw new ClosedError('The store is being closed.');
    return performance.now() < this.#sliceEnd ? undefined : this.#nextSlice();
  }

  async #nextSlice(): Promise<void> {
    await nextTurn();
    if (!this.#lease()) throw new ClosedError('Another process has taken over.');
    this.#sliceEnd = performance.now() + sliceMs;
  }

  #lease(): boolean {
    const now = Date.now();
    if (now < this.#leasedUntil) return true;
    const isOwner = this.#connection.write(() =>
      leaseIndexWriting(this.#connection, this.#owner, now),
    );
    this.#leasedUntil = isOwner ? now + renewalMs : 0;
    return isOwner;
  }

  /** The passages of the next segment to write, if a step is due. */
  #nextStep(): PassageRange | undefined {
    const segments = currentSegments(this.#connection);
    return (
      this.#damagedSegment() ??
      segmentOfRemoved(segments, removedBySegment(this.#connection), maxRemovedShare) ??
      newRange(this.#connection, newSegmentSize) ??
      mergedRange(segments)
    );
  }

  #damagedSegment(): Segment | undefined {
    const model = storedModel(this.#connection);
    if (!model) return undefined;
    const width = paddedWidth(model.dimensions);
    return currentSegments(this.#connection).find((segment) => !this.#isUsable(segment, width));
  }

  #isUsable({ file, records }: Segment, width: number): boolean {
    if (!existsSync(path.join(this.#folder, file))) return false;
    if (this.#examined.has(file)) return true;
    const reader = SegmentReader.open(path.join(this.#folder, file), width);
    reader?.close();
    if (reader?.count !== records) return false;
    this.#examined.add(file);
    return true;
  }

  /**
   * Removes files of no segment, and what killed processes have left.
   * @param atOnce without the time that readers have to open a superseded file: one that comes late scores
   *   the passages exactly. Requires the lease, without which another process may be writing a file
   */
  async #removeFiles({ atOnce = false } = {}): Promise<void> {
    const files = this.#connection.write(() => {
      const before = atOnce ? Number.MAX_SAFE_INTEGER : Date.now() - gracePeriodMs;
      const kept = dropSuperseded(this.#connection, before);
      return readdirSync(this.#folder).filter(
        (name) =>
          name.startsWith(filePrefix) && !kept.has(name) && (atOnce || !this.#isInUse(name)),
      );
    });
    for (const name of files) await rm(path.join(this.#folder, name), { force: true });
  }

  /** A file of this name may be one that another process writes now. */
  #isInUse(name: string): boolean {
    const file = path.join(this.#folder, name);
    if (!name.endsWith('.tmp') || !existsSync(file)) return false;
    return Date.now() - statSync(file).mtimeMs < dayMs;
  }
}

/** The passages in no segment yet, if there are so many. */
function newRange(connection: Connection, wanted: number): PassageRange | undefined {
  const first = lastIndexedPassage(connection) + 1;
  const row = connection.get<{ passages: number | null; last: number | null }>(
    `SELECT sum(passages) AS passages, max(first_passage + passages - 1) AS last
     FROM documents WHERE first_passage >= ?`,
    first,
  );
  if (!row?.last || (row.passages ?? 0) < wanted) return undefined;
  return { first, last: row.last };
}

/** A segment of which a higher share of passages than this was removed. */
function segmentOfRemoved(
  segments: Segment[],
  removed: Map<number, number>,
  share: number,
): Segment | undefined {
  return segments.find(({ first, records }) => (removed.get(first) ?? 0) > records * share);
}

/**
 * The last neighbouring segments of a tier and those below it, if they fill a segment of the next tier; in the
 * lowest tier also if they are many.
 */
export function mergedRange(segments: Segment[]): PassageRange | undefined {
  const tiers = segments.map(({ records }) => tierOf(records));
  for (let tier = 0; tier <= Math.max(...tiers, 0); tier += 1) {
    let start = segments.length;
    while (start > 0 && tiers[start - 1]! <= tier) start -= 1;
    const run = segments.slice(start);
    const records = run.reduce((sum, segment) => sum + segment.records, 0);
    const isFull = tierOf(records) > tier || (tier === 0 && run.length >= tierFactor);
    if (run.length > 1 && isFull) return { first: run[0]!.first, last: run.at(-1)!.last };
  }
  return undefined;
}

function tierOf(records: number): number {
  let tier = 0;
  for (let size = smallestTier * tierFactor; records >= size; size *= tierFactor) tier += 1;
  return tier;
}
