import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Logger } from 'pino';
import { DeedboxError } from '../errors/errors.ts';
import { hashKey, isWellFormedKey, keyIdFromHash, generateKey } from './api-key.ts';
import { type Caller, scopes } from './principal.ts';
import { isKeyIntact, openKeyDatabase } from './key-database.ts';
import { unauthenticatedError } from './unauthenticated-error.ts';

const roles = ['reader', 'admin'] as const;
export type Role = (typeof roles)[number];

/** The record of a key, without the key itself. Times are ISO 8601 in UTC. */
export interface KeyRecord {
  keyId: string;
  name: string;
  role: Role;
  /** The email address of its user; undefined for a key that reads everything. */
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

interface CheckedRow extends Row {
  /** Whether the row is as it was written. */
  intact: 0 | 1;
}

function toKeyRecord(row: Row): KeyRecord {
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

const requestNewKeyHint = 'Ask your Deedbox administrator for another one.';
const isoDay = (date: Date) => date.toISOString().slice(0, 10);

/** The keys of one data folder. Nothing is cached, so changes of other processes count at once. */
export class KeyStore {
  readonly #db: Database.Database;
  /** Prepared once, for they run with every request. */
  readonly #selectAny: Database.Statement;
  readonly #selectById: Database.Statement<[string]>;
  readonly #now: () => Date;
  readonly #log: Logger | undefined;

  /** Throws `storage_error`. */
  constructor(folder: string, now: () => Date = () => new Date(), log?: Logger) {
    this.#db = openKeyDatabase(folder);
    this.#selectAny = this.#db.prepare('SELECT 1 FROM keys LIMIT 1');
    this.#selectById = this.#db.prepare(
      `SELECT *, ${isKeyIntact} AS intact FROM keys WHERE id = ?`,
    );
    this.#now = now;
    this.#log = log;
  }

  /**
   * Creates a key and returns it; it cannot be read again.
   * @param options.person the email address of its user; undefined for a key that reads everything
   * @throws DeedboxError `invalid_request` where a key of that name is in use
   */
  create(options: { name: string; role: Role; person?: string; expiresAt?: Date }): string {
    const { name, role, person, expiresAt } = options;
    const key = generateKey();
    const hash = hashKey(key);
    const inserted = this.#db
      .prepare(
        `INSERT INTO keys (id, hash, name, role, person, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING`,
      )
      .run(
        keyIdFromHash(hash),
        hash,
        name,
        role,
        person ?? null,
        this.#now().toISOString(),
        expiresAt?.toISOString() ?? null,
      );
    if (inserted.changes === 0) {
      throw new DeedboxError('invalid_request', `There is a key named "${name}" already.`, {
        hint: '`deedbox key revoke` it first, or choose another name.',
      });
    }
    return key;
  }

  /** All keys, also revoked ones, in the order in which they were created. */
  list(): KeyRecord[] {
    const rows = this.#db.prepare('SELECT * FROM keys ORDER BY created_at, rowid').all() as Row[];
    return rows.map(toKeyRecord);
  }

  /**
   * Revokes a key, in running services too.
   * @param nameOrId its name or its id
   * @throws DeedboxError `not_found` where no key in use has that name or id
   */
  revoke(nameOrId: string): KeyRecord {
    const row = this.#db
      .prepare(
        'UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL AND (name = ? OR id = ?) RETURNING *',
      )
      .get(this.#now().toISOString(), nameOrId, nameOrId) as Row | undefined;
    if (row) return toKeyRecord(row);
    throw new DeedboxError('not_found', `No key in use is named "${nameOrId}".`, {
      hint: '`deedbox key list` shows them.',
    });
  }

  /** Whether a key was ever created: revoking the last one must not disable authentication. */
  get hasAnyKey(): boolean {
    return this.#selectAny.get() !== undefined;
  }

  /** Whether some key is valid now. */
  get hasUsableKey(): boolean {
    const sql = `SELECT 1 FROM keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`;
    return this.#db.prepare(sql).get(this.#now().toISOString()) !== undefined;
  }

  /**
   * The caller of a request with this key.
   * @throws DeedboxError `unauthenticated`, with what is wrong with the key
   */
  authenticate(key: string): Caller {
    if (!isWellFormedKey(key)) {
      throw unauthenticatedError(
        'This is not a whole key of Deedbox: a letter is missing or wrong.',
        'Copy it again, from dbx_ to its end.',
      );
    }
    const hash = hashKey(key);
    const row = this.#findRow(keyIdFromHash(hash));
    if (!row || !timingSafeEqual(row.hash, hash)) {
      throw unauthenticatedError('This key is not known here.', requestNewKeyHint);
    }
    this.#requireValid(row);
    this.#recordUse(row);
    return {
      id: `key:${row.id}`,
      name: row.name,
      principal: row.person === null ? 'unrestricted' : { email: row.person },
      scopes: row.role === 'admin' ? scopes : ['documents:read'],
      authMethod: 'key',
      ...(row.expires_at !== null && { expiresAt: Date.parse(row.expires_at) / 1000 }),
    };
  }

  /** Whether the key of a caller is still valid. */
  isValid({ id }: Caller): boolean {
    const row = this.#findRow(id.slice('key:'.length));
    return row !== undefined && this.#rejectionReason(row) === undefined;
  }

  close(): void {
    this.#db.close();
  }

  #findRow(keyId: string): CheckedRow | undefined {
    return this.#selectById.get(keyId) as CheckedRow | undefined;
  }

  #rejectionReason(row: CheckedRow): string | undefined {
    if (!row.intact) return 'What is stored of this key is damaged.';
    if (row.revoked_at !== null) return `The key "${row.name}" was revoked.`;
    if (row.expires_at !== null && row.expires_at <= this.#now().toISOString()) {
      return `The key "${row.name}" has expired.`;
    }
    return undefined;
  }

  #requireValid(row: CheckedRow): void {
    const reason = this.#rejectionReason(row);
    if (reason !== undefined) throw unauthenticatedError(reason, requestNewKeyHint);
  }

  /** Once a day at most. Where it cannot be written, the key is accepted all the same. */
  #recordUse(row: Row): void {
    const today = isoDay(this.#now());
    if (row.last_used_on === today) return;
    try {
      this.#db.prepare('UPDATE keys SET last_used_on = ? WHERE id = ?').run(today, row.id);
    } catch (err) {
      this.#log?.warn({ err }, 'the day on which a key was used could not be stored');
    }
  }
}
