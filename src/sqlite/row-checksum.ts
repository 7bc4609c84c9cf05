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

/** SQL: the checksum of a row. @param columns separated by commas @param row its name or alias */
export const rowChecksum = (columns: string, row: string): string =>
  `row_checksum(${columns
    .split(', ')
    .map((column) => `${row}.${column}`)
    .join(', ')})`;

/**
 * Keeps the column `row_checksum` of a table up to date for all rows that this connection writes, by temporary
 * triggers: whoever else writes into the database leaves rows that do not have the checksum of their values.
 * @param key the columns that identify a row
 * @param updatedWhen an SQL condition on the row `old`; where it does not hold, an update leaves the checksum
 */
export function keepChecksums(
  db: Sqlite.Database,
  { table, columns, key, updatedWhen }: ChecksummedColumns,
): void {
  const isNew = key.map((column) => `${column} = new.${column}`).join(' AND ');
  for (const event of ['INSERT', `UPDATE OF ${columns}`]) {
    const condition = event !== 'INSERT' && updatedWhen ? `WHEN ${updatedWhen}` : '';
    db.exec(`CREATE TEMP TRIGGER ${table}_${event.slice(0, 6)} AFTER ${event} ON main.${table} ${condition}
      BEGIN UPDATE ${table} SET row_checksum = ${rowChecksum(columns, 'new')} WHERE ${isNew}; END`);
  }
}

interface ChecksummedColumns {
  table: string;
  columns: string;
  key: string[];
  updatedWhen?: string | undefined;
}
