import { decodeSingleLine, quoted } from '../encode/visible.ts';
import { findJurisdictions } from '../analyse/jurisdictions.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { DateRange, DocumentFilter } from '../store/records.ts';
import { clauseThreshold } from './clause-presence.ts';
import { restrictToParty } from './party-filter.ts';
import type { Filters } from './request-schemas.ts';
import type { SearchContext } from './context.ts';

function range(from: string | undefined, to: string | undefined): DateRange | undefined {
  return from === undefined && to === undefined ? undefined : { from, to };
}

const ranges = ['agreement', 'effective', 'expires', 'notice', 'modified'] as const;

/** Throws `invalid_request` for conditions that no contract can meet together. */
function rejectContradictions(request: Filters): void {
  const contradictions = [
    ...ranges.flatMap((name) => {
      const [from, to] = [request[`${name}_from`], request[`${name}_to`]];
      return from !== undefined && to !== undefined && from > to
        ? [`${name}_from ${from} is after ${name}_to ${to}; exchange them`]
        : [];
    }),
    ...(request.has_clauses ?? [])
      .filter((type) => request.lacks_clauses?.includes(type))
      .map((type) => `${type} is in both has_clauses and lacks_clauses; ask for one of them`),
  ];
  if (contradictions.length === 0) return;
  throw new DeedboxError(
    'invalid_request',
    `No contract can meet this: ${contradictions.join('; ')}.`,
    {
      hint: 'Correct these conditions and ask again.',
    },
  );
}

/** The filter that all documents of the scoped index pass. */
export function matchAll(context: Pick<SearchContext, 'today'>): DocumentFilter {
  return { today: context.today(), minClauseConfidence: clauseThreshold };
}

/** The canonical name of a jurisdiction: "English" and "England" have the same one. */
export function normalizeLaw(name: string): string {
  return findJurisdictions(name.toLowerCase())[0]?.name ?? name;
}

/**
 * The conditions of a request as a filter of the store. `filter` is undefined when no contract has a
 * party of the requested name. `notes` say so, and how a name was matched.
 * @throws DeedboxError `invalid_request` when the conditions contradict each other
 */
export async function resolveFilters(
  context: Pick<SearchContext, 'scopedIndex' | 'today' | 'disclosure'>,
  request: Filters & { document_ids?: string[] | undefined },
): Promise<{ filter: DocumentFilter | undefined; notes: string[] }> {
  rejectContradictions(request);
  const filter: DocumentFilter = {
    ...matchAll(context),
    documentIds: request.document_ids,
    documentTypes: request.document_types,
    governingLaw:
      request.governing_law === undefined ? undefined : normalizeLaw(request.governing_law),
    status: request.status,
    signed: request.signed === undefined ? undefined : request.signed ? 'signed' : 'unsigned',
    agreement: range(request.agreement_from, request.agreement_to),
    effective: range(request.effective_from, request.effective_to),
    expires: range(request.expires_from, request.expires_to),
    notice: range(request.notice_from, request.notice_to),
    renews: request.renews_automatically,
    modified: range(request.modified_from, request.modified_to),
    folder: request.folder === undefined ? undefined : decodeSingleLine(request.folder),
    hasClauses: request.has_clauses,
    lacksClauses: request.lacks_clauses,
  };
  const notes: string[] = [];
  if (filter.governingLaw !== undefined) {
    notes.push(
      `Searched for the governing law ${quoted(filter.governingLaw)}. Contracts that state none, or more than ` +
        'one, are not found this way.',
    );
  }
  if (request.has_clauses && request.has_clauses.length > 0) {
    notes.push(
      `has_clauses: contracts that have each of these with a probability of ${clauseThreshold} or more, by ` +
        'all of their passages together; extract_clauses shows the passages.',
    );
  }
  if (request.lacks_clauses && request.lacks_clauses.length > 0) {
    notes.push(
      `lacks_clauses: contracts that have each of these with a probability under ${clauseThreshold}. absences says of each ` +
        'contract how sure that is, and quotes the passage that came nearest: read it before relying on the ' +
        'absence where the confidence is low. Contracts that were not read whole are left out.',
    );
  }
  if (request.party === undefined) return { filter, notes };
  const party = decodeSingleLine(request.party);
  const restricted = await restrictToParty(context, party, filter, matchAll(context));
  return { filter: restricted.filter, notes: [...notes, ...restricted.notes] };
}
