import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type Sqlite from 'better-sqlite3';

/** Texts are stored compressed: contracts are a third as large then, and read in a fraction of a millisecond. */
const level = 1;

export const packText = (text: string): Buffer => deflateRawSync(text, { level });

export const unpackText = (packed: Buffer): string => inflateRawSync(packed).toString('utf8');

/** A passage of a text, with what full-text search has for it. */
export interface IndexedPassage {
  start: number;
  end: number;
  indexText: string;
}

/**
 * The texts of passages in full-text search, which are needed to remove them from it, as far as they differ in
 * more than white space from the text of the document; null if none does.
 */
export function packIndexTexts(text: string, passages: IndexedPassage[]): Buffer | null {
  const different = passages.map(({ start, end, indexText }) =>
    hasSameWords(text.slice(start, end), indexText) ? null : indexText,
  );
  return different.every((one) => one === null) ? null : packText(JSON.stringify(different));
}

/** What full-text search has for the passages of a document, in order, up to white space. */
export function unpackIndexTexts(
  text: string,
  spans: { start: number; end: number }[],
  packed: Buffer | null,
): string[] {
  const different = packed ? (JSON.parse(unpackText(packed)) as (string | null)[]) : [];
  return spans.map(({ start, end }, index) => different[index] ?? text.slice(start, end));
}

/** Whether two texts differ in the length of white space alone. */
function hasSameWords(one: string, other: string): boolean {
  let at = 0;
  let i = 0;
  for (;;) {
    const [start, from] = [at, i];
    while (at < one.length && isBlank(one.charCodeAt(at))) at += 1;
    while (i < other.length && isBlank(other.charCodeAt(i))) i += 1;
    if (at === one.length || i === other.length) return at === one.length && i === other.length;
    if (start > 0 && at > start !== i > from) return false;
    if (one.charCodeAt(at) !== other.charCodeAt(i)) return false;
    at += 1;
    i += 1;
  }
}

/** White space as in ASCII: other kinds are left as they are. */
const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13);

/** Defines what statements and migrations call. */
export function defineTextFunctions(db: Sqlite.Database): void {
  db.function('unpack_text', { deterministic: true }, (packed) => unpackText(packed as Buffer));
  db.function('pack_text', { deterministic: true }, (text) => packText(text as string));
  db.function('pack_index_texts', { deterministic: true }, (text, passages) =>
    packIndexTexts(text as string, JSON.parse(passages as string) as IndexedPassage[]),
  );
  db.table('index_texts', {
    columns: ['passage', 'text'],
    parameters: ['packed_text', 'packed_index_texts', 'passages'],
    *rows(packedText, packedIndexTexts, passages) {
      const spans = JSON.parse(passages as string) as { id: number; start: number; end: number }[];
      const text = unpackText(packedText as Buffer);
      // An empty string where there are none: no argument of a table can be null.
      const packed = packedIndexTexts === '' ? null : (packedIndexTexts as Buffer);
      const texts = unpackIndexTexts(text, spans, packed);
      for (const [index, { id }] of spans.entries()) yield [id, texts[index]!];
    },
  });
}
