import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { clauseTypes } from '../analyse/clause-types.ts';
import { DeedboxError } from '../errors/errors.ts';
import { decodeSingleLine, singleLine } from '../encode/visible.ts';
import { isMasked } from '../redact/mask.ts';
import { matchAll } from '../search/filters.ts';
import { queryTerms } from '../search/query-tokens.ts';
import { protocolFailure } from './failures.ts';
import { limitKey } from './http-limits.ts';
import { maxCompletionValueLength } from './message-limits.ts';
import { callContext } from './request-auth.ts';
import { pageCount } from './resources/document-text.ts';
import { type Connection, type McpServices, openToRead } from './services.ts';

/** Completes a value that a user began to type, and records the contracts that the completions name. */
type Completer = (
  services: McpServices,
  value: string,
  resolvedArguments: Record<string, string>,
) => Promise<string[]>;

/** A client shows a handful; the protocol allows 100. */
const maxSuggestions = 50;

async function findDocumentIds(services: McpServices, value: string): Promise<string[]> {
  const byId = await services.scopedIndex.documentIds(value, maxSuggestions);
  const terms = queryTerms(value);
  const matches =
    terms.length === 0
      ? []
      : await services.scopedIndex.searchDocuments(terms, matchAll(services), maxSuggestions);
  const ids = [...new Set([...byId, ...matches.map((hit) => hit.documentId)])];
  return ids.slice(0, maxSuggestions);
}

/**
 * Reads the documents that a completion names, so that one that is damaged is an error here as in every other
 * answer: damaged permissions must not name it to somebody.
 */
async function disclose(services: McpServices, ids: string[]): Promise<void> {
  const filter = { ...matchAll(services), documentIds: ids };
  await services.scopedIndex.documents(filter, { sort: 'title', limit: ids.length });
  services.disclosure.recordDocuments(ids);
}

/** Ids that begin with the value, then those of documents whose title, parties or file name it names. */
const completeDocumentId: Completer = async (services, value) => {
  const ids = await findDocumentIds(services, value);
  await disclose(services, ids);
  return ids;
};

/** The same for the last id of a list separated by commas. */
const completeDocumentIds: Completer = async (services, value) => {
  const lastIdStart = value.lastIndexOf(',') + 1;
  const before = value.slice(0, lastIdStart);
  const ids = await findDocumentIds(services, value.slice(lastIdStart).trim());
  const others = ids.filter((id) => !before.includes(id));
  // each value repeats the ids before it
  const values = limitValues(others.map((id) => `${before}${id}`));
  await disclose(services, others.slice(0, values.length));
  return values;
};

/** Numbers of the pages of the document whose id was given. */
const completePage: Completer = async (services, value, { id = '' }) => {
  const pages = await pageCount(services, id);
  const numbers = Array.from({ length: pages }, (_, index) => String(index + 1));
  services.disclosure.recordDocuments(pages > 0 ? [id] : []);
  return numbers.filter((number) => number.startsWith(value));
};

/** Whether a word of the name begins with `wanted`: "ost" does not complete to "hosting". */
function hasWordStartingWith(name: string, wanted: string): boolean {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1]!)) return true;
  }
  return false;
}

/**
 * Names of parties: those that begin with the value first, then those with a word that does. A name
 * discloses that there are contracts with that party.
 */
const completeParty: Completer = async (services, value) => {
  const wanted = decodeSingleLine(value).toLowerCase();
  const { scopedIndex, disclosure } = services;
  const found = (await scopedIndex.parties(matchAll(services)))
    .filter(({ name }) => hasWordStartingWith(name.toLowerCase(), wanted) && !isMasked(name))
    .map(({ key, name, documents }) => ({
      key,
      name,
      rank: (name.toLowerCase().startsWith(wanted) ? 1e9 : 0) + documents,
    }))
    .sort((a, b) => b.rank - a.rank || a.name.localeCompare(b.name));
  const names = [...new Set(found.map(({ name }) => name))].slice(0, maxSuggestions);
  const partyKeys = found.filter(({ name }) => names.includes(name)).map(({ key }) => key);
  disclosure.recordDocuments(await scopedIndex.documentsByParty(partyKeys));
  return names.map(singleLine);
};

const completeClauseType: Completer = async (_services, value) => {
  const wanted = value.toLowerCase();
  return clauseTypes
    .filter(({ id, title }) => id.includes(wanted) || title.toLowerCase().includes(wanted))
    .map(({ id }) => id)
    .sort((a, b) => Number(b.startsWith(wanted)) - Number(a.startsWith(wanted)));
};

/** Common periods in days, after the number that the user typed. */
const completeDays: Completer = async (_services, value) => {
  const commonSpans = ['30', '60', '90', '180', '365'].filter((days) => days.startsWith(value));
  const typedSpan = /^[1-9]\d{0,3}$/.test(value) && !commonSpans.includes(value) ? [value] : [];
  return [...typedSpan, ...commonSpans];
};

/** What completes each argument, by the name of a prompt or the URI of a resource template. */
export type ArgumentCompleters = Record<string, Record<string, Completer>>;

const promptCompleters: ArgumentCompleters = {
  nda_check: { client: completeParty },
  expiring_contracts: { days: completeDays },
  review_contract: { document_id: completeDocumentId },
  compare_clause: { clause_type: completeClauseType, document_ids: completeDocumentIds },
};

const templateCompleters: ArgumentCompleters = {
  'deedbox://register/{page}': {},
  'deedbox://documents/{id}': { id: completeDocumentId },
  'deedbox://documents/{id}/pages/{page}': { id: completeDocumentId, page: completePage },
  'deedbox://documents/{id}/clauses': { id: completeDocumentId },
};

/** The protocol allows no more values in one completion. */
const maxValues = 100;
/** Characters of all values of one completion together. */
const maxTotalLength = 20_000;

/** @throws DeedboxError `invalid_request` */
function requireShortValue(value: string): void {
  if (value.length <= maxCompletionValueLength) return;
  throw new DeedboxError(
    'invalid_request',
    `The value to complete is longer than ${maxCompletionValueLength} characters.`,
    { hint: 'Send what the user has typed so far.' },
  );
}

/** As many of the values, in order, as one answer may hold. */
function limitValues(values: readonly string[]): string[] {
  const limited: string[] = [];
  let length = 0;
  for (const value of values) {
    if (value.length > maxCompletionValueLength) continue;
    length += value.length;
    if (length > maxTotalLength || limited.length === maxValues) break;
    limited.push(value);
  }
  return limited;
}

/** A property of the table itself: names come from outside, and may be `constructor`. */
function ownProperty<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Completes arguments of prompts and resource templates. The SDK's own completers do not know the
 * caller, and completions name contracts and parties.
 * @param extraCompleters by prompt, beside those of Deedbox
 */
export function registerCompletions(
  server: McpServer,
  { open, context: connectionContext, callQueue, log }: Connection,
  extraCompleters: ArgumentCompleters = {},
): void {
  const prompts = { ...promptCompleters, ...extraCompleters };
  server.server.setRequestHandler('completion/complete', async ({ params }, ctx) => {
    const { ref, argument } = params;
    const name = ref.type === 'ref/prompt' ? ref.name : ref.uri;
    const completers = ownProperty(ref.type === 'ref/prompt' ? prompts : templateCompleters, name);
    if (!completers) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is nothing of that name.');
    }
    const completer = ownProperty(completers, argument.name);
    if (!completer) return { completion: { values: [], hasMore: false } };
    const context = callContext(ctx, connectionContext);
    const operation = {
      event: 'completion',
      name: `${name} ${argument.name}`,
      arguments: { value: argument.value },
    } as const;
    try {
      requireShortValue(argument.value);
      const resolved = params.context?.arguments ?? {};
      const completions = await context.audited(operation, () =>
        callQueue.answer(
          limitKey(context),
          () => openToRead(open, context),
          (services) => completer(services, argument.value, resolved),
        ),
      );
      const values = limitValues(completions);
      const hasMore = completions.length > values.length;
      return { completion: { values, total: completions.length, hasMore } };
    } catch (error) {
      throw protocolFailure(error, 'completion', log);
    }
  });
}
