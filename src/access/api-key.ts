import { createHash, randomBytes } from 'node:crypto';

/** What every key begins with, so that scanners for secrets and people know it when they see it. */
export const keyPrefix = 'dbx_';

const secretBytes = 32;
const checksumCharacters = 6;
const form = /^dbx_[A-Za-z0-9_-]{49}$/;

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, checksumCharacters);
}

/** A new key: 256 random bits and a checksum, so that one that was copied badly is told apart. */
export function newKey(): string {
  const key = keyPrefix + randomBytes(secretBytes).toString('base64url');
  return key + checksum(key);
}

/** Whether the text can be a key at all; one with a mistyped or missing letter cannot. */
export function isWholeKey(text: string): boolean {
  if (!form.test(text)) return false;
  return text.slice(-checksumCharacters) === checksum(text.slice(0, -checksumCharacters));
}

/**
 * What is kept of a key. A plain SHA-256 is right here, and a slow hash with salt is not: those protect
 * what people think up. Nobody finds 256 random bits by trying, however fast the hash, and no two keys
 * are equal; a slow hash would only let strangers keep the service busy.
 */
export function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The part of a hash by which people name a key; it opens nothing. */
export function keyIdOf(hash: Buffer): string {
  return hash.toString('hex').slice(0, 12);
}
