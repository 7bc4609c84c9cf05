import Sqlite from 'better-sqlite3';

type Value = string | number | bigint | Buffer | null;

/** One connection to the database: statements prepared once, transactions that nest into one. */
export class Connection {
  readonly #db: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement<Value[]>>();

  /** Opens without looking at what is inside; a missing file is created unless `readonly`. */
  constructor(file: string, options: { readonly?: boolean } = {}) {
    this.#db = new Sqlite(file, { readonly: options.readonly ?? false, timeout: 15_000 });
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[];
  }

  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined;
  }

  iterate<Row>(sql: string, ...values: Value[]): IterableIterator<Row> {
    return this.#prepare(sql).iterate(...values) as IterableIterator<Row>;
  }

  /** Runs a statement that returns nothing; gives the rows it changed and the row id it made. */
  run(sql: string, ...values: Value[]): { changes: number; id: number } {
    const { changes, lastInsertRowid } = this.#prepare(sql).run(...values);
    return { changes, id: Number(lastInsertRowid) };
  }

  /** A function for statements to call, which must give the same for the same. */
  defineFunction(
    name: string,
    implementation: (...values: never[]) => string | number | null,
  ): void {
    this.#db.function(
      name,
      { deterministic: true },
      implementation as (...values: unknown[]) => unknown,
    );
  }

  /** Runs a script of several statements. */
  executeScript(sql: string): void {
    this.#db.exec(sql);
  }

  pragma(text: string): unknown {
    return this.#db.pragma(text, { simple: true });
  }

  /** All or nothing, and alone among the writers of all processes. */
  write<T>(work: () => T): T {
    return this.#transaction('BEGIN IMMEDIATE', work);
  }

  /** Everything that `work` reads is of one state of the database. */
  read<T>(work: () => T): T {
    return this.#transaction('BEGIN', work);
  }

  get isOpen(): boolean {
    return this.#db.open;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #transaction<T>(begin: string, work: () => T): T {
    if (this.#db.inTransaction) return work();
    this.run(begin);
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.run('ROLLBACK');
      throw error;
    }
  }

  #prepare(sql: string): Sqlite.Statement<Value[]> {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare<Value[]>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
