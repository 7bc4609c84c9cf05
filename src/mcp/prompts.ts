import type { GetPromptResult, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod/v4';
import { clauseTypes } from '../analyse/clause-types.ts';
import { markdownSentence } from '../encode/markdown.ts';
import { decodeSingleLine, quoted } from '../encode/visible.ts';
import type { Disclosure } from '../settings/disclosure.ts';
import { DeedboxError } from '../errors/errors.ts';
import type { RequestContext } from '../request/context.ts';
import { redactionSentence } from '../search/redaction-notes.ts';
import { protocolFailure } from './failures.ts';
import { limitKey } from './http-limits.ts';
import { callContext } from './request-auth.ts';
import type { Connection } from './services.ts';

const citationInstructions =
  'Quote the decisive words verbatim, each with document title, page and link. ' +
  'Where a tool says that something was not found, say that it was not found; do not guess. ' +
  'Name low confidence and computed dates as such.';

function promptBuilder({ redacted }: Disclosure) {
  const redactionNote = redacted.length > 0 ? ` ${redactionSentence(redacted)}` : '';
  return (request: string): GetPromptResult => {
    const text = `${request}\n\n${citationInstructions}${redactionNote}`;
    return { messages: [{ role: 'user', content: { type: 'text', text } }] };
  };
}

function daysFromNow(today: string, days: number): string {
  const date = new Date(`${today}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** Registers the questions that legal staff ask most often, as templates. */
export function registerPrompts(
  server: McpServer,
  { open, context: connectionContext, callQueue, log }: Connection,
  limits: Disclosure,
): void {
  const buildPrompt = promptBuilder(limits);
  const capDocuments = (count: number) => Math.min(count, limits.maxDocuments ?? count);
  function register<Args extends z.ZodObject>(
    name: string,
    config: { title: string; description: string; argsSchema: Args },
    prompt: (
      args: z.output<Args>,
      context: RequestContext,
    ) => GetPromptResult | Promise<GetPromptResult>,
  ): void {
    server.registerPrompt<z.ZodObject>(name, config, (args, ctx) => {
      const context = callContext(ctx, connectionContext);
      return context.audited({ event: 'prompt', name, arguments: args }, () =>
        callQueue.answer(
          limitKey(context),
          async () => {},
          async () => prompt(args as z.output<Args>, context),
        ),
      );
    });
  }

  const documentId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

  register(
    'nda_check',
    {
      title: 'Has this client signed an NDA with us?',
      description: 'Finds every NDA with a client and says whether one is signed and in force',
      argsSchema: z.object({
        client: z.string().min(1).max(300).describe('Name of the client'),
      }),
    },
    (args) => {
      const client = markdownSentence(quoted(decodeSingleLine(args.client)));
      return buildPrompt(
        `Has ${client} signed a non-disclosure agreement with us, and is it in force today?\n\n` +
          `1. Call search_documents with party ${client} and document_types ["nda"], and without signed, so that ` +
          'drafts show too. Where there is none, its summary says so, and related has what is near, which is no ' +
          'match. Its notes say how the name was matched, and name companies of similar names: an ' +
          'NDA with one of those is not an NDA with this client, unless the user says that they are one.\n' +
          `2. If there is none, call search_documents with party ${client} and has_clauses ` +
          '["confidentiality"], for confidentiality terms may stand in another contract.\n' +
          '3. For each candidate call get_document: its fact "signed" quotes the signature blocks with their ' +
          'page, or the blanks of a draft; check there the parties, the term and what survives it.\n' +
          'signed "unsigned" is a draft or an unsigned copy, "unknown" is neither: say which.\n' +
          'Where notes say that pages were not read, an NDA or a signature may stand there: say so.\n' +
          'Answer first with yes (citing the page of the signature), no, only a draft, only with a company of a ' +
          'similar name, or unclear; then the table of candidates: title, parties, signed, effective date, ' +
          'expiry, status.',
      );
    },
  );

  register(
    'expiring_contracts',
    {
      title: 'Which contracts end soon?',
      description:
        'Contracts that expire, or whose notice against renewal is due, within some days',
      argsSchema: z.object({
        days: z
          .string()
          .regex(/^[1-9]\d{0,3}$/, 'a number of days from 1 to 9999')
          .describe('Days from today'),
      }),
    },
    async ({ days }, context) => {
      try {
        const today = (await open(context)).today();
        const until = daysFromNow(today, Number(days));
        return buildPrompt(
          `Which contracts end, or need a notice against renewal, from ${today} to ${until} (${days} days)?\n\n` +
            `1. Call search_documents with notice_from "${today}", notice_to "${until}", limit ${capDocuments(50)}, for the last days ` +
            'for notice against renewal; follow next_cursor to the end.\n' +
            `2. Call search_documents with expires_from "${today}", expires_to "${until}", sort "expiration_date", limit ${capDocuments(50)}, ` +
            'for the terms that end; follow next_cursor. Those with renews_automatically renew unless notice was ' +
            'given by notice_deadline, which may be past; the others end on that day.\n' +
            '3. For each contract call extract_clauses with clause_types ["expiration_date", "renewal_term", ' +
            `"notice_period_to_terminate_renewal"] (${capDocuments(20)} documents a call) to quote what the dates rest on.\n` +
            '4. Read the notes: they name the contracts that could not be judged.\n' +
            'Answer with one table in order of the next date to act on: title, parties, date, what to do by ' +
            'then, whether it renews by itself, end of the current term.',
        );
      } catch (error) {
        throw protocolFailure(error, 'expiring_contracts', log);
      }
    },
  );

  register(
    'review_contract',
    {
      title: 'Review a contract',
      description: 'A first review of one contract: its facts, its risks, what it lacks',
      argsSchema: z.object({
        document_id: documentId.describe('document_id of the contract'),
      }),
    },
    ({ document_id: id }) =>
      buildPrompt(
        `Review the contract with document_id "${id}" for the lawyer responsible for it.\n\n` +
          `1. Call get_document with document_id "${id}" for its facts, and follow next_page to read all of it.\n` +
          `2. Call extract_clauses with document_ids ["${id}"] for every clause type.\n` +
          'Report: what it is and who is bound; term, renewal and notice; money; liability, indemnities and ' +
          'insurance; confidentiality and data; intellectual property; exclusivity and other restrictions; ' +
          'termination and assignment; law and disputes. Then what is unusual or one-sided, and which ' +
          'customary clauses were not found; those in not_read may stand on what was not read: say so.',
      ),
  );

  register(
    'compare_clause',
    {
      title: 'Compare a clause over contracts',
      description: 'Puts the same kind of clause of several contracts side by side',
      argsSchema: z.object({
        clause_type: z.string().max(100).describe('A clause type, e.g. cap_on_liability'),
        document_ids: z.string().max(2000).describe('document_ids, separated by commas'),
      }),
    },
    ({ clause_type: type, document_ids: list }) => {
      const clauseType = clauseTypes.find((candidate) => candidate.id === type);
      const ids = list.split(',').map((id) => id.trim());
      const invalidIds = ids.filter((id) => !documentId.safeParse(id).success);
      if (!clauseType || invalidIds.length > 0 || ids.length > 20) {
        const message = !clauseType
          ? `There is no clause type ${quoted(type)}.`
          : 'document_ids must be 1 to 20 ids separated by commas.';
        throw protocolFailure(
          new DeedboxError('invalid_request', message, {
            hint: 'deedbox://clause-types lists the types; search_documents gives the ids.',
          }),
          'compare_clause',
        );
      }
      const batchNote =
        ids.length > capDocuments(20) ? `, ${capDocuments(20)} documents a call` : '';
      return buildPrompt(
        `Compare the clause "${clauseType.title}" (${clauseType.definition}) in these contracts: ${ids.join(', ')}.\n\n` +
          `1. Call extract_clauses with document_ids ${JSON.stringify(ids)} and clause_types ["${type}"]${batchNote}.\n` +
          '2. Where it is not found, call search_passages with these document_ids and the words such a ' +
          'clause uses, before saying that there is none.\n' +
          'Answer with a table: contract, what it provides, for whom it is better; then the differences ' +
          'that matter, and the wording that protects our side best.',
      );
    },
  );
}
