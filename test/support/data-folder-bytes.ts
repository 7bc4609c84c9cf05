import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { inflateRawSync } from 'node:zlib';

/** The files below a folder that contain one of these sequences of bytes, ASCII capitals as small letters. */
export function filesWith(folder: string, needles: Buffer[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = lowerCase(readFileSync(file));
      const name = Buffer.from(file.slice(folder.length).toLowerCase());
      return needles.some((needle) => bytes.includes(needle) || name.includes(needle));
    });
}

/** A word in the encodings in which a file may hold it. */
export function encodingsOf(word: string): Buffer[] {
  const little = Buffer.from(word.toLowerCase(), 'utf16le');
  return [Buffer.from(word.toLowerCase()), little, Buffer.from(little).swap16()];
}

function lowerCase(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((code) => (code >= 65 && code <= 90 ? code + 32 : code)));
}

/**
 * What the database holds of documents in forms other than plain text: parts of the packed texts and of the
 * vectors of those whose text contains the word, without what other documents have in common with them.
 */
export function packedTraces(folder: string, word: string): Buffer[] {
  const db = new Database(join(folder, 'deedbox.db'), { readonly: true });
  try {
    const rows = db
      .prepare(
        `SELECT c.text, coalesce(c.index_texts, x'') AS index_texts,
           (SELECT group_concat(hex(v.records), '') FROM passage_vectors v WHERE v.first_passage
              BETWEEN d.first_passage AND d.first_passage + d.passages - 1) AS vectors
         FROM document_contents c JOIN documents d ON d.id = c.document`,
      )
      .all() as { text: Buffer; index_texts: Buffer; vectors: string }[];
    const traces = new Map<string, Buffer>();
    const common = new Set<string>();
    for (const { text, index_texts: indexTexts, vectors } of rows) {
      const isRemoved = inflateRawSync(text).toString().toLowerCase().includes(word);
      for (const blob of [text, indexTexts, Buffer.from(vectors, 'hex')]) {
        for (let at = 0; at + 32 <= blob.length; at += 1) {
          const part = blob.subarray(at, at + 32);
          if (isRemoved && at % 16 === 0 && new Set(part).size > 8) {
            traces.set(part.toString('hex'), lowerCase(part));
          } else if (!isRemoved) common.add(part.toString('hex'));
        }
      }
    }
    return [...traces].filter(([key]) => !common.has(key)).map(([, part]) => part);
  } finally {
    db.close();
  }
}
