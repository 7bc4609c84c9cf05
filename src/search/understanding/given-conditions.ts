import { decodeSingleLine } from '../../encode/visible.ts';
import type { DateRange, DocumentFilter } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import { matchAll, normalizeLaw, resolveFilters } from '../filters.ts';
import { matchParty, similarParties } from '../party-matching.ts';
import type { Filters } from '../request-schemas.ts';
import type { Condition, DatedKind } from './conditions.ts';
import { typeWords } from './type-words.ts';

const dated: DatedKind[] = ['expires', 'effective', 'agreement', 'notice'];

function rangesOf(request: Filters): Condition[] {
  return dated.flatMap((filter): Condition[] => {
    const range: DateRange = { from: request[`${filter}_from`], to: request[`${filter}_to`] };
    return range.from === undefined && range.to === undefined ? [] : [{ words: '', filter, range }];
  });
}

/** A type in a sentence; "a or b" for several. */
function typeCondition(types: NonNullable<Filters['document_types']>): Condition {
  const labels = types.map(
    (type) =>
      typeWords.find((words) => words.types[0] === type)?.label ?? {
        one: `contract of the type ${type}`,
        many: `contracts of the type ${type}`,
      },
  );
  const join = (names: string[]) => names.join(' or ');
  const label = {
    one: join(labels.map(({ one }) => one)),
    many: join(labels.map(({ many }) => many)),
  };
  return { words: '', filter: 'document_types', types, titlePhrases: [], label };
}

/** The filters that a request states, as conditions of a question are, and the rest of them as a filter. */
export async function givenConditions(
  context: Pick<SearchContext, 'scopedIndex' | 'today' | 'disclosure'>,
  request: Filters,
): Promise<{ conditions: Condition[]; base: DocumentFilter }> {
  const { folder, modified_from, modified_to } = request;
  const others = await resolveFilters(context, { folder, modified_from, modified_to });
  const conditions: Condition[] = [];
  if (request.party !== undefined) {
    const words = decodeSingleLine(request.party);
    const known = await context.scopedIndex.parties(matchAll(context));
    const match = matchParty(words, known);
    conditions.push({
      words,
      filter: 'party',
      match,
      similar: match ? [] : similarParties(words, known),
    });
  }
  if (request.document_types) conditions.push(typeCondition(request.document_types));
  if (request.governing_law !== undefined) {
    const laws = [normalizeLaw(request.governing_law)];
    conditions.push({ words: '', filter: 'governing_law', laws });
  }
  if (request.signed !== undefined)
    conditions.push({ words: '', filter: 'signed', signed: request.signed });
  if (request.status) conditions.push({ words: '', filter: 'status', status: request.status });
  conditions.push(...rangesOf(request));
  if (request.renews_automatically !== undefined) {
    const renews = request.renews_automatically;
    conditions.push({ words: '', filter: 'renews_automatically', renews });
  }
  for (const filter of ['has_clauses', 'lacks_clauses'] as const) {
    const clauses = request[filter];
    if (clauses && clauses.length > 0) conditions.push({ words: '', filter, clauses });
  }
  return { conditions, base: others.filter ?? matchAll(context) };
}
