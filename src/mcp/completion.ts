import { clauseTypes } from '../analyse/clause-types.ts';
import { isMasked } from '../redact/mask.ts';
import { anyDocument } from '../search/filters.ts';
import { queryTerms } from '../search/terms.ts';
import type { McpServices } from './services.ts';

/** A client shows a handful; the protocol allows 100. */
const offered = 50;

/** Ids that begin with the value, then those of documents whose title, parties or file name it names. */
export async function completeDocumentId(services: McpServices, value: string): Promise<string[]> {
  const byId = await services.library.documentIds(value, offered);
  const terms = queryTerms(value);
  const named =
    terms.length === 0
      ? []
      : await services.library.searchDocuments(terms, anyDocument(services), offered);
  return [...new Set([...byId, ...named.map((hit) => hit.documentId)])].slice(0, offered);
}

/** The same for the last id of a list separated by commas. */
export async function completeDocumentIds(services: McpServices, value: string): Promise<string[]> {
  const cut = value.lastIndexOf(',') + 1;
  const before = value.slice(0, cut);
  const ids = await completeDocumentId(services, value.slice(cut).trim());
  return ids.filter((id) => !before.includes(id)).map((id) => `${before}${id}`);
}

/** Names of parties: those that begin with the value first, then those that contain it. */
export async function completeParty(services: McpServices, value: string): Promise<string[]> {
  const wanted = value.toLowerCase();
  const parties = await services.library.parties(anyDocument(services));
  const names = parties
    .filter(({ name }) => name.toLowerCase().includes(wanted) && !isMasked(name))
    .map(({ name, documents }) => ({
      name,
      rank: (name.toLowerCase().startsWith(wanted) ? 1e9 : 0) + documents,
    }))
    .sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name))
    .map(({ name }) => name);
  return [...new Set(names)].slice(0, offered);
}

export function completeClauseType(value: string): string[] {
  const wanted = value.toLowerCase();
  return clauseTypes
    .filter(({ id, title }) => id.includes(wanted) || title.toLowerCase().includes(wanted))
    .map(({ id }) => id)
    .sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)));
}

/** Spans of days that people ask about, and their own number first. */
export function completeDays(value: string): string[] {
  const usual = ['30', '60', '90', '180', '365'].filter((days) => days.startsWith(value));
  return /^[1-9]\d{0,3}$/.test(value) && !usual.includes(value) ? [value, ...usual] : usual;
}
