import { quoted } from '../../encode/visible.ts';
import type { DocumentFilter } from '../../store/records.ts';
import type { SearchContext } from '../context.ts';
import { joinNames } from '../join-names.ts';
import { describeMatch } from '../party-matching.ts';
import { unreadTotalsInWords } from '../reading-notes.ts';
import type { RelatedDocument } from '../response-schemas.ts';
import type { Condition, ConditionOf } from './conditions.ts';
import { withConditions } from './condition-filter.ts';
import { contractsInWords } from './descriptions.ts';
import { relatedDocuments } from './related.ts';
import { isStated, namedInOpening, namedInText, statedInClauses } from './text-evidence.ts';

/** Contracts that are listed by id, where some of them meet the conditions by their text alone. */
const maxListed = 500;

/** What meets the conditions of a question. */
export interface Found {
  filter: DocumentFilter;
  total: number;
  notes: string[];
}

/** The names of a party condition as contracts may write them. */
const namesOf = ({ match, words }: ConditionOf<'party'>) =>
  match ? [...new Set([words, ...match.parties.map(({ name }) => name)])].slice(0, 3) : [words];

const clauseNote = (count: number) =>
  `${count} of these by the words of a clause alone, for a law or an end that could not be determined; an end is ` +
  'counted from the date of the contract where its start is not known: read the clause (extract_clauses with ' +
  'governing_law or expiration_date).';

/** Contracts that meet conditions by what their text says, where the facts of them are not known. */
async function byText(
  context: SearchContext,
  base: DocumentFilter,
  conditions: Condition[],
  isEmpty: boolean,
): Promise<{ ids: string[]; notes: string[] }> {
  const stated = await statedInClauses(context, base, conditions);
  if (stated.length > 0) return { ids: stated, notes: [clauseNote(stated.length)] };
  const [party, another] = conditions.filter((one) => one.filter === 'party');
  if (!isEmpty || !party || another) return { ids: [], notes: [] };
  const others = conditions.filter((one) => one.filter !== 'party' && !isStated(one));
  const named: string[] = [];
  for (const name of namesOf(party)) {
    const filter = withConditions(base, others);
    named.push(...(await namedInOpening(context, filter, name, party.match !== undefined)));
  }
  if (named.length === 0) return { ids: [], notes: [] };
  const ofName = { ...base, documentIds: named };
  const facts = conditions.filter(isStated);
  const { documents } = await context.scopedIndex.documents(withConditions(ofName, facts), {
    sort: 'title',
    limit: named.length,
  });
  const inClauses = await statedInClauses(context, ofName, facts);
  const ids = [...new Set([...documents.map(({ documentId }) => documentId), ...inClauses])];
  const notes = [
    `No contract that meets this has ${quoted(party.words)} as a party that could be recognised; the title, the file name ` +
      'or the opening of these has that name: check that it is a party.',
    ...(inClauses.length > 0 ? [clauseNote(inClauses.length)] : []),
  ];
  return ids.length > 0 ? { ids, notes } : { ids, notes: [] };
}

/** The contracts that meet the conditions of a question, and those that a request states. */
export async function findContracts(
  context: SearchContext,
  base: DocumentFilter,
  conditions: Condition[],
): Promise<Found> {
  const { scopedIndex } = context;
  const filter = withConditions(base, conditions);
  const { total } = await scopedIndex.documents(filter, { sort: 'title', limit: 0 });
  const notes = conditions
    .filter((one) => one.filter === 'party')
    .flatMap(({ words, match }) =>
      match && (match.kind !== 'same_name' || match.others.length > 0)
        ? [describeMatch(words, match)]
        : [],
    );
  if (total > maxListed) return { filter, total, notes };
  const extra = await byText(context, base, conditions, total === 0);
  if (extra.ids.length === 0) return { filter, total, notes };
  const { documents } = await scopedIndex.documents(filter, { sort: 'title', limit: maxListed });
  const ids = new Set([...documents.map(({ documentId }) => documentId), ...extra.ids]);
  return {
    filter: { ...base, documentIds: [...ids] },
    total: ids.size,
    notes: [...notes, ...extra.notes],
  };
}

/**
 * "508 contracts read, 3 of them in part (41 pages were not read); 3 files were not read": what an answer about all
 * contracts rests on.
 */
async function readInWords({ scopedIndex }: SearchContext): Promise<string> {
  const { documents } = await scopedIndex.size();
  const { files, unread: inPart } = await scopedIndex.files();
  const unread = files.failed + files.pending + files.ignored;
  const part =
    inPart.documents === 0
      ? ''
      : `, ${inPart.documents} of them in part (${unreadTotalsInWords(inPart)})`;
  const contracts = `${documents} contract${documents === 1 ? '' : 's'} read${part}`;
  return unread === 0
    ? contracts
    : `${contracts}; ${unread} file${unread === 1 ? ' was' : 's were'} not read`;
}

/** A party is known by its contracts alone, so naming it discloses one of them. */
async function discloseParties(context: SearchContext, conditions: Condition[]): Promise<void> {
  const keys = conditions.flatMap((one) =>
    one.filter === 'party'
      ? [...(one.match?.parties ?? []), ...(one.match?.others ?? []), ...one.similar].map(
          ({ key }) => key,
        )
      : [],
  );
  if (keys.length > 0)
    context.disclosure.recordDocuments(await context.scopedIndex.documentsByParty(keys));
}

/**
 * The answer to a question in a sentence, first of all: how many contracts meet it.
 * @param given what the filters of the request add, in words
 */
export async function summarizeFound(
  context: SearchContext,
  { filter, total }: Found,
  conditions: Condition[],
  given: string,
): Promise<string> {
  await discloseParties(context, conditions);
  const read = await readInWords(context);
  const asksSigned = conditions.some((one) => one.filter === 'signed' && one.signed);
  const { total: signed } = asksSigned
    ? await context.scopedIndex.documents(
        { ...filter, signed: 'signed' },
        { sort: 'title', limit: 0 },
      )
    : { total };
  // what is not known to be signed is not called so
  const said = signed === total ? conditions : conditions.filter((one) => one.filter !== 'signed');
  const contracts = contractsInWords(said, total === 1 ? 'one' : 'many');
  const unknown =
    signed === total
      ? ''
      : ` Whether ${total === 1 ? 'it is' : signed === 0 ? 'they are' : `${total - signed} of them ${total - signed === 1 ? 'is' : 'are'}`} signed is not known.`;
  return `${total} ${contracts}${given} among ${read}.${unknown}`;
}

/** The answer where no contract meets a question, and what is near to it. */
export async function answerNotFound(
  context: SearchContext,
  base: DocumentFilter,
  conditions: Condition[],
  { limit, given }: { limit: number; given: string },
): Promise<{ summary: string; related: RelatedDocument[] }> {
  await discloseParties(context, conditions);
  const read = await readInWords(context);
  const stranger = conditions.find((one) => one.filter === 'party' && one.match === undefined);
  if (stranger?.filter === 'party') {
    const namedIn = await namedInText(context, base, stranger.words);
    const related = await relatedDocuments(context, base, conditions, { namedIn, limit });
    const similar =
      stranger.similar.length > 0
        ? ` Similar: ${joinNames([...new Set(stranger.similar.map(({ name }) => quoted(name)))])}.`
        : '';
    const name = quoted(stranger.words);
    const summary =
      namedIn.length === 0
        ? `No contract names ${name} among ${read}.${similar}`
        : `No ${contractsInWords(conditions, 'one')} among ${read}: none has it as a party that was recognised; ` +
          `${namedIn.length} name${namedIn.length === 1 ? 's' : ''} it in its text.${similar}`;
    return { summary, related };
  }
  const related = await relatedDocuments(context, base, conditions, { limit });
  const unsigned = conditions.filter((one) => one.filter !== 'signed' || !one.signed);
  const { total: drafts } =
    unsigned.length < conditions.length
      ? await context.scopedIndex.documents(withConditions(base, unsigned), {
          sort: 'title',
          limit: 1,
        })
      : { total: 0 };
  // where there is no draft either, there is none at all
  const said = contractsInWords(drafts > 0 ? conditions : unsigned, 'one');
  return { summary: `No ${said}${given} among ${read}.`, related };
}
