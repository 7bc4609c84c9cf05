import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import * as z from 'zod/v4';
import type { Scope } from '../../access/principal.ts';
import type { Disclosure } from '../../settings/disclosure.ts';
import { DeedboxError } from '../../errors/errors.ts';
import type { RequestContext } from '../../request/context.ts';
import type { McpServices } from '../services.ts';
import { structuredContent } from '../../encode/structured.ts';
import { reducedCount } from '../truncate.ts';

/** What the protocol itself may add to the characters of a result. */
const protocolOverheadCharacters = 500;

/** Values of one list of arguments; no tool takes more. */
const maxListLength = 100;
/** Problems that an error names, and characters that it has for them. */
const maxProblems = 5;
const maxProblemCharacters = 2000;

/** Part of the description of every tool that returns text of contracts; see docs/data.md. */
export const privacyNotice = 'Searched locally; the answer goes to you and your provider.';

/** One call of a tool. */
export interface ToolCall {
  context: RequestContext;
  /** Whether the client cancelled the call; a connection that ended is no cancellation. */
  isCancelled(): boolean;
  /** Reports progress to the client; does nothing where the client did not ask for it. */
  reportProgress(done: number, total: number, message: string): Promise<void>;
  /** What one answer may disclose. */
  limits: Disclosure;
  /** Milliseconds after which work that still runs is returned as a job; 0 while the service closes. */
  timeoutMs(): number;
  /** Receives the details of a failure that are withheld from the client. */
  log?: Logger | undefined;
}

/** The definition of a tool, in its own file. */
export interface ToolDefinition<I extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  title: string;
  /** For the model: when to use it, what comes back, what to do next. */
  description: string;
  annotations: ToolAnnotations;
  /** The scope that it needs beside documents:read. */
  scope?: Scope;
  input: I;
  output: O;
  run(services: McpServices, args: z.output<I>, call: ToolCall): Promise<z.output<O>>;
  /** The answer as Markdown. */
  text(answer: z.output<O>): string;
  /**
   * The same request for `documents` contracts at most, and how to request the others; undefined where
   * the answer has no more.
   */
  limitDocuments?(
    args: z.output<I>,
    answer: z.output<O>,
    documents: number,
  ): { args: z.output<I>; remainderHint: string } | undefined;
  /**
   * The same request for about `share` (0 to 1) of an answer that was too large, whose answer says how to
   * get the rest; undefined when the request cannot be reduced.
   */
  reduceQuery?(args: z.output<I>, answer: z.output<O>, share: number): z.output<I> | undefined;
  /**
   * About `share` (0 to 1) of an answer that is too large; undefined when it cannot be truncated. What it
   * leaves out is retracted from the record of disclosures.
   */
  truncate?(
    services: McpServices,
    args: z.output<I>,
    answer: z.output<O>,
    share: number,
    limits: Disclosure,
  ): Promise<z.output<O> | undefined> | z.output<O> | undefined;
  /** The truncated answer, with notes of what it leaves out of the full one. */
  annotate?(services: McpServices, full: z.output<O>, truncated: z.output<O>): Promise<z.output<O>>;
}

/** A tool ready to be registered, which validates the arguments of clients. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  annotations: ToolAnnotations;
  scope?: Scope;
  input: z.ZodObject;
  output: z.ZodObject;
  /**
   * Validates the arguments of a client.
   * @throws DeedboxError `forbidden` without the tool's scope; `invalid_request`
   */
  parse(args: unknown, scopes: readonly Scope[]): ToolRequest;
  /**
   * @param request as `parse` has returned it
   * @throws DeedboxError the reason why there is no answer
   */
  run(services: McpServices, request: ToolRequest, call: ToolCall): Promise<CallToolResult>;
}

/** Valid arguments of one tool. */
export type ToolRequest = z.output<z.ZodObject>;

function invalidArguments(tool: string, error: z.ZodError, parameterNames: string[]): DeedboxError {
  const problems = error.issues
    .slice(0, maxProblems)
    .map((issue) =>
      issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
    );
  const parameterHint = error.issues.some(({ code }) => code === 'unrecognized_keys')
    ? ` It takes ${parameterNames.join(', ')}.`
    : '';
  const text = problems.join('; ').slice(0, maxProblemCharacters);
  return new DeedboxError('invalid_request', `${text}.`, {
    hint: `Correct these arguments of ${tool} and call it again.${parameterHint}`,
  });
}

/** The schema checks every value of a list before its length: a long one would cost too much. */
function requireShortLists(tool: string, args: unknown): void {
  const long = Object.entries(args ?? {}).find(
    ([, value]) => Array.isArray(value) && value.length > maxListLength,
  );
  if (!long) return;
  const message = `${long[0].slice(0, 100)}: a list of more than ${maxListLength} values.`;
  throw new DeedboxError('invalid_request', message, { hint: `Call ${tool} with fewer.` });
}

function toolResult(text: string, answer: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: structuredContent(answer) };
}

const serializedLength = (answer: CallToolResult) => JSON.stringify(answer).length;

/** Makes a tool of its definition: validates arguments and limits answers. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  definition: ToolDefinition<I, O>,
): Tool {
  const { name, title, description, annotations, scope, output } = definition;
  // a misspelt filter must be an error: without it the answer would be too wide
  const input = definition.input.strict();

  async function answer(
    services: McpServices,
    args: z.output<I>,
    call: ToolCall,
  ): Promise<CallToolResult> {
    const run = (request: z.output<I>) => {
      services.disclosure.reset();
      return definition.run(services, request, call);
    };
    const { maxCharacters: characters, maxDocuments: documents = Infinity } = call.limits;
    const maxCharacters = characters - protocolOverheadCharacters;
    const limitNotes: string[] = [];
    let currentArgs = args;
    let full = await run(currentArgs);
    for (;;) {
      const limited = definition.limitDocuments?.(currentArgs, full, documents);
      if (!limited) break;
      limitNotes.splice(0, 1, documentLimitNote(documents, limited.remainderHint));
      currentArgs = limited.args;
      full = await run(currentArgs);
    }
    let truncated = full;
    let isTruncated = false;
    for (;;) {
      const annotated =
        truncated === full
          ? full
          : ((await definition.annotate?.(services, full, truncated)) ?? truncated);
      const withLimitNotes = withNotes(
        annotated,
        isTruncated ? [...limitNotes, truncationNote(characters)] : limitNotes,
      );
      const toolAnswer = toolResult(definition.text(withLimitNotes), output.parse(withLimitNotes));
      const length = serializedLength(toolAnswer);
      if (length < maxCharacters) return toolAnswer;
      isTruncated = true;
      const share = maxCharacters / length;
      const shorterAnswer = await definition.truncate?.(
        services,
        currentArgs,
        truncated,
        share,
        call.limits,
      );
      if (shorterAnswer !== undefined) {
        truncated = shorterAnswer;
        continue;
      }
      const reducedArgs = definition.reduceQuery?.(currentArgs, full, share);
      if (reducedArgs === undefined) throw answerTooLargeError(name);
      currentArgs = reducedArgs;
      full = truncated = await run(currentArgs);
    }
  }

  return {
    name,
    title,
    description,
    annotations,
    scope,
    input,
    output,
    parse(args, scopes) {
      if (scope !== undefined && !scopes.includes(scope)) throw missingScopeError(name, scope);
      requireShortLists(name, args);
      const parsed = input.safeParse(args ?? {});
      if (!parsed.success) throw invalidArguments(name, parsed.error, Object.keys(input.shape));
      return parsed.data;
    },
    async run(services, request, call) {
      // cancelled while it waited for its turn
      if (call.context.signal.aborted)
        throw new DeedboxError('cancelled', 'The client no longer waits for this answer.');
      return answer(services, request as z.output<I>, call);
    },
  };
}

function documentLimitNote(documents: number, remainderHint: string): string {
  return `This service discloses ${documents} contract${documents === 1 ? '' : 's'} at most in one answer: ${remainderHint}`;
}

function truncationNote(characters: number): string {
  return (
    `This answer was truncated, for this service returns ${characters} characters at most: go on as ` +
    'next_cursor, next_page or another note says, or request less.'
  );
}

function withNotes<A extends { notes?: unknown }>(answer: A, notes: string[]): A {
  if (notes.length === 0) return answer;
  return { ...answer, notes: [...((answer.notes as string[] | undefined) ?? []), ...notes] };
}

function missingScopeError(tool: string, scope: Scope): DeedboxError {
  return new DeedboxError('forbidden', `Your key or token does not allow ${tool}.`, {
    hint: `It takes a key with the role admin, or a token with the scope ${scope}. Ask your Deedbox administrator for one; get_sync_status tells how far the index is.`,
  });
}

function answerTooLargeError(tool: string): DeedboxError {
  return new DeedboxError('invalid_request', 'The answer would be too large for one message.', {
    hint: `Ask ${tool} for less: fewer documents, fewer pages or a smaller limit.`,
  });
}

/** A smaller limit for a list that was too long; undefined when it is 1 already. */
export function reduceLimit(limit: number, returned: number, share: number): number | undefined {
  const count = Math.min(limit, returned);
  return count <= 1 ? undefined : Math.max(1, reducedCount(count, share));
}
