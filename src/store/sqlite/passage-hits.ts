import type { PassageHit, PassageLocation } from '../records.ts';
import type { Connection } from './connection.ts';
import { damagedRecord, isIntact } from './row-checksums.ts';

export interface ScoredPassage {
  passage: number;
  score: number;
}

/** The passages with their positions, in the given order, without those that were removed meanwhile. */
export function passageHits(connection: Connection, scored: ScoredPassage[]): PassageHit[] {
  const rows = connection.all<PassageLocation & { intact: number }>(
    `SELECT p.id AS passageId, f.document_id AS documentId, d.revision, p.ordinal, p.start, p."end",
       (${isIntact('passages', 'p')}) AS intact
     FROM json_each(?) wanted CROSS JOIN passages p ON p.id = wanted.value
       JOIN files f ON f.id = p.document JOIN documents d ON d.id = p.document`,
    `[${scored.map(({ passage }) => passage).join(',')}]`,
  );
  const byId = new Map(
    rows.map(({ intact, ...location }) => {
      if (!intact) throw damagedRecord(`a passage of document ${location.documentId}`);
      return [location.passageId, location];
    }),
  );
  return scored.flatMap(({ passage, score }) => {
    const row = byId.get(passage);
    return row ? [{ ...row, score }] : [];
  });
}
