import type { Filters } from '../request-schemas.ts';
import type { Condition, FilterKind } from './conditions.ts';

/** The fields of a request that state each kind of filter. */
const fieldsOf: Record<FilterKind, (keyof Filters)[]> = {
  party: ['party'],
  document_types: ['document_types'],
  governing_law: ['governing_law'],
  signed: ['signed'],
  status: ['status'],
  expires: ['expires_from', 'expires_to'],
  effective: ['effective_from', 'effective_to'],
  agreement: ['agreement_from', 'agreement_to'],
  notice: ['notice_from', 'notice_to'],
  renews_automatically: ['renews_automatically'],
  has_clauses: ['has_clauses'],
  lacks_clauses: ['lacks_clauses'],
};

/** The conditions whose kind the request does not state itself: what is given wins over what is understood. */
export function withoutGiven(conditions: Condition[], request: Filters): Condition[] {
  return conditions.filter(({ filter }) =>
    fieldsOf[filter].every((field) => request[field] === undefined),
  );
}

/** What the filters of a request add to a sentence about the conditions of its question. */
export function givenInWords(request: Filters & { document_ids?: string[] | undefined }): string {
  const fields = [
    ...Object.values(fieldsOf).flat(),
    'folder',
    'modified_from',
    'modified_to',
    'document_ids',
  ] as (keyof typeof request)[];
  return fields.some((field) => request[field] !== undefined)
    ? ' that also meets the filters given'
    : '';
}
