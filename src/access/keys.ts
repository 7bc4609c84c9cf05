import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { DeedboxError } from '../errors.ts';
import { hashOf, isWholeKey, keyIdOf, newKey } from './api-key.ts';
import { type Caller, scopes } from './caller.ts';
import { openKeyFile } from './key-file.ts';

export const roles = ['reader', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A key, without what opens anything. Times are ISO 8601 in UTC. */
export interface KeyRecord {
  keyId: string;
  name: string;
  role: Role;
  /** The person whose key it is; undefined for one that reads everything. */
  person?: string;
  createdAt: string;
  expiresAt?: string;
  revokedAt?: string;
  /** A day, `YYYY-MM-DD`. */
  lastUsedOn?: string;
}

interface Row {
  id: string;
  hash: Buffer;
  name: string;
  role: Role;
  person: string | null;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_used_on: string | null;
}

function recordOf(row: Row): KeyRecord {
  return {
    keyId: row.id,
    name: row.name,
    role: row.role,
    person: row.person ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedOn: row.last_used_on ?? undefined,
  };
}

function refused(message: string, hint: string): DeedboxError {
  return new DeedboxError('unauthenticated', message, { hint });
}

const anotherKey = 'Ask whoever looks after Deedbox for another one.';
const day = (moment: Date) => moment.toISOString().slice(0, 10);

/** The keys of one data folder. Every look is a look at the file, so what another process did counts. */
export class Keys {
  readonly #db: Database.Database;
  /** Run with every request. */
  readonly #any: Database.Statement;
  readonly #byId: Database.Statement<[string]>;
  readonly #now: () => Date;
  readonly #log: Logger | undefined;

  /** Throws `storage_error`. */
  constructor(folder: string, now: () => Date = () => new Date(), log?: Logger) {
    this.#db = openKeyFile(folder);
    this.#any = this.#db.prepare('SELECT 1 FROM keys LIMIT 1');
    this.#byId = this.#db.prepare('SELECT * FROM keys WHERE id = ?');
    this.#now = now;
    this.#log = log;
  }

  /**
   * Makes a key and returns it; it cannot be had again.
   * @param options.person whose key it is; undefined for one that reads everything
   * @throws DeedboxError `invalid_request` where a key of that name is in use
   */
  create(options: { name: string; role: Role; person?: string; expiresAt?: Date }): string {
    const { name, role, person, expiresAt } = options;
    const key = newKey();
    const hash = hashOf(key);
    const made = this.#db
      .prepare(
        `INSERT INTO keys (id, hash, name, role, person, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING`,
      )
      .run(
        keyIdOf(hash),
        hash,
        name,
        role,
        person ?? null,
        this.#now().toISOString(),
        expiresAt?.toISOString() ?? null,
      );
    if (made.changes === 0) {
      throw new DeedboxError('invalid_request', `There is a key named "${name}" already.`, {
        hint: '`deedbox key revoke` it first, or choose another name.',
      });
    }
    return key;
  }

  /** All keys, those that were revoked too, in the order in which they were made. */
  list(): KeyRecord[] {
    const rows = this.#db.prepare('SELECT * FROM keys ORDER BY created_at, rowid').all() as Row[];
    return rows.map(recordOf);
  }

  /**
   * Takes a key out of use, for running services too.
   * @param named its name or its id
   * @throws DeedboxError `not_found` where no key in use is named so
   */
  revoke(named: string): KeyRecord {
    const row = this.#db
      .prepare(
        'UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL AND (name = ? OR id = ?) RETURNING *',
      )
      .get(this.#now().toISOString(), named, named) as Row | undefined;
    if (row) return recordOf(row);
    throw new DeedboxError('not_found', `No key in use is named "${named}".`, {
      hint: '`deedbox key list` shows them.',
    });
  }

  /** Whether a key was ever made here. Revoking the last one must not open the door to everybody. */
  get exist(): boolean {
    return this.#any.get() !== undefined;
  }

  /** Whether some key would be let in now. */
  get usable(): boolean {
    const sql = `SELECT 1 FROM keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`;
    return this.#db.prepare(sql).get(this.#now().toISOString()) !== undefined;
  }

  /**
   * Who calls with this key.
   * @throws DeedboxError `unauthenticated`, with what is wrong with the key
   */
  caller(key: string): Caller {
    if (!isWholeKey(key)) {
      throw refused(
        'This is not a whole key of Deedbox: a letter is missing or wrong.',
        'Copy it again, from dbx_ to its end.',
      );
    }
    const hash = hashOf(key);
    const row = this.#row(keyIdOf(hash));
    if (!row || !timingSafeEqual(row.hash, hash)) {
      throw refused('This key is not known here.', anotherKey);
    }
    this.#requireValid(row);
    this.#noteUse(row);
    return {
      id: `key:${row.id}`,
      name: row.name,
      asker: row.person === null ? 'everything' : { email: row.person },
      scopes: row.role === 'admin' ? scopes : ['documents:read'],
      by: 'key',
      ...(row.expires_at !== null && { expiresAt: Date.parse(row.expires_at) / 1000 }),
    };
  }

  /** Whether the key of a caller who was let in would be let in still. */
  isValid({ id }: Caller): boolean {
    const row = this.#row(id.slice('key:'.length));
    return row !== undefined && this.#problem(row) === undefined;
  }

  close(): void {
    this.#db.close();
  }

  #row(keyId: string): Row | undefined {
    return this.#byId.get(keyId) as Row | undefined;
  }

  #problem(row: Row): string | undefined {
    if (row.revoked_at !== null) return `The key "${row.name}" was revoked.`;
    if (row.expires_at !== null && row.expires_at <= this.#now().toISOString()) {
      return `The key "${row.name}" has expired.`;
    }
    return undefined;
  }

  #requireValid(row: Row): void {
    const problem = this.#problem(row);
    if (problem !== undefined) throw refused(problem, anotherKey);
  }

  /** Once a day at most; a disk that cannot be written to keeps nobody out. */
  #noteUse(row: Row): void {
    const today = day(this.#now());
    if (row.last_used_on === today) return;
    try {
      this.#db.prepare('UPDATE keys SET last_used_on = ? WHERE id = ?').run(today, row.id);
    } catch (err) {
      this.#log?.warn({ err }, 'the day on which a key was used could not be noted');
    }
  }
}
