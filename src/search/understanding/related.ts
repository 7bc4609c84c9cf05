import { canonicalPartyKey } from '../../analyse/canonical-party-key.ts';
import type { DateRange, DocumentFilter, StoredDocument } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import { similarParties } from '../party-matching.ts';
import { matchAll } from '../filters.ts';
import type { DocumentSummary, RelatedDocument } from '../response-schemas.ts';
import { hasUnread } from '../reading-notes.ts';
import { summarize } from '../summary.ts';
import type { Condition } from './conditions.ts';
import { withConditions } from './condition-filter.ts';

/** Contracts that are near to what was asked for, at most. */
const maxRelated = 10;

const isWithin = (day: string | undefined, { from, to }: DateRange) =>
  day !== undefined && (from === undefined || from <= day) && (to === undefined || day <= to);

/** Why a contract does not meet a condition, in words; undefined where it meets it. */
function shortfall(document: DocumentSummary, condition: Condition): string | undefined {
  switch (condition.filter) {
    case 'party': {
      const keys = new Set(condition.match?.parties.map(({ key }) => key));
      return document.parties.some(({ name }) => keys.has(canonicalPartyKey(name)))
        ? undefined
        : 'with another party';
    }
    case 'document_types':
      return condition.types.includes(document.document_type)
        ? undefined
        : `no ${condition.label.one}`;
    case 'governing_law': {
      const law = document.governing_law;
      if (law !== undefined && condition.laws.includes(law)) return undefined;
      return law === undefined
        ? 'states no governing law that was found'
        : `under the law of ${law}`;
    }
    case 'signed':
      if ((document.signed === 'unsigned') !== condition.signed) return undefined;
      return condition.signed ? 'an unsigned draft or copy' : 'not an unsigned draft';
    case 'status':
      if (document.status === condition.status && condition.day === undefined) return undefined;
      return document.status === 'unknown'
        ? 'whether it is in force is not known'
        : document.status.replaceAll('_', ' ');
    case 'expires': {
      const end = document.current_term_end ?? document.expiration_date;
      if (isWithin(end, condition.range) || isWithin(document.expiration_date, condition.range))
        return undefined;
      if (document.expiration_basis === 'perpetual') return 'has no end';
      if (document.expiration_basis === 'unclear') return 'when it ends is unclear';
      return end === undefined ? 'when it ends is not known' : `its term ends ${end}`;
    }
    case 'effective':
      if (isWithin(document.effective_date, condition.range)) return undefined;
      return document.effective_date === undefined
        ? 'when it takes effect is not known'
        : `effective ${document.effective_date}`;
    case 'agreement': {
      const date = document.agreement_date ?? document.effective_date;
      if (isWithin(date, condition.range)) return undefined;
      return date === undefined ? 'its date is not known' : `dated ${date}`;
    }
    case 'notice': {
      const days = [document.notice_deadline, document.next_notice_deadline];
      if (days.some((day) => isWithin(day, condition.range))) return undefined;
      return document.notice_deadline === undefined
        ? 'no last day for notice is known'
        : `last day for notice ${document.notice_deadline}`;
    }
    case 'renews_automatically':
      return (document.renews_automatically === true) === condition.renews
        ? undefined
        : condition.renews
          ? document.renews_automatically === undefined && hasUnread(document.reading)
            ? 'whether it renews by itself is not known'
            : 'does not renew by itself'
          : 'renews by itself';
    case 'has_clauses':
    case 'lacks_clauses':
      return undefined;
  }
}

/** A group of near contracts; the condition that they meet otherwise than asked for has its own words. */
interface Group {
  filter: DocumentFilter;
  lead?: string;
  without?: Condition['filter'];
}

function toRelated(
  document: StoredDocument,
  today: string,
  conditions: Condition[],
  { lead, without }: Group,
): RelatedDocument {
  const summary = summarize(document, today);
  const shortfalls = conditions
    .filter(({ filter }) => filter !== without)
    .map((condition) => shortfall(summary, condition));
  const reasons = [lead, ...shortfalls].filter((reason) => reason !== undefined);
  return {
    document_id: summary.document_id,
    title: summary.title,
    file_name: summary.file_name,
    folder: summary.folder,
    document_type: summary.document_type,
    parties: summary.parties.map(({ name }) => name),
    signed: summary.signed,
    status: summary.status,
    ...(summary.web_url === undefined ? {} : { web_url: summary.web_url }),
    why: reasons.length > 0 ? reasons.join('; ') : 'does not meet every condition',
  };
}

/** The nearest contracts first: those that fail only by their state, then the party's others, then similar names. */
async function groupsOf(
  { scopedIndex, today }: Pick<SearchContext, 'scopedIndex' | 'today'>,
  base: DocumentFilter,
  conditions: Condition[],
  namedIn: string[],
): Promise<Group[]> {
  const of = (...kinds: Condition['filter'][]) =>
    conditions.filter(({ filter }) => kinds.includes(filter));
  const parties = conditions.filter((one) => one.filter === 'party');
  const known = parties.filter(({ match }) => match !== undefined);
  const isKnown = parties.length > 0 && known.length === parties.length;
  const groups: Group[] = [];
  if (isKnown || parties.length === 0) {
    const unsigned = conditions.filter(({ filter }) => filter !== 'signed');
    if (unsigned.length < conditions.length)
      groups.push({ filter: withConditions(base, unsigned) });
    const typed = of('party', 'document_types');
    if (typed.length > 0 && typed.length < conditions.length)
      groups.push({ filter: withConditions(base, typed) });
  }
  for (const party of known) groups.push({ filter: withConditions(base, [party]) });
  if (namedIn.length > 0)
    groups.push({
      filter: { ...base, documentIds: namedIn },
      lead: 'names them in its text',
      without: 'party',
    });
  const names = parties.length > 0 ? await scopedIndex.parties(matchAll({ today })) : [];
  const similar = parties.flatMap(({ match, similar: others, words }) => {
    const own = new Set(match?.parties.map(({ key }) => key));
    const near = [
      ...(match?.others ?? []),
      ...others,
      ...similarParties(match?.parties[0]?.name ?? words, names),
    ];
    return near.filter(({ key }) => !own.has(key)).map(({ key }) => key);
  });
  if (similar.length > 0) {
    const filter = withConditions(
      { ...base, partyKeys: [...new Set(similar)] },
      of('document_types'),
    );
    groups.push({ filter, lead: 'with a party of a similar name', without: 'party' });
  }
  return groups;
}

/**
 * Contracts that are near to what was asked for, where none meets it: drafts, the party's other contracts,
 * those of parties of similar names. Each says what it lacks.
 * @param base the conditions that the request states itself
 * @param namedIn documents that name the party in their text
 */
export async function relatedDocuments(
  context: SearchContext,
  base: DocumentFilter,
  conditions: Condition[],
  { namedIn = [], limit }: { namedIn?: string[]; limit: number },
): Promise<RelatedDocument[]> {
  const related = new Map<string, RelatedDocument>();
  const max = Math.min(maxRelated, limit);
  for (const group of await groupsOf(context, base, conditions, namedIn)) {
    if (related.size >= max) break;
    const { documents } = await context.scopedIndex.documents(group.filter, {
      sort: 'effective_date',
      limit: max,
    });
    for (const document of documents) {
      if (related.size >= max || related.has(document.documentId)) continue;
      related.set(document.documentId, toRelated(document, context.today(), conditions, group));
    }
  }
  context.disclosure.recordDocuments(related.keys());
  return [...related.values()];
}
