import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { noteAnswer, type Reporting } from './answered.ts';
import {
  type Complete,
  completeClauseType,
  completeDays,
  completeDocumentId,
  completeDocumentIds,
  completePage,
  completeParty,
} from './completion.ts';
import { protocolFailure } from './failures.ts';
import type { OpenServices } from './services.ts';

/** By the name of a prompt or the address of a template: what completes its arguments. */
export type CompletedArguments = Record<string, Record<string, Complete>>;

const ofPrompts: CompletedArguments = {
  nda_check: { client: completeParty },
  expiring_contracts: { days: completeDays },
  review_contract: { document_id: completeDocumentId },
  compare_clause: { clause_type: completeClauseType, document_ids: completeDocumentIds },
};

const ofTemplates: CompletedArguments = {
  'deedbox://register/{page}': {},
  'deedbox://documents/{id}': { id: completeDocumentId },
  'deedbox://documents/{id}/pages/{page}': { id: completeDocumentId, page: completePage },
  'deedbox://documents/{id}/clauses': { id: completeDocumentId },
};

/** A completion may hold so many values, says the protocol. */
const mostValues = 100;

/** An own property: names come from outside. */
function own<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Completes arguments of prompts and addresses. The SDK's own way does not tell a completer who asks,
 * and what it answers names contracts and parties.
 */
export function registerCompletions(
  server: McpServer,
  open: OpenServices,
  options: Reporting & { extension?: { completions?: CompletedArguments } },
): void {
  const prompts = { ...ofPrompts, ...options.extension?.completions };
  server.server.setRequestHandler('completion/complete', async ({ params }, ctx) => {
    const { ref, argument, context } = params;
    const name = ref.type === 'ref/prompt' ? ref.name : ref.uri;
    const completed = own(ref.type === 'ref/prompt' ? prompts : ofTemplates, name);
    if (!completed) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is nothing of that name.');
    }
    const complete = own(completed, argument.name);
    if (!complete) return { completion: { values: [], hasMore: false } };
    const what = { event: 'completion', name: `${name} ${argument.name}` } as const;
    try {
      return await noteAnswer(
        options.answered,
        { ...what, arguments: { value: argument.value } },
        ctx,
        async () => {
          const { answer, disclosed } = await complete(
            await open(),
            argument.value,
            context?.arguments ?? {},
          );
          const values = answer.slice(0, mostValues);
          const hasMore = answer.length > mostValues;
          return { answer: { completion: { values, total: answer.length, hasMore } }, disclosed };
        },
      );
    } catch (error) {
      throw protocolFailure(error, 'completion', options.log);
    }
  });
}
