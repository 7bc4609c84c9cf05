import { type McpServer, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import { withAudit, type ObservabilityOptions } from './audit-events.ts';
import {
  type Completer,
  completeClauseType,
  completeDays,
  completeDocumentId,
  completeDocumentIds,
  completePage,
  completeParty,
} from './completion.ts';
import { protocolFailure } from './failures.ts';
import type { ServicesFactory } from './services.ts';

/** By the name of a prompt or the address of a template: what completes its arguments. */
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

/** A completion may hold so many values, says the protocol. */
const maxValues = 100;

/** An own property: names come from outside. */
function ownProperty<T>(table: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * Completes arguments of prompts and addresses. The SDK's own way does not tell a completer who asks,
 * and what it answers names contracts and parties.
 */
export function registerCompletions(
  server: McpServer,
  open: ServicesFactory,
  options: ObservabilityOptions & { extension?: { completions?: ArgumentCompleters } },
): void {
  const prompts = { ...promptCompleters, ...options.extension?.completions };
  server.server.setRequestHandler('completion/complete', async ({ params }, ctx) => {
    const { ref, argument, context } = params;
    const name = ref.type === 'ref/prompt' ? ref.name : ref.uri;
    const completers = ownProperty(ref.type === 'ref/prompt' ? prompts : templateCompleters, name);
    if (!completers) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is nothing of that name.');
    }
    const completer = ownProperty(completers, argument.name);
    if (!completer) return { completion: { values: [], hasMore: false } };
    const call = { event: 'completion', name: `${name} ${argument.name}` } as const;
    try {
      return await withAudit(
        options.auditSink,
        { ...call, arguments: { value: argument.value } },
        ctx,
        async () => {
          const { answer, disclosed } = await completer(
            await open(),
            argument.value,
            context?.arguments ?? {},
          );
          const values = answer.slice(0, maxValues);
          const hasMore = answer.length > maxValues;
          return { answer: { completion: { values, total: answer.length, hasMore } }, disclosed };
        },
      );
    } catch (error) {
      throw protocolFailure(error, 'completion', options.log);
    }
  });
}
