import { createHash, randomBytes } from 'node:crypto';

/** What every key begins with, so that scanners for secrets and people know it when they see it. */
export const keyPrefix = 'dbx_';

const secretBytes = 32;
const checksumLength = 6;
const keyPattern = /^dbx_[A-Za-z0-9_-]{49}$/;

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, checksumLength);
}

/** A new key: 256 random bits and a checksum, so that one that was copied badly is told apart. */
export function generateKey(): string {
  const key = keyPrefix + randomBytes(secretBytes).toString('base64url');
  return key + checksum(key);
}

/** Whether the text can be a key at all; one with a mistyped or missing letter cannot. */
export function isWellFormedKey(text: string): boolean {
  if (!keyPattern.test(text)) return false;
  return text.slice(-checksumLength) === checksum(text.slice(0, -checksumLength));
}

/**
 * What is kept of a key. A plain SHA-256 is right here, and a slow hash with salt is not: those protect
 * what people think up. Nobody finds 256 random bits by trying, however fast the hash, and no two keys
 * are equal; a slow hash would only let strangers keep the service busy.
 */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The part of a hash by which people name a key; it opens nothing. */
export function keyIdFromHash(hash: Buffer): string {
  return hash.toString('hex').slice(0, 12);
}
