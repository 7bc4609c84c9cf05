import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyDatabaseName } from '../access/key-database.ts';
import { type KeyRecord, KeyStore, type Role } from '../access/key-store.ts';
import type { Config } from '../settings/config.ts';
import { emailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { hasData } from './existing-data.ts';

const dayMs = 24 * 3600 * 1000;
/** How long a key lasts where nothing is said of it. */
const defaultExpiryDays = 365;

const invalidRequest = (message: string, hint: string) =>
  new DeedboxError('invalid_request', message, { hint });

/**
 * When a key expires: `90d` is so many days from now, a date is the end of that day in UTC, `never` is
 * never.
 */
export function expiryOf(text: string | undefined, now = new Date()): Date | undefined {
  if (text === 'never') return undefined;
  const days = text === undefined ? defaultExpiryDays : Number(/^(\d{1,4})d$/.exec(text)?.[1]);
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '')
    ? new Date(`${text}T23:59:59.999Z`)
    : undefined;
  const expiry = date ?? new Date(now.getTime() + days * dayMs);
  const isValidDate =
    date === undefined ||
    (!Number.isNaN(date.getTime()) && text === date.toISOString().slice(0, 10));
  if (Number.isNaN(expiry.getTime()) || !isValidDate) {
    throw invalidRequest(
      `"${text}" says not when the key expires.`,
      'For example 90d, 2027-06-30 or never.',
    );
  }
  if (expiry <= now) throw invalidRequest(`"${text}" is past.`, 'Choose a day to come.');
  return expiry;
}

/**
 * Whose key it is. A key that reads everything is asked for in so many words: to forget to name the
 * person must not open all contracts.
 */
function personOf({ as, everything }: { as?: string; everything: boolean }): string | undefined {
  if (as === undefined && !everything) {
    throw invalidRequest(
      'Say what the key may read.',
      'With `--as EMAIL` what that person may read, with `--everything` all contracts.',
    );
  }
  if (as === undefined) return undefined;
  const person = emailAddress.safeParse(as);
  if (!person.success)
    throw invalidRequest(`"${as}" is not an email address.`, 'For example ann@firm.ex.');
  return person.data;
}

export interface CreateOptions {
  name: string;
  role: Role;
  as?: string;
  everything: boolean;
  expires?: string;
  json: boolean;
}

/** `deedbox key create`: the key alone on standard output, once; what is to be said of it elsewhere. */
export function create(config: Config, options: CreateOptions): number {
  const name = options.name.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@'’()-]{0,79}$/u.test(name)) {
    throw invalidRequest(
      'A key is named by up to 80 letters, digits, spaces and . _ @ - ( ).',
      'For example --name "Ann laptop".',
    );
  }
  const person = personOf(options);
  const expiresAt = expiryOf(options.expires);
  const keys = new KeyStore(config.dataFolder);
  try {
    const isFirst = !keys.hasAnyKey;
    const key = keys.create({ name, role: options.role, person, expiresAt });
    const record = keys.list().find((one) => one.name === name && one.revokedAt === undefined)!;
    process.stdout.write(
      options.json ? `${JSON.stringify({ key, ...toJson(record) })}\n` : `${key}\n`,
    );
    process.stderr.write(
      `This is the key "${name}" (${options.role}, ${describeAccess(record)}, ${describeExpiry(record)}). It is shown this once: keep it where passwords are kept.\n` +
        (isFirst
          ? `It is the first key of the data folder ${config.dataFolder}: from now on its service answers nobody without one, on this machine too.\n`
          : '') +
        (hasData(config)
          ? ''
          : `Nothing was read into ${config.dataFolder} yet. If that is not the data folder of your service, set DEEDBOX_DATA or --data to it, and make the key there.\n`),
    );
    return 0;
  } finally {
    keys.close();
  }
}

const describeAccess = ({ person }: KeyRecord) =>
  person === undefined ? 'reads everything' : `as ${person}`;
const describeExpiry = ({ expiresAt }: KeyRecord) =>
  expiresAt === undefined ? 'never expires' : `expires ${expiresAt.slice(0, 10)}`;

function stateOf({ revokedAt, expiresAt }: KeyRecord): 'in use' | 'revoked' | 'expired' {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= new Date().toISOString() ? 'expired' : 'in use';
}

function toJson(key: KeyRecord) {
  return {
    id: key.keyId,
    name: key.name,
    role: key.role,
    person: key.person ?? null,
    state: stateOf(key).replace(' ', '_'),
    created_at: key.createdAt,
    expires_at: key.expiresAt ?? null,
    revoked_at: key.revokedAt ?? null,
    last_used_on: key.lastUsedOn ?? null,
  };
}

function table(keys: KeyRecord[]): string {
  const rows = keys.map((key) => [
    key.keyId,
    key.name,
    key.role,
    key.person ?? 'unrestricted',
    stateOf(key),
    key.createdAt.slice(0, 10),
    key.expiresAt?.slice(0, 10) ?? 'never',
    key.lastUsedOn ?? 'never',
  ]);
  const headerRow = ['id', 'name', 'role', 'reads as', 'state', 'created', 'expires', 'last used'];
  const widths = headerRow.map((_title, at) =>
    Math.max(...[headerRow, ...rows].map((row) => row[at]!.length)),
  );
  return [headerRow, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `deedbox key list`: every key that was made, without what opens anything. */
export function list(config: Config, options: { json: boolean }): number {
  const keys = openExistingKeys(config)?.list() ?? [];
  if (options.json) process.stdout.write(`${JSON.stringify(keys.map(toJson))}\n`);
  else if (keys.length === 0)
    process.stdout.write('No key was made yet. `deedbox key create` makes one.\n');
  else process.stdout.write(`${table(keys)}\n`);
  return 0;
}

/** `deedbox key revoke`: at once, for running services too. */
export function revoke(config: Config, nameOrId: string): number {
  const keys = openExistingKeys(config);
  if (!keys)
    throw new DeedboxError('not_found', 'No key was made yet.', {
      hint: '`deedbox key create` makes one.',
    });
  const { name } = keys.revoke(nameOrId);
  process.stdout.write(`The key "${name}" does not count any more.\n`);
  return 0;
}

/** The keys, where some were made; the process ends before they need closing. */
function openExistingKeys({ dataFolder }: Config): KeyStore | undefined {
  return existsSync(join(dataFolder, keyDatabaseName)) ? new KeyStore(dataFolder) : undefined;
}
