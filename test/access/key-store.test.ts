import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashKey, isWellFormedKey, generateKey } from '../../src/access/api-key.ts';
import { Authenticator } from '../../src/access/authenticator.ts';
import { keyDatabaseName, verifyKeys } from '../../src/access/key-database.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import { temporaryFolder } from '../support/cli.ts';

function openKeyStore(folder: string, now?: () => Date): KeyStore {
  const keys = new KeyStore(folder, now);
  onTestFinished(() => keys.close());
  return keys;
}

describe('the text of a key', () => {
  it('has a prefix, and no two are the same', () => {
    const generated = new Set(Array.from({ length: 1000 }, generateKey));
    expect(generated.size).toBe(1000);
    for (const key of generated) {
      expect(key).toMatch(/^dbx_[\w-]{49}$/);
      expect(isWellFormedKey(key)).toBe(true);
    }
  });

  it('detects a letter that is wrong, missing, doubled or swapped', () => {
    const base64UrlAlphabet =
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'.split('');
    const mistakes: ((key: string, at: number, letter: string) => string)[] = [
      (key, at, letter) => key.slice(0, at) + letter + key.slice(at + 1),
      (key, at) => key.slice(0, at) + key.slice(at + 1),
      (key, at) => key.slice(0, at) + key[at]! + key.slice(at),
      (key, at) => key.slice(0, at) + (key[at + 1] ?? '') + key[at]! + key.slice(at + 2),
    ];
    fc.assert(
      fc.property(
        fc.nat(52),
        fc.constantFrom(...base64UrlAlphabet),
        fc.constantFrom(...mistakes),
        (at, letter, mistake) => {
          const key = generateKey();
          const mistyped = mistake(key, at, letter);
          expect(isWellFormedKey(mistyped)).toBe(mistyped === key);
        },
      ),
      { seed: 5, numRuns: 2000 },
    );
  });
});

describe('keys', () => {
  it.each([
    ['everything', 'person = NULL'],
    ['what another person may', "person = 'bnn@firm.example'"],
    ['as an admin', "role = 'admin'"],
    ['longer', "expires_at = '2999-01-01T00:00:00.000Z'"],
    ['again', 'revoked_at = NULL'],
  ])('that were changed by others are rejected, not accepted to read %s', (_, change) => {
    const folder = temporaryFolder();
    const keys = openKeyStore(folder);
    const key = keys.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    const caller = keys.authenticate(key);
    if (change.startsWith('revoked_at')) keys.revoke('Ann');
    expect(verifyKeys(folder)).toEqual([]);
    const database = new Database(path.join(folder, keyDatabaseName));
    database.exec(`UPDATE keys SET ${change}`);
    database.close();
    expect(() => keys.authenticate(key)).toThrow('damaged');
    expect(keys.isValid(caller)).toBe(false);
    expect(verifyKeys(folder)).toEqual([expect.stringContaining('is not as it was created')]);
  });

  it('of an earlier version stay valid', () => {
    const folder = temporaryFolder();
    const earlier = openKeyStore(folder);
    const key = earlier.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    earlier.close();
    const database = new Database(path.join(folder, keyDatabaseName));
    database.exec('ALTER TABLE keys DROP COLUMN row_checksum; PRAGMA user_version = 1');
    database.close();
    const keys = openKeyStore(folder);
    expect(keys.authenticate(key).principal).toEqual({ email: 'ann@firm.example' });
    expect(verifyKeys(folder)).toEqual([]);
  });

  it('are stored as hashes, readable for the owner of the folder only', () => {
    const folder = temporaryFolder();
    const keys = openKeyStore(folder);
    const key = keys.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    keys.authenticate(key);
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      expect(statSync(file).mode & 0o077).toBe(0);
      const bytes = readFileSync(file);
      for (const secret of [key, key.slice(4, 47)]) expect(bytes.includes(secret)).toBe(false);
      if (name === 'keys.db') expect(bytes.includes(hashKey(key))).toBe(true);
    }
    expect(JSON.stringify(keys.list())).not.toContain(key.slice(4, 20));
  });

  it('authenticate their person with the scopes of the role', () => {
    const keys = openKeyStore(temporaryFolder());
    const reader = keys.create({ name: 'reader', role: 'reader', person: 'ann@firm.example' });
    const admin = keys.create({ name: 'admin', role: 'admin' });
    expect(keys.authenticate(reader)).toMatchObject({
      name: 'reader',
      principal: { email: 'ann@firm.example' },
      scopes: ['documents:read'],
      authMethod: 'key',
    });
    expect(keys.authenticate(admin)).toMatchObject({
      principal: 'unrestricted',
      scopes: ['documents:read', 'documents:sync'],
    });
    expect(keys.authenticate(reader).id).not.toBe(keys.authenticate(admin).id);
  });

  it('that are mistyped, unknown, expired or revoked get different errors', () => {
    let now = new Date('2026-11-21T10:00:00Z');
    const keys = openKeyStore(temporaryFolder(), () => now);
    const expiresAt = new Date('2026-11-22T00:00:00Z');
    const expiringKey = keys.create({ name: 'brief', role: 'reader', expiresAt });
    const revokedKey = keys.create({ name: 'gone', role: 'reader' });
    keys.revoke('gone');
    const errorMatching = (message: RegExp) =>
      expect.objectContaining({ code: 'unauthenticated', message: expect.stringMatching(message) });
    expect(() => keys.authenticate(expiringKey.slice(0, -1))).toThrow(
      errorMatching(/not a whole key/),
    );
    expect(() => keys.authenticate(generateKey())).toThrow(errorMatching(/not known/));
    expect(() => keys.authenticate(revokedKey)).toThrow(errorMatching(/"gone" was revoked/));
    const caller = keys.authenticate(expiringKey);
    expect(caller.expiresAt).toBe(expiresAt.getTime() / 1000);
    now = new Date('2026-11-22T00:00:00Z');
    expect(() => keys.authenticate(expiringKey)).toThrow(errorMatching(/"brief" has expired/));
    expect(keys.isValid(caller)).toBe(false);
  });

  it('have unique names, which are free again once revoked', () => {
    const keys = openKeyStore(temporaryFolder());
    keys.create({ name: 'Ann', role: 'reader' });
    expect(() => keys.create({ name: 'Ann', role: 'reader' })).toThrow(/named "Ann" already/);
    const { keyId } = keys.list()[0]!;
    expect(keys.revoke(keyId).name).toBe('Ann');
    expect(() => keys.revoke('Ann')).toThrow(/No key in use is named "Ann"/);
    keys.create({ name: 'Ann', role: 'admin' });
    expect(keys.list().map((key) => key.revokedAt !== undefined)).toEqual([true, false]);
  });

  it('record the day on which they were last used', () => {
    let now = new Date('2026-11-21T10:00:00Z');
    const keys = openKeyStore(temporaryFolder(), () => now);
    const key = keys.create({ name: 'Ann', role: 'reader' });
    expect(keys.list()[0]!.lastUsedOn).toBeUndefined();
    keys.authenticate(key);
    now = new Date('2026-11-23T23:59:00Z');
    keys.authenticate(key);
    expect(keys.list()[0]!.lastUsedOn).toBe('2026-11-23');
  });
});

describe('the authenticator', () => {
  const ask = (authenticator: Authenticator, key?: string) =>
    authenticator.authenticate({
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
    });

  it('requires credentials once another process creates a key, also after the last is revoked', async () => {
    const folder = temporaryFolder();
    const authenticator = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
    onTestFinished(() => authenticator.close());
    expect(await ask(authenticator)).toMatchObject({
      principal: 'unrestricted',
      authMethod: 'none',
    });
    expect(readdirSync(folder)).toEqual([]);
    const local = await ask(authenticator);
    const otherKeyStore = openKeyStore(folder);
    const key = otherKeyStore.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    await expect(ask(authenticator)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(authenticator.revalidate(local)).toBe(false);
    const ann = await ask(authenticator, key);
    expect(ann.principal).toEqual({ email: 'ann@firm.example' });
    otherKeyStore.revoke('Ann');
    expect(authenticator.revalidate(ann)).toBe(false);
    expect(authenticator.hasCredentials).toBe(false);
    await expect(ask(authenticator, key)).rejects.toThrow(/revoked/);
    await expect(ask(authenticator)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each(['Basic abc', 'Bearer', 'Bearer a b', 'dbx_nothing', 'Bearer \u0000'])(
    'rejects "%s" as a credential',
    async (authorization) => {
      const folder = temporaryFolder();
      openKeyStore(folder).create({ name: 'Ann', role: 'reader' });
      const authenticator = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
      onTestFinished(() => authenticator.close());
      await expect(
        authenticator.authenticate({ headers: { authorization } }),
      ).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    },
  );

  it('stays enabled when the file of keys is emptied', async () => {
    const folder = temporaryFolder();
    const keys = openKeyStore(folder);
    keys.create({ name: 'Ann', role: 'reader' });
    const authenticator = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
    onTestFinished(() => authenticator.close());
    await expect(ask(authenticator)).rejects.toMatchObject({ code: 'unauthenticated' });
    const database = new Database(path.join(folder, keyDatabaseName));
    database.exec('DELETE FROM keys');
    database.close();
    await expect(ask(authenticator)).rejects.toMatchObject({ code: 'unauthenticated' });
    keys.close();
    truncateSync(path.join(folder, keyDatabaseName));
    const later = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
    await expect(ask(later)).rejects.toMatchObject({ code: 'storage_error' });
  });

  it('rejects every request while its keys cannot be read', async () => {
    const folder = temporaryFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(
      path.join(folder, 'keys.db'),
      'not a database, and long enough to be recognized'.repeat(20),
    );
    const authenticator = new Authenticator({ dataFolder: folder, principal: 'unrestricted' });
    await expect(ask(authenticator)).rejects.toMatchObject({ code: 'storage_error' });
  });
});
