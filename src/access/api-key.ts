import { createHash, randomBytes } from 'node:crypto';

/** The prefix of every key, by which people and secret scanners recognize one. */
export const keyPrefix = 'dbx_';

const secretBytes = 32;
const checksumLength = 6;
const keyPattern = /^dbx_[A-Za-z0-9_-]{49}$/;

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, checksumLength);
}

/** A new key: 256 random bits and a checksum, which detects a key that was not copied whole. */
export function generateKey(): string {
  const key = keyPrefix + randomBytes(secretBytes).toString('base64url');
  return key + checksum(key);
}

/** Whether a text has the form and the checksum of a key. */
export function isWellFormedKey(text: string): boolean {
  if (!keyPattern.test(text)) return false;
  return text.slice(-checksumLength) === checksum(text.slice(0, -checksumLength));
}

/**
 * The hash that is stored of a key. A plain SHA-256 is enough: slow, salted hashes protect passwords,
 * which can be guessed. Nobody guesses 256 random bits, no two keys are equal, and a slow hash would
 * let strangers keep the service busy.
 */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The part of a hash by which people name a key; it does not authenticate. */
export function keyIdFromHash(hash: Buffer): string {
  return hash.toString('hex').slice(0, 12);
}
