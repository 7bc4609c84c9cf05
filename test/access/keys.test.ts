import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashOf, isWholeKey, newKey } from '../../src/access/api-key.ts';
import { Door } from '../../src/access/door.ts';
import { Keys } from '../../src/access/keys.ts';
import { temporaryFolder } from '../support/cli.ts';

function keysIn(folder: string, now?: () => Date): Keys {
  const keys = new Keys(folder, now);
  onTestFinished(() => keys.close());
  return keys;
}

describe('the text of a key', () => {
  it('says what it is, and no two are the same', () => {
    const made = new Set(Array.from({ length: 1000 }, newKey));
    expect(made.size).toBe(1000);
    for (const key of made) {
      expect(key).toMatch(/^dbx_[\w-]{49}$/);
      expect(isWholeKey(key)).toBe(true);
    }
  });

  it('any one letter that is wrong, missing, doubled or swapped is noticed', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'.split('');
    const mistakes: ((key: string, at: number, letter: string) => string)[] = [
      (key, at, letter) => key.slice(0, at) + letter + key.slice(at + 1),
      (key, at) => key.slice(0, at) + key.slice(at + 1),
      (key, at) => key.slice(0, at) + key[at]! + key.slice(at),
      (key, at) => key.slice(0, at) + (key[at + 1] ?? '') + key[at]! + key.slice(at + 2),
    ];
    fc.assert(
      fc.property(
        fc.nat(52),
        fc.constantFrom(...letters),
        fc.constantFrom(...mistakes),
        (at, letter, mistake) => {
          const key = newKey();
          const wrong = mistake(key, at, letter);
          expect(isWholeKey(wrong)).toBe(wrong === key);
        },
      ),
      { seed: 5, numRuns: 2000 },
    );
  });
});

describe('keys', () => {
  it('are kept as hashes, for the owner of the folder alone', () => {
    const folder = temporaryFolder();
    const keys = keysIn(folder);
    const key = keys.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    keys.caller(key);
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      expect(statSync(file).mode & 0o077).toBe(0);
      const bytes = readFileSync(file);
      for (const secret of [key, key.slice(4, 47)]) expect(bytes.includes(secret)).toBe(false);
      if (name === 'keys.db') expect(bytes.includes(hashOf(key))).toBe(true);
    }
    expect(JSON.stringify(keys.list())).not.toContain(key.slice(4, 20));
  });

  it('let their person in, with what the role allows', () => {
    const keys = keysIn(temporaryFolder());
    const reader = keys.create({ name: 'reader', role: 'reader', person: 'ann@firm.example' });
    const admin = keys.create({ name: 'admin', role: 'admin' });
    expect(keys.caller(reader)).toMatchObject({
      name: 'reader',
      asker: { email: 'ann@firm.example' },
      scopes: ['documents:read'],
      by: 'key',
    });
    expect(keys.caller(admin)).toMatchObject({
      asker: 'everything',
      scopes: ['documents:read', 'documents:sync'],
    });
    expect(keys.caller(reader).id).not.toBe(keys.caller(admin).id);
  });

  it('that are mistyped, unknown, expired and revoked are told apart', () => {
    let now = new Date('2026-11-21T10:00:00Z');
    const keys = keysIn(temporaryFolder(), () => now);
    const expiresAt = new Date('2026-11-22T00:00:00Z');
    const brief = keys.create({ name: 'brief', role: 'reader', expiresAt });
    const gone = keys.create({ name: 'gone', role: 'reader' });
    keys.revoke('gone');
    const saying = (message: RegExp) =>
      expect.objectContaining({ code: 'unauthenticated', message: expect.stringMatching(message) });
    expect(() => keys.caller(brief.slice(0, -1))).toThrow(saying(/not a whole key/));
    expect(() => keys.caller(newKey())).toThrow(saying(/not known/));
    expect(() => keys.caller(gone)).toThrow(saying(/"gone" was revoked/));
    const caller = keys.caller(brief);
    expect(caller.expiresAt).toBe(expiresAt.getTime() / 1000);
    now = new Date('2026-11-22T00:00:00Z');
    expect(() => keys.caller(brief)).toThrow(saying(/"brief" has expired/));
    expect(keys.isValid(caller)).toBe(false);
  });

  it('have names of their own, which are free again once revoked', () => {
    const keys = keysIn(temporaryFolder());
    keys.create({ name: 'Ann', role: 'reader' });
    expect(() => keys.create({ name: 'Ann', role: 'reader' })).toThrow(/named "Ann" already/);
    const { keyId } = keys.list()[0]!;
    expect(keys.revoke(keyId).name).toBe('Ann');
    expect(() => keys.revoke('Ann')).toThrow(/No key in use is named "Ann"/);
    keys.create({ name: 'Ann', role: 'admin' });
    expect(keys.list().map((key) => key.revokedAt !== undefined)).toEqual([true, false]);
  });

  it('tell on which day they were used last', () => {
    let now = new Date('2026-11-21T10:00:00Z');
    const keys = keysIn(temporaryFolder(), () => now);
    const key = keys.create({ name: 'Ann', role: 'reader' });
    expect(keys.list()[0]!.lastUsedOn).toBeUndefined();
    keys.caller(key);
    now = new Date('2026-11-23T23:59:00Z');
    keys.caller(key);
    expect(keys.list()[0]!.lastUsedOn).toBe('2026-11-23');
  });
});

describe('the door', () => {
  const ask = (door: Door, key?: string) =>
    door.admit({ headers: key === undefined ? {} : { authorization: `Bearer ${key}` } });

  it('closes when the first key is made elsewhere, and stays closed when the last is revoked', async () => {
    const folder = temporaryFolder();
    const door = new Door({ dataFolder: folder, asker: 'everything' });
    onTestFinished(() => door.close());
    expect(await ask(door)).toMatchObject({ asker: 'everything', by: 'none' });
    expect(readdirSync(folder)).toEqual([]);
    const local = await ask(door);
    const elsewhere = keysIn(folder);
    const key = elsewhere.create({ name: 'Ann', role: 'reader', person: 'ann@firm.example' });
    await expect(ask(door)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(door.isStillAdmitted(local)).toBe(false);
    const ann = await ask(door, key);
    expect(ann.asker).toEqual({ email: 'ann@firm.example' });
    elsewhere.revoke('Ann');
    expect(door.isStillAdmitted(ann)).toBe(false);
    expect(door.hasCredentials).toBe(false);
    await expect(ask(door, key)).rejects.toThrow(/revoked/);
    await expect(ask(door)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it.each(['Basic abc', 'Bearer', 'Bearer a b', 'dbx_nothing', 'Bearer \u0000'])(
    'does not take "%s" for a credential',
    async (authorization) => {
      const folder = temporaryFolder();
      keysIn(folder).create({ name: 'Ann', role: 'reader' });
      const door = new Door({ dataFolder: folder, asker: 'everything' });
      onTestFinished(() => door.close());
      await expect(door.admit({ headers: { authorization } })).rejects.toMatchObject({
        code: 'unauthenticated',
      });
    },
  );

  it('lets nobody in while its keys cannot be read', async () => {
    const folder = temporaryFolder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(
      path.join(folder, 'keys.db'),
      'not a database, and long enough to be told so'.repeat(20),
    );
    const door = new Door({ dataFolder: folder, asker: 'everything' });
    await expect(ask(door)).rejects.toMatchObject({ code: 'storage_error' });
  });
});
