import path from 'node:path';
import type { Connection } from '../connection.ts';
import { currentSequenceNumber } from '../state.ts';
import { SegmentReader } from './segment-file.ts';
import { currentSegments, type PassageRange, type Segment } from './segment-table.ts';

/** The segments of one state of the database. */
export interface SegmentView {
  openFiles: SegmentReader[];
  /** Ranges whose file cannot be used, and all passages that are in no segment yet. */
  unindexed: PassageRange[];
  /** Removed passages that these files still hold, in order. */
  removed: { first: number; passages: number }[];
}

/** Keeps the files of the current segments open. */
export class OpenSegments {
  readonly #connection: Connection;
  readonly #folder: string;
  readonly #width: number;
  /** By the name of the file; undefined for a file that cannot be used. */
  readonly #openFiles = new Map<string, SegmentReader | undefined>();
  #version = '';
  #view: SegmentView = { openFiles: [], unindexed: [], removed: [] };

  /** @param width numbers of a stored vector */
  constructor(connection: Connection, folder: string, width: number) {
    this.#connection = connection;
    this.#folder = folder;
    this.#width = width;
  }

  /** The view in the transaction that is open. */
  view(): SegmentView {
    const version = this.#currentVersion();
    if (version !== this.#version) {
      this.#view = this.#read();
      this.#version = version;
    }
    return this.#view;
  }

  /** Scores the passages of a segment exactly from now on. */
  discard(reader: SegmentReader): void {
    for (const [file, known] of this.#openFiles) {
      if (known === reader) this.#openFiles.set(file, undefined);
    }
    reader.close();
    this.#version = '';
  }

  close(): void {
    for (const reader of this.#openFiles.values()) reader?.close();
    this.#openFiles.clear();
    this.#version = '';
  }

  /** A segment may be published without a change of the documents. */
  #currentVersion(): string {
    const row = this.#connection.get<{ segments: number }>(
      'SELECT coalesce(max(seq), 0) AS segments FROM vector_segments',
    );
    return `${currentSequenceNumber(this.#connection)} ${row?.segments}`;
  }

  #read(): SegmentView {
    const segments = currentSegments(this.#connection);
    const current = new Set(segments.map(({ file }) => file));
    for (const [file, reader] of this.#openFiles) {
      if (current.has(file)) continue;
      reader?.close();
      this.#openFiles.delete(file);
    }
    const view: SegmentView = {
      openFiles: [],
      unindexed: [],
      removed: this.#connection.all(
        'SELECT first_passage AS first, passages FROM tombstones ORDER BY first_passage',
      ),
    };
    for (const segment of segments) {
      const reader = this.#open(segment);
      if (reader) view.openFiles.push(reader);
      else view.unindexed.push(segment);
    }
    const last = segments.at(-1)?.last ?? 0;
    view.unindexed.push({ first: last + 1, last: Number.MAX_SAFE_INTEGER });
    return view;
  }

  #open({ file, records }: Segment): SegmentReader | undefined {
    if (!this.#openFiles.has(file)) {
      const reader = SegmentReader.open(path.join(this.#folder, file), this.#width);
      this.#openFiles.set(file, reader?.count === records ? reader : undefined);
    }
    return this.#openFiles.get(file);
  }
}
