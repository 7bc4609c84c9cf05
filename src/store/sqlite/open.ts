import { Connection } from './connection.ts';
import { migrate } from './migrations.ts';
import { defineTermFunctions } from './term-predicates.ts';

/**
 * Opens a database of any age, also while other processes open it. With WAL and a sync at every
 * commit, what was committed outlives a kill and a power cut alike.
 */
export function openDatabase(file: string): Connection {
  const connection = new Connection(file);
  try {
    enableWal(connection);
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma('cache_size = -65536');
    defineTermFunctions(connection);

    migrate(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Going over to WAL needs the file alone and does not wait for it by itself. */
function enableWal(connection: Connection): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      connection.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
      if (!busy || attempt === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
