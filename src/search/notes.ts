import type { DocumentFilter } from '../store/records.ts';
import { listed } from './listed.ts';
import type { Filters } from './requests.ts';
import { capitalized } from './route.ts';
import type { SearchServices } from './search.ts';

/** Names asked about that are looked up, at most. */
const namesLookedUp = 5;

/**
 * Contracts that renew and are past their first term lie outside of every range of expiry and
 * notice dates, because only the first term's dates are known.
 */
async function renewedSince({ store }: SearchServices, filter: DocumentFilter): Promise<string[]> {
  if (!filter.expires && !filter.notice) return [];
  const past = { ...filter, notice: undefined, status: 'unknown' as const };
  const { total, documents } = await store.documents(
    { ...past, expires: { to: filter.today } },
    { sort: 'expiration_date', limit: 5 },
  );
  if (total === 0) return [];
  const titles = documents.map(({ analysis, file }) => `${analysis.title} (${file.fileName})`);
  return [
    `Not judged: ${total} contracts that state a renewal and whose first term is over, so that they may ` +
      `have renewed: ${listed(titles, total)}. Their present term and notice deadline are not ` +
      'computed; extract_clauses with renewal_term, expiration_date and ' +
      'notice_period_to_terminate_renewal quotes what they say.',
  ];
}

/** Names in a query that occur in none of the contracts it may be answered from. */
async function unknownNames(
  { store }: SearchServices,
  query: string | undefined,
  filter: DocumentFilter,
): Promise<string[]> {
  const unknown: string[] = [];
  for (const name of [...capitalized(query ?? '')].slice(0, namesLookedUp)) {
    const named = await store.searchDocuments([name], filter, 1);
    if (named.length > 0) continue;
    if ((await store.searchText([name], filter, 1)).length === 0) unknown.push(name);
  }
  if (unknown.length === 0) return [];
  return [
    `No contract searched contains "${unknown.join('", "')}"; what is shown is merely nearest to the ` +
      'other words.',
  ];
}

/** What a reader must know to read an answer rightly. */
export async function notesOn(
  services: SearchServices,
  request: Filters & { query?: string | undefined },
  answer: { filter: DocumentFilter | undefined; found: number; notes: string[] },
): Promise<{ notes?: string[] }> {
  const { filter, found } = answer;
  const notes = [...answer.notes];
  if (filter) {
    notes.push(...(await renewedSince(services, filter)));
    notes.push(...(await unknownNames(services, request.query, filter)));
  }
  if (request.signed !== undefined) {
    notes.push('signed leaves out contracts of which it is not known whether they are signed.');
  }
  if (found === 0 && (await services.store.status()).documents === 0) {
    notes.push(
      'No contract has been read yet: get_sync_status tells whether a sync is running; ' +
        '`deedbox ingest PATH` reads a folder.',
    );
  }
  return notes.length > 0 ? { notes } : {};
}
