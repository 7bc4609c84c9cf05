import type { DocumentFilter } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import type { SearchPassagesRequest } from '../request-schemas.ts';
import type { Understood } from '../response-schemas.ts';
import { conditionsOnPassages, type Condition } from './conditions.ts';
import { understoodNote, understoodOf } from './descriptions.ts';
import { answerNotFound, findContracts } from './find.ts';
import { givenInWords, withoutGiven } from './given-filters.ts';
import { understand } from './understand.ts';

/** The contracts in which the passages of an answer are looked for, as the question names them. */
export interface PassageScope {
  filter: DocumentFilter;
  notes: string[];
  understood?: Understood[];
  /** First of all, where no contract is as the question names it. */
  summary?: string;
}

/**
 * Restricts passages to the contracts that a question names, as far as there are any. Where it asks which
 * contracts there are, and there is none, that is said first, and the passages are of the party's others.
 */
export async function understoodScope(
  context: SearchContext,
  request: SearchPassagesRequest,
  given: DocumentFilter,
): Promise<PassageScope | undefined> {
  // these contracts were chosen
  if (request.document_ids !== undefined) return undefined;
  const understanding = await understand(context, request.query);
  const conditions = withoutGiven(conditionsOnPassages(understanding), request);
  if (conditions.length === 0) return undefined;
  const all = await findContracts(context, given, conditions);
  if (all.total > 0) return scopeOf(conditions, all);
  const { summary } = await answerNotFound(context, given, conditions, {
    limit: 1,
    given: givenInWords(request),
  });
  const parties = conditions.filter((one) => one.filter === 'party' && one.match !== undefined);
  const ofParty =
    parties.length > 0 && parties.length < conditions.length
      ? await findContracts(context, given, parties)
      : undefined;
  const near =
    ofParty !== undefined && ofParty.total > 0
      ? { ...scopeOf(parties, ofParty), understood: understoodOf(conditions) }
      : { filter: given, notes: [], understood: understoodOf(conditions) };
  return { ...near, summary: `${summary} The passages are of what is near.` };
}

function scopeOf(
  conditions: Condition[],
  { filter, notes }: { filter: DocumentFilter; notes: string[] },
): PassageScope {
  const understood = understoodOf(conditions);
  return { filter, notes: [understoodNote(understood), ...notes], understood };
}
