import { clauseTypes } from '../analyse/clause-types.ts';
import { isMasked } from '../redact/mask.ts';
import { anyDocument } from '../search/filters.ts';
import { queryTerms } from '../search/terms.ts';
import type { Disclosing } from './answered.ts';
import { factsOf } from './disclosed.ts';
import { pageCount } from './resources/document-text.ts';
import type { McpServices } from './services.ts';

/** What a value that was begun may become, and of which contracts that tells. */
export type Complete = (
  services: McpServices,
  value: string,
  given: Record<string, string>,
) => Promise<Disclosing<string[]>>;

/** A client shows a handful; the protocol allows 100. */
const offered = 50;

async function idsFor(services: McpServices, value: string): Promise<string[]> {
  const byId = await services.library.documentIds(value, offered);
  const terms = queryTerms(value);
  const named =
    terms.length === 0
      ? []
      : await services.library.searchDocuments(terms, anyDocument(services), offered);
  return [...new Set([...byId, ...named.map((hit) => hit.documentId)])].slice(0, offered);
}

/** Ids that begin with the value, then those of documents whose title, parties or file name it names. */
export const completeDocumentId: Complete = async (services, value) => {
  const ids = await idsFor(services, value);
  return { answer: ids, disclosed: factsOf(ids) };
};

/** The same for the last id of a list separated by commas. */
export const completeDocumentIds: Complete = async (services, value) => {
  const cut = value.lastIndexOf(',') + 1;
  const before = value.slice(0, cut);
  const ids = await idsFor(services, value.slice(cut).trim());
  const others = ids.filter((id) => !before.includes(id));
  return { answer: others.map((id) => `${before}${id}`), disclosed: factsOf(others) };
};

/** Numbers of the pages of the document whose id was given. */
export const completePage: Complete = async (services, value, { id = '' }) => {
  const pages = await pageCount(services, id);
  const numbers = Array.from({ length: pages }, (_, index) => String(index + 1));
  return {
    answer: numbers.filter((number) => number.startsWith(value)),
    disclosed: factsOf(pages > 0 ? [id] : []),
  };
};

/** Whether `wanted` stands in the name where a word begins: "ost" is not meant for "hosting". */
function wordBegins(name: string, wanted: string): boolean {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1]!)) return true;
  }
  return false;
}

/**
 * Names of parties: those that begin with the value first, then those with a word that does. A name tells of
 * one contract at least, which stands for all that name that party.
 */
export const completeParty: Complete = async (services, value) => {
  const wanted = value.toLowerCase();
  const { library } = services;
  const found = (await library.parties(anyDocument(services)))
    .filter(({ name }) => wordBegins(name.toLowerCase(), wanted) && !isMasked(name))
    .map(({ key, name, documents }) => ({
      key,
      name,
      rank: (name.toLowerCase().startsWith(wanted) ? 1e9 : 0) + documents,
    }))
    .sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name));
  const names = [...new Set(found.map(({ name }) => name))].slice(0, offered);
  const told = found.filter(({ name }) => names.includes(name)).map(({ key }) => key);
  return { answer: names, disclosed: factsOf(await library.contractsNaming(told)) };
};

const ofNoContract = (answer: string[]): Disclosing<string[]> => ({ answer, disclosed: [] });

export const completeClauseType: Complete = async (_services, value) => {
  const wanted = value.toLowerCase();
  const types = clauseTypes
    .filter(({ id, title }) => id.includes(wanted) || title.toLowerCase().includes(wanted))
    .map(({ id }) => id)
    .sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)));
  return ofNoContract(types);
};

/** Spans of days that people ask about, and their own number first. */
export const completeDays: Complete = async (_services, value) => {
  const usual = ['30', '60', '90', '180', '365'].filter((days) => days.startsWith(value));
  const own = /^[1-9]\d{0,3}$/.test(value) && !usual.includes(value) ? [value] : [];
  return ofNoContract([...own, ...usual]);
};
