import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import { isBusyError, openDatabase, openReadOnly } from '../sqlite/open-database.ts';
import { chownLike, chainHeadFile } from './files.ts';
import { genesisHash, type ChainLink } from './line.ts';

/** The last line that was written, and where it ends. */
export interface ChainHeadState extends ChainLink {
  file: string;
  /** Bytes of the file up to the end of that line. */
  size: number;
}

/** Before anything was written. */
export const emptyChain: ChainHeadState = { seq: 0, hash: genesisHash, file: '', size: 0 };

const migrations = [
  `CREATE TABLE head (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     seq INTEGER NOT NULL, hash TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL
   ) STRICT`,
];

const columns = 'seq, hash, file, size';

/** The head as it was committed last; undefined where there is none. */
export function readChainHead(folder: string): ChainHeadState | undefined {
  const path = join(folder, chainHeadFile);
  if (!existsSync(path)) return undefined;
  const db = openReadOnly(path, 5000);
  try {
    return db.prepare(`SELECT ${columns} FROM head`).get() as ChainHeadState | undefined;
  } finally {
    db.close();
  }
}

/** Runs what another process may keep from it for a moment, until `until` at the latest. */
async function retryWhileBusy<T>(deadline: number, operation: () => T): Promise<T> {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if (!isBusyError(error) || Date.now() > deadline) throw error;
      await delay(5 + Math.random() * 10);
    }
  }
}

/**
 * Knows the last line, and lets one process at a time write the next. SQLite's lock is freed by the
 * system when its holder is killed. A head may lag behind the lines, never run ahead of them: it is
 * written once they are on the disk.
 */
export class ChainHead {
  readonly #db: Sqlite.Database;

  /** Rejects when the file is not to be had for `patience` milliseconds, in which others begin it too. */
  static open(folder: string, timeoutMs: number): Promise<ChainHead> {
    return retryWhileBusy(Date.now() + timeoutMs, () => new ChainHead(folder));
  }

  private constructor(folder: string) {
    const path = join(folder, chainHeadFile);
    if (mkdirSync(folder, { recursive: true, mode: 0o700 })) chownLike(dirname(folder), folder);
    const isNew = !existsSync(path);
    // SQLite gives the files beside it the same mode and owner
    closeSync(openSync(path, 'a', 0o600));
    if (isNew) chownLike(folder, path);
    this.#db = openDatabase(path, {
      migrations,
      busyTimeoutMs: 50,
      journalMode: 'WAL',
      synchronous: 'NORMAL',
    });
  }

  /**
   * Runs `write` while no other process does, with the head as it is then; what it returns is the head
   * from then on. Rejects when the lock is not to be had for `patience` milliseconds.
   */
  async advance(
    timeoutMs: number,
    write: (head: ChainHeadState | undefined) => Promise<ChainHeadState>,
  ): Promise<void> {
    await retryWhileBusy(Date.now() + timeoutMs, () => this.#db.exec('BEGIN IMMEDIATE'));
    try {
      const head = this.#db.prepare(`SELECT ${columns} FROM head`).get() as
        ChainHeadState | undefined;
      const { seq, hash, file, size } = await write(head);
      this.#db
        .prepare(`INSERT OR REPLACE INTO head (one, ${columns}) VALUES (1, ?, ?, ?, ?)`)
        .run(seq, hash, file, size);
      this.#db.exec('COMMIT');
    } finally {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
    }
  }

  close(): void {
    this.#db.close();
  }
}
