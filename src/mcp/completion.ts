import { clauseTypes } from '../analyse/clause-types.ts';
import { isMasked } from '../redact/mask.ts';
import { matchAll } from '../search/filters.ts';
import { queryTerms } from '../search/query-tokens.ts';
import type { WithDisclosures } from './audit-events.ts';
import { disclosuresWithoutText } from './disclosures.ts';
import { pageCount } from './resources/document-text.ts';
import type { McpServices } from './services.ts';

/** What a value that was begun may become, and of which contracts that tells. */
export type Completer = (
  services: McpServices,
  value: string,
  resolvedArguments: Record<string, string>,
) => Promise<WithDisclosures<string[]>>;

/** A client shows a handful; the protocol allows 100. */
const maxSuggestions = 50;

async function findDocumentIds(services: McpServices, value: string): Promise<string[]> {
  const byId = await services.scopedIndex.documentIds(value, maxSuggestions);
  const terms = queryTerms(value);
  const matches =
    terms.length === 0
      ? []
      : await services.scopedIndex.searchDocuments(terms, matchAll(services), maxSuggestions);
  return [...new Set([...byId, ...matches.map((hit) => hit.documentId)])].slice(0, maxSuggestions);
}

/** Ids that begin with the value, then those of documents whose title, parties or file name it names. */
export const completeDocumentId: Completer = async (services, value) => {
  const ids = await findDocumentIds(services, value);
  return { answer: ids, disclosed: disclosuresWithoutText(ids) };
};

/** The same for the last id of a list separated by commas. */
export const completeDocumentIds: Completer = async (services, value) => {
  const lastIdStart = value.lastIndexOf(',') + 1;
  const before = value.slice(0, lastIdStart);
  const ids = await findDocumentIds(services, value.slice(lastIdStart).trim());
  const others = ids.filter((id) => !before.includes(id));
  return {
    answer: others.map((id) => `${before}${id}`),
    disclosed: disclosuresWithoutText(others),
  };
};

/** Numbers of the pages of the document whose id was given. */
export const completePage: Completer = async (services, value, { id = '' }) => {
  const pages = await pageCount(services, id);
  const numbers = Array.from({ length: pages }, (_, index) => String(index + 1));
  return {
    answer: numbers.filter((number) => number.startsWith(value)),
    disclosed: disclosuresWithoutText(pages > 0 ? [id] : []),
  };
};

/** Whether `wanted` stands in the name where a word begins: "ost" is not meant for "hosting". */
function hasWordStartingWith(name: string, wanted: string): boolean {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1]!)) return true;
  }
  return false;
}

/**
 * Names of parties: those that begin with the value first, then those with a word that does. A name tells of
 * one contract at least, which stands for all that name that party.
 */
export const completeParty: Completer = async (services, value) => {
  const wanted = value.toLowerCase();
  const { scopedIndex: library } = services;
  const found = (await library.parties(matchAll(services)))
    .filter(({ name }) => hasWordStartingWith(name.toLowerCase(), wanted) && !isMasked(name))
    .map(({ key, name, documents }) => ({
      key,
      name,
      rank: (name.toLowerCase().startsWith(wanted) ? 1e9 : 0) + documents,
    }))
    .sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name));
  const names = [...new Set(found.map(({ name }) => name))].slice(0, maxSuggestions);
  const partyKeys = found.filter(({ name }) => names.includes(name)).map(({ key }) => key);
  return {
    answer: names,
    disclosed: disclosuresWithoutText(await library.documentsByParty(partyKeys)),
  };
};

const withoutDisclosures = (answer: string[]): WithDisclosures<string[]> => ({
  answer,
  disclosed: [],
});

export const completeClauseType: Completer = async (_services, value) => {
  const wanted = value.toLowerCase();
  const types = clauseTypes
    .filter(({ id, title }) => id.includes(wanted) || title.toLowerCase().includes(wanted))
    .map(({ id }) => id)
    .sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)));
  return withoutDisclosures(types);
};

/** Spans of days that people ask about, and their own number first. */
export const completeDays: Completer = async (_services, value) => {
  const commonSpans = ['30', '60', '90', '180', '365'].filter((days) => days.startsWith(value));
  const typedSpan = /^[1-9]\d{0,3}$/.test(value) && !commonSpans.includes(value) ? [value] : [];
  return withoutDisclosures([...typedSpan, ...commonSpans]);
};
