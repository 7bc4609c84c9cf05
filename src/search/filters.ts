import { findPlaces } from '../analyse/places.ts';
import type { DateRange, DocumentFilter } from '../store/records.ts';
import { explainMatch, matchParty, nearParties } from './parties.ts';
import { listed } from './listed.ts';
import type { Filters } from './requests.ts';
import type { SearchServices } from './search.ts';

/** A clause counts as there from this confidence, in `has_clauses` and `lacks_clauses`. */
export const clauseThreshold = 0.5;

function range(from: string | undefined, to: string | undefined): DateRange | undefined {
  return from === undefined && to === undefined ? undefined : { from, to };
}

/** The filter that lets every readable document through. */
export function anyDocument(services: Pick<SearchServices, 'today'>): DocumentFilter {
  return { today: services.today(), clauseConfidence: clauseThreshold };
}

/** A place by its name in the register: "English", "State of New York" and "England" have one. */
function lawNamed(asked: string): string {
  return findPlaces(asked.toLowerCase())[0]?.name ?? asked;
}

/**
 * A request's conditions as the store takes them. `filter` is undefined when nothing can match,
 * because no party of that name is known; `notes` say so, and how a name was matched.
 */
export async function resolveFilters(
  services: Pick<SearchServices, 'store' | 'today'>,
  request: Filters & { document_ids?: string[] | undefined },
): Promise<{ filter: DocumentFilter | undefined; notes: string[] }> {
  const filter: DocumentFilter = {
    ...anyDocument(services),
    documentIds: request.document_ids,
    documentTypes: request.document_types,
    governingLaw: request.governing_law === undefined ? undefined : lawNamed(request.governing_law),
    status: request.status,
    signed: request.signed === undefined ? undefined : request.signed ? 'signed' : 'unsigned',
    effective: range(request.effective_from, request.effective_to),
    expires: range(request.expires_from, request.expires_to),
    notice: range(request.notice_from, request.notice_to),
    renews: request.renews_automatically,
    modified: range(request.modified_from, request.modified_to),
    folder: request.folder,
    hasClauses: request.has_clauses,
    lacksClauses: request.lacks_clauses,
  };
  const notes: string[] = [];
  if (filter.governingLaw !== undefined) {
    notes.push(
      `Searched for the governing law "${filter.governingLaw}". Contracts that state none, or more than ` +
        'one, are not found this way.',
    );
  }
  if (request.has_clauses && request.has_clauses.length > 0) {
    notes.push(
      `has_clauses: passages with a confidence of ${clauseThreshold} or more; extract_clauses with a ` +
        'lower min_confidence shows less certain ones.',
    );
  }
  if (request.lacks_clauses && request.lacks_clauses.length > 0) {
    notes.push(
      `lacks_clauses: no passage reached a confidence of ${clauseThreshold} for these types; ` +
        'extract_clauses with a lower min_confidence shows what came nearest.',
    );
  }
  if (request.party === undefined) return { filter, notes };
  const known = await services.store.parties(filter);
  const match = matchParty(request.party, known);
  if (!match) {
    const near = nearParties(request.party, known).map(({ name }) => name);
    if (near.length > 0) {
      notes.push(`Parties of other names that begin alike, not searched: ${listed(near)}.`);
    }
    notes.push(
      `No party named "${request.party}" is known among these documents. Contracts in which no party ` +
        'could be recognised are not found this way; search_passages with the name looks into the texts.',
    );
    return { filter: undefined, notes };
  }
  notes.push(explainMatch(request.party, match));
  return {
    filter: { ...filter, partyKeys: [...new Set(match.parties.map((party) => party.key))] },
    notes,
  };
}
