import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import {
  createForOwner,
  isBusyError,
  openDatabase,
  openReadOnly,
  requireKnownSchema,
} from '../sqlite/open-database.ts';
import { chownLike, chainHeadFile } from './files.ts';
import { genesisHash, type ChainLink } from './line.ts';

/** The last line of the log, and where it ends. */
export interface ChainHeadState extends ChainLink {
  file: string;
  /** Bytes of the file, up to the end of that line. */
  size: number;
}

/** The state of an empty log. */
export const emptyChain: ChainHeadState = { seq: 0, hash: genesisHash, file: '', size: 0 };

/** See `DatabaseOptions.migrations`. */
export const migrations: readonly string[] = [
  `CREATE TABLE head (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     seq INTEGER NOT NULL, hash TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL
   ) STRICT`,
];

const columns = 'seq, hash, file, size';

/** The head that was committed last; undefined where there is none. Throws `storage_error` for a newer schema. */
export function readChainHead(folder: string): ChainHeadState | undefined {
  const path = join(folder, chainHeadFile);
  if (!existsSync(path)) return undefined;
  const db = openReadOnly(path, 5000);
  try {
    requireKnownSchema(db, migrations);
    return db.prepare(`SELECT ${columns} FROM head`).get() as ChainHeadState | undefined;
  } finally {
    db.close();
  }
}

/** Retries an operation while another process holds the lock, until `deadline` at the latest. */
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
 * Stores the last line, and locks the log for one process at a time. The operating system frees SQLite's
 * lock when its holder is killed. The head may lag behind the lines, and is never ahead of them: it is
 * written after they are on the disk.
 */
export class ChainHead {
  readonly #db: Sqlite.Database;

  /** Rejects when the file cannot be opened within `timeoutMs`; other processes may be creating it. */
  static open(folder: string, timeoutMs: number): Promise<ChainHead> {
    return retryWhileBusy(Date.now() + timeoutMs, () => new ChainHead(folder));
  }

  private constructor(folder: string) {
    const path = join(folder, chainHeadFile);
    if (mkdirSync(folder, { recursive: true, mode: 0o700 })) chownLike(dirname(folder), folder);
    const isNew = !existsSync(path);
    createForOwner(path);
    if (isNew) chownLike(folder, path);
    this.#db = openDatabase(path, {
      migrations,
      busyTimeoutMs: 50,
      journalMode: 'WAL',
      synchronous: 'NORMAL',
    });
  }

  /**
   * Runs `write` with the current head while no other process writes, and stores the head that it returns.
   * Rejects when the lock is not free within `timeoutMs`.
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
