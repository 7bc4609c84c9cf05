import type { DocumentFilter, PartyKey } from '../store/records.ts';
import { listed, mostListed } from './listed.ts';
import { explainMatch, matchParty, nearParties } from './parties.ts';
import type { SearchServices } from './search.ts';

/** Of parties those that a sentence lists. */
function listedOf(parties: PartyKey[]): PartyKey[] {
  const shown = [...new Set(parties.map(({ name }) => name))].slice(0, mostListed);
  return parties.filter(({ name }) => shown.includes(name));
}

const namesOf = (parties: PartyKey[]) => listed(parties.map(({ name }) => name));

/** Parties of similar names, which are other companies as far as their names tell. */
function othersNote(near: PartyKey[], narrowed: boolean): string[] {
  if (near.length === 0) return [];
  const exist = narrowed
    ? 'Contracts that meet the other conditions exist with'
    : 'There are contracts with';
  const other =
    near.length === 1 ? 'another party of a similar name' : 'other parties of similar names';
  return [
    `${exist} ${namesOf(near)}: to all appearance ${other}, so not in this answer. Search for the full name to see them.`,
  ];
}

/**
 * Narrows a filter to a party by its name. The name is matched among the parties of all contracts,
 * not among those that the filter leaves: else a company of a similar name would pass for the one
 * that has no such contract. `filter` is undefined when no contract has such a party; `notes` say how
 * the name was matched and what it was not taken for.
 */
export async function narrowToParty(
  { library, alsoNamed }: Pick<SearchServices, 'library' | 'alsoNamed'>,
  name: string,
  filter: DocumentFilter,
  everything: DocumentFilter,
): Promise<{ filter: DocumentFilter | undefined; notes: string[] }> {
  /** That there is a party of that name, its contracts alone tell. */
  const tell = async (...named: PartyKey[][]) => {
    const keys = named.flatMap(listedOf).map(({ key }) => key);
    if (alsoNamed && keys.length > 0) alsoNamed(await library.contractsNaming(keys));
  };
  const known = await library.parties(everything);
  const narrowed = Object.entries(filter).some(
    ([key, value]) => value !== undefined && !(key in everything),
  );
  const match = matchParty(name, known);
  if (!match) {
    const near = narrowed ? nearParties(name, await library.parties(filter)) : [];
    const others = near.length > 0 ? near : nearParties(name, known);
    await tell(others);
    const notes = [
      `No party named "${name}" is known in any contract. Contracts in which no party could be recognised ` +
        'are not found this way; search_passages with the name looks into the texts.',
      ...othersNote(others, near.length > 0),
    ];
    return { filter: undefined, notes };
  }
  const keys = new Set(match.parties.map(({ key }) => key));
  const named = [...match.parties, ...match.others].map(({ key }) => key);
  const leftKeys = new Set(
    (narrowed ? await library.parties({ ...filter, partyKeys: named }) : known).map(
      ({ key }) => key,
    ),
  );
  const isLeft = ({ key }: PartyKey) => leftKeys.has(key);
  const parties = match.parties.filter(isLeft);
  if (parties.length === 0) {
    const near = nearParties(name, await library.parties(filter)).filter(
      ({ key }) => !keys.has(key),
    );
    await tell(match.parties, near);
    const notes = [
      explainMatch(name, { ...match, others: [] }),
      `None of the contracts with ${namesOf(match.parties)} meets the other conditions; ` +
        'search_documents with party alone lists them.',
      ...othersNote(near, true),
    ];
    return { filter: { ...filter, partyKeys: [...keys] }, notes };
  }
  const others = match.others.filter(isLeft);
  await tell(parties, others);
  return {
    filter: { ...filter, partyKeys: [...new Set(parties.map(({ key }) => key))] },
    notes: [explainMatch(name, { ...match, parties, others })],
  };
}
