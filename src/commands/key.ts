import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyDatabaseName } from '../access/key-database.ts';
import { type KeyRecord, KeyStore, type Role } from '../access/key-store.ts';
import { writeError, writeJson, writeOutput } from '../encode/terminal.ts';
import type { Config } from '../settings/config.ts';
import { parseEmailAddress } from '../domain/email-address.ts';
import { DeedboxError } from '../errors/errors.ts';
import { secureDataFolder } from '../composition/data-folder.ts';
import { hasData } from './existing-data.ts';

const dayMs = 24 * 3600 * 1000;
/** Days until a key expires, where `--expires` is not given. */
const defaultExpiryDays = 365;

const invalidRequest = (message: string, hint: string) =>
  new DeedboxError('invalid_request', message, { hint });

/**
 * When a key expires: `90d` is 90 days from now, a date is the end of that day in UTC, and `never` has
 * no end.
 * @throws DeedboxError `invalid_request` for any other text and for a time in the past
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
      `"${text}" is not a time at which a key can expire.`,
      'For example 90d, 2027-06-30 or never.',
    );
  }
  if (expiry <= now) throw invalidRequest(`"${text}" is in the past.`, 'Choose a later day.');
  return expiry;
}

/**
 * The person whose access a key has, or undefined for all contracts. Unrestricted access needs an
 * option of its own, so that a forgotten `--as` does not grant it.
 */
function personOf(
  { as, everything }: { as?: string; everything: boolean },
  international: boolean,
): string | undefined {
  if (as === undefined && !everything) {
    throw invalidRequest(
      'Specify what the key may read.',
      'Use `--as EMAIL` for what that person may read, or `--everything` for all contracts.',
    );
  }
  if (as === undefined) return undefined;
  const person = parseEmailAddress(as, { international });
  if (person === undefined)
    throw invalidRequest(`"${as}" is not an email address.`, 'For example ann@firm.ex.');
  return person;
}

export interface CreateOptions {
  name: string;
  role: Role;
  as?: string;
  everything: boolean;
  expires?: string;
  json: boolean;
}

/** `deedbox key create`: prints the key alone to standard output, once, and notes on it to standard error. */
export function create(config: Config, options: CreateOptions): number {
  const name = options.name.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._@'’()-]{0,79}$/u.test(name)) {
    throw invalidRequest(
      'The name of a key has up to 80 letters, digits, spaces and . _ @ - ( ).',
      'For example --name "Ann laptop".',
    );
  }
  const person = personOf(options, config.access.internationalAddresses);
  const expiresAt = expiryOf(options.expires);
  secureDataFolder(config.dataFolder);
  const keys = new KeyStore(config.dataFolder);
  try {
    const isFirst = !keys.hasAnyKey;
    const key = keys.create({ name, role: options.role, person, expiresAt });
    const record = keys.list().find((one) => one.name === name && one.revokedAt === undefined)!;
    if (options.json) writeJson({ key, ...toJson(record) });
    else writeOutput(`${key}\n`);
    writeError(
      `This is the key "${name}" (${options.role}, ${describeAccess(record)}, ${describeExpiry(record)}). It is shown only this once: store it in a password manager.\n` +
        (isFirst
          ? `It is the first key of the data folder ${config.dataFolder}: from now on its service rejects every request without a key, also on this machine.\n`
          : '') +
        (hasData(config)
          ? ''
          : `Nothing is indexed in ${config.dataFolder} yet. If your service uses another data folder, set DEEDBOX_DATA or --data to that folder and create the key there.\n`),
    );
    return 0;
  } finally {
    keys.close();
  }
}

const describeAccess = ({ person }: KeyRecord) =>
  person === undefined ? 'reads everything' : `reads as ${person}`;
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
    key.person ?? 'everything',
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

/** `deedbox key list`: all keys, without their secrets. */
export function list(config: Config, options: { json: boolean }): number {
  const keys = openExistingKeys(config)?.list() ?? [];
  if (options.json) writeJson(keys.map(toJson));
  else if (keys.length === 0)
    writeOutput('There is no key yet. `deedbox key create` creates one.\n');
  else writeOutput(`${table(keys)}\n`);
  return 0;
}

/** `deedbox key revoke`: takes effect at once, also in services that run. */
export function revoke(config: Config, nameOrId: string): number {
  const keys = openExistingKeys(config);
  if (!keys)
    throw new DeedboxError('not_found', 'There is no key yet.', {
      hint: '`deedbox key create` creates one.',
    });
  const { name } = keys.revoke(nameOrId);
  writeOutput(`The key "${name}" is revoked.\n`);
  return 0;
}

/** The key store, where there is one; it is not closed, because the process ends after the command. */
function openExistingKeys({ dataFolder }: Config): KeyStore | undefined {
  return existsSync(join(dataFolder, keyDatabaseName)) ? new KeyStore(dataFolder) : undefined;
}
