import type { PassageHit, PassageLocation } from '../records.ts';
import type { Connection } from './connection.ts';

export interface ScoredPassage {
  passage: number;
  score: number;
}

/** The passages with their positions, in the given order, without those that were removed meanwhile. */
export function passageHits(connection: Connection, scored: ScoredPassage[]): PassageHit[] {
  return scored.flatMap(({ passage, score }) => {
    const row = connection.get<PassageLocation>(
      `SELECT p.id AS passageId, f.document_id AS documentId, d.revision, p.ordinal, p.start, p."end"
       FROM passages p JOIN files f ON f.id = p.document JOIN documents d ON d.id = p.document
       WHERE p.id = ?`,
      passage,
    );
    return row ? [{ ...row, score }] : [];
  });
}
