import { hash } from 'node:crypto';
import type Sqlite from 'better-sqlite3';

/**
 * Defines `row_checksum(…)`, 48 bits of SHA-1 over the values of a row. It detects damage, not a person who
 * writes into the database: whoever can do that can compute it too.
 */
export function defineChecksumFunction(db: Sqlite.Database): void {
  db.function('row_checksum', { varargs: true, deterministic: true }, (...values: unknown[]) => {
    const encoded = values.map((value) => (Buffer.isBuffer(value) ? hash('sha1', value) : value));
    return Number.parseInt(hash('sha1', JSON.stringify(encoded)).slice(0, 12), 16);
  });
}
