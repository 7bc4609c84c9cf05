import { createHash } from 'node:crypto';
import { visibleJson } from '../encode/json.ts';

/** The `prev` of the first line. */
export const genesisHash = '0'.repeat(64);

/** A link of the chain: the number of a line, from 1, and its hash in hex. */
export interface ChainLink {
  seq: number;
  hash: string;
}

export type LineContent = { event: string } & Record<string, unknown>;

/** A line of the log. Its properties are in this order: `seq`, `time`, `prev`, the record, `hash`. */
export type Line = { seq: number; time: string; prev: string; hash: string } & LineContent;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** `,"hash":"` and 64 digits and `"}`. */
const hashSuffix = /,"hash":"([0-9a-f]{64})"\}$/;

/**
 * The line after another, without its line break. Its hash is the SHA-256 of the line without
 * `,"hash":"…"`, which includes the hash of the previous line as `prev`.
 */
export function nextLine(
  previous: ChainLink,
  time: Date,
  content: LineContent,
): ChainLink & { text: string } {
  const seq = previous.seq + 1;
  const body = visibleJson({ seq, time: time.toISOString(), prev: previous.hash, ...content });
  const hash = sha256(body);
  return { seq, hash, text: `${body.slice(0, -1)},"hash":"${hash}"}` };
}

/** Parses a line; undefined where its text does not match its hash. */
export function parseLine(bytes: Buffer): Line | undefined {
  const text = bytes.toString('utf8');
  const hash = hashSuffix.exec(text)?.[1];
  if (hash === undefined || !Buffer.from(text).equals(bytes)) return undefined;
  if (sha256(`${text.slice(0, -',"hash":""}'.length - hash.length)}}`) !== hash) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

export function continuesChain(line: Line, previous: ChainLink): boolean {
  return line.seq === previous.seq + 1 && line.prev === previous.hash;
}

/** The record that closes off a torn tail: bytes of a line that a killed process did not finish. */
export function tornTailRecord(tornTail: Buffer): LineContent {
  return { event: 'sealed', torn_bytes: tornTail.length, torn_sha256: sha256(tornTail) };
}

export function isTornTailRecord(line: Line, tornTail: Buffer): boolean {
  return (
    line.event === 'sealed' &&
    line['torn_bytes'] === tornTail.length &&
    line['torn_sha256'] === sha256(tornTail)
  );
}
