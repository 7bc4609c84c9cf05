import type { DocumentFilter } from '../../store/records.ts';
import type { Condition } from './conditions.ts';

/** A filter that matches no document. */
const nothing = { documentIds: [] };

/** The part of a filter that one condition states. */
function filterOf(condition: Condition, filter: DocumentFilter): Partial<DocumentFilter> {
  switch (condition.filter) {
    case 'party': {
      if (!condition.match) return nothing;
      const keys = [...new Set(condition.match.parties.map(({ key }) => key))];
      return { partyGroups: [...(filter.partyGroups ?? []), keys] };
    }
    case 'document_types':
      return { documentTypes: condition.types, titlePhrases: condition.titlePhrases };
    case 'governing_law':
      return { governingLaws: condition.laws };
    case 'signed':
      // whether a contract is signed is often not known; "signed" leaves out what is not signed
      return { signedStates: condition.signed ? ['signed', 'unknown'] : ['unsigned'] };
    case 'status':
      return {
        status: condition.status,
        ...(condition.day === undefined ? {} : { statusDay: condition.day }),
      };
    case 'expires': {
      // a term that is over may have been the first of several
      const isPast = condition.range.to !== undefined && condition.range.to < filter.today;
      return isPast && condition.range.from !== undefined
        ? { anyTermEnd: condition.range }
        : { expires: condition.range };
    }
    case 'effective':
    case 'agreement':
    case 'notice':
      return { [condition.filter]: condition.range };
    case 'renews_automatically':
      return { renews: condition.renews };
    case 'has_clauses':
      return { hasClauses: condition.clauses };
    case 'lacks_clauses':
      return { lacksClauses: condition.clauses };
  }
}

/** A filter with the conditions of a question added. */
export function withConditions(filter: DocumentFilter, conditions: Condition[]): DocumentFilter {
  return conditions.reduce<DocumentFilter>(
    (sum, condition) => ({ ...sum, ...filterOf(condition, sum) }),
    filter,
  );
}
