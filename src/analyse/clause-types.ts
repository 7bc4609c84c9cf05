import { competitionClauses } from './clause-table/competition.ts';
import { factClauses } from './clause-table/facts.ts';
import { generalClauses } from './clause-table/general.ts';
import { intellectualPropertyClauses } from './clause-table/intellectual-property.ts';
import { licenseClauses } from './clause-table/licenses.ts';
import { liabilityClauses } from './clause-table/liability.ts';
import { moneyClauses } from './clause-table/money.ts';
import { obligationClauses } from './clause-table/obligations.ts';
import { termClauses } from './clause-table/term.ts';
import type { ClauseDefinition, ClauseType } from './clause-table/clause-type.ts';

const table = {
  ...factClauses,
  ...competitionClauses,
  ...termClauses,
  ...moneyClauses,
  ...intellectualPropertyClauses,
  ...licenseClauses,
  ...liabilityClauses,
  ...obligationClauses,
  ...generalClauses,
} as const;

export type ClauseTypeId = keyof typeof table;

const definitions: [ClauseTypeId, ClauseDefinition][] = Object.entries(table) as [
  ClauseTypeId,
  ClauseDefinition,
][];

/** Every clause type: CUAD's 41 categories, then Deedbox's own. */
export const clauseTypes: (ClauseType & { id: ClauseTypeId })[] = definitions.map(
  ([id, definition]) => ({ id, ...definition }),
);

/** The ids in the order of the table, with their literal types, as `z.enum` wants them. */
export const clauseTypeIds = definitions.map(([id]) => id) as [ClauseTypeId, ...ClauseTypeId[]];

/** From CUAD's category name to the id. */
export const cuadCategory: Readonly<Record<string, ClauseTypeId>> = Object.fromEntries(
  definitions.flatMap(([id, { cuadName }]) => (cuadName ? [[cuadName, id]] : [])),
);
