import type { DocumentFilter, PartyKey } from '../store/records.ts';
import { quoted } from '../encode/visible.ts';
import { joinNames, maxListedNames } from './join-names.ts';
import { describeMatch, matchParty, similarParties } from './party-matching.ts';
import type { SearchContext } from './context.ts';

/** The parties whose names a sentence lists. */
function listedParties(parties: PartyKey[]): PartyKey[] {
  const listedNames = [...new Set(parties.map(({ name }) => name))].slice(0, maxListedNames);
  return parties.filter(({ name }) => listedNames.includes(name));
}

const joinPartyNames = (parties: PartyKey[]) => joinNames(parties.map(({ name }) => quoted(name)));

/** A note on parties of similar names, which seem to be other companies. */
function similarPartyNotes(similar: PartyKey[], isFiltered: boolean): string[] {
  if (similar.length === 0) return [];
  const existence = isFiltered
    ? 'Contracts that meet the other conditions exist with'
    : 'There are contracts with';
  const other =
    similar.length === 1 ? 'another party of a similar name' : 'other parties of similar names';
  return [
    `${existence} ${joinPartyNames(similar)}: to all appearance ${other}, so not in this answer. Search for the full name to see them.`,
  ];
}

/**
 * Restricts a filter to a party by its name. The name is matched among the parties of all contracts,
 * not among those that pass the filter: else a company of a similar name would be taken for one that
 * has no such contract. `filter` is undefined when no contract has such a party. `notes` say how the
 * name was matched, and which similar names were not.
 */
export async function restrictToParty(
  { scopedIndex, disclosure }: Pick<SearchContext, 'scopedIndex' | 'disclosure'>,
  name: string,
  filter: DocumentFilter,
  unfiltered: DocumentFilter,
): Promise<{ filter: DocumentFilter | undefined; notes: string[] }> {
  /** A party is known by its contracts alone, so naming it discloses one of them. */
  const recordDisclosures = async (...partyLists: PartyKey[][]) => {
    const keys = partyLists.flatMap(listedParties).map(({ key }) => key);
    if (keys.length > 0) disclosure.recordDocuments(await scopedIndex.documentsByParty(keys));
  };
  const known = await scopedIndex.parties(unfiltered);
  const isFiltered = Object.entries(filter).some(
    ([key, value]) => value !== undefined && !(key in unfiltered),
  );
  const match = matchParty(name, known);
  if (!match) {
    const similar = isFiltered ? similarParties(name, await scopedIndex.parties(filter)) : [];
    const others = similar.length > 0 ? similar : similarParties(name, known);
    await recordDisclosures(others);
    const notes = [
      `No party named ${quoted(name)} is known in any contract. Contracts in which no party could be recognised ` +
        'are not found this way; search_passages with the name looks into the texts.',
      ...similarPartyNotes(others, similar.length > 0),
    ];
    return { filter: undefined, notes };
  }
  const keys = new Set(match.parties.map(({ key }) => key));
  const matchedKeys = [...match.parties, ...match.others].map(({ key }) => key);
  const remainingKeys = new Set(
    (isFiltered ? await scopedIndex.parties({ ...filter, partyKeys: matchedKeys }) : known).map(
      ({ key }) => key,
    ),
  );
  const isRemaining = ({ key }: PartyKey) => remainingKeys.has(key);
  const parties = match.parties.filter(isRemaining);
  if (parties.length === 0) {
    const similar = similarParties(name, await scopedIndex.parties(filter)).filter(
      ({ key }) => !keys.has(key),
    );
    await recordDisclosures(match.parties, similar);
    const notes = [
      describeMatch(name, { ...match, others: [] }),
      `None of the contracts with ${joinPartyNames(match.parties)} meets the other conditions; ` +
        'search_documents with party alone lists them.',
      ...similarPartyNotes(similar, true),
    ];
    return { filter: { ...filter, partyKeys: [...keys] }, notes };
  }
  const others = match.others.filter(isRemaining);
  await recordDisclosures(parties, others);
  return {
    filter: { ...filter, partyKeys: [...new Set(parties.map(({ key }) => key))] },
    notes: [describeMatch(name, { ...match, parties, others })],
  };
}
