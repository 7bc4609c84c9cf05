import type { CallToolResult, ToolAnnotations } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import * as z from 'zod/v4';
import type { Scope } from '../../access/caller.ts';
import type { Disclosure } from '../../disclosure-settings.ts';
import { DeedboxError } from '../../errors.ts';
import { toolFailure } from '../failures.ts';
import type { McpServices, OpenServices } from '../services.ts';
import { fewer } from '../text-part.ts';

/** What the protocol itself may add to the characters of a result. */
const protocolCharacters = 500;

/** Stands in the description of every tool that tells what contracts say; see docs/data.md. */
export const whereItGoes = 'Searched locally; the answer goes to you and your provider.';

/** One call of a tool, as far as a tool cares. */
export interface ToolCall {
  /** What the caller may do. */
  scopes: readonly Scope[];
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Whether it is the client that gave the call up, and not its connection that ended. */
  cancelled(): boolean;
  /** Tells the client how far the work is; does nothing where it did not ask. */
  progress(done: number, total: number, message: string): Promise<void>;
  /** What one answer may tell. */
  disclosure: Disclosure;
  /** Milliseconds after which work that still runs is handed back as a job, as things are now. */
  patience(): number;
  /** Told in full of a failure that the client is not. */
  log?: Logger;
  /** Takes in the contracts that notes of the answer name, beside those that it lists. */
  alsoNamed: Set<string>;
}

/** A tool as it is written in its file. */
export interface ToolDefinition<I extends z.ZodObject, O extends z.ZodObject> {
  name: string;
  title: string;
  /** For the model: when to use it, what comes back, what to do next. */
  description: string;
  annotations: ToolAnnotations;
  /** What a caller must be allowed to beyond reading. */
  scope?: Scope;
  input: I;
  output: O;
  run(services: McpServices, args: z.output<I>, call: ToolCall): Promise<z.output<O>>;
  /** The answer for reading. */
  text(answer: z.output<O>): string;
  /**
   * The same question for so many contracts at most, and how to ask for the others; undefined where the
   * answer tells of no more.
   */
  bound?(
    args: z.output<I>,
    answer: z.output<O>,
    documents: number,
  ): { args: z.output<I>; others: string } | undefined;
  /**
   * The same question for about `share` (0 to 1) of an answer that was too large, in such a way that
   * the answer itself says how to get the rest; undefined when it cannot be asked smaller.
   */
  narrow?(args: z.output<I>, answer: z.output<O>, share: number): z.output<I> | undefined;
  /** About `share` (0 to 1) of an answer that is too large; undefined when it cannot be shortened. */
  shorten?(
    services: McpServices,
    args: z.output<I>,
    answer: z.output<O>,
    share: number,
    disclosure: Disclosure,
  ): Promise<z.output<O> | undefined> | z.output<O> | undefined;
  /** The shortened answer, with what must be said of what it leaves out of the whole. */
  explain?(services: McpServices, whole: z.output<O>, shortened: z.output<O>): Promise<z.output<O>>;
}

/** A tool ready to be registered: arguments come in as the client sent them. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  annotations: ToolAnnotations;
  scope?: Scope;
  input: z.ZodObject;
  output: z.ZodObject;
  call(open: OpenServices, args: unknown, call: ToolCall): Promise<CallToolResult>;
}

function invalid(tool: string, error: z.ZodError, known: string[]): DeedboxError {
  const wrong = error.issues.map((issue) =>
    issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message,
  );
  const takes = error.issues.some(({ code }) => code === 'unrecognized_keys')
    ? ` It takes ${known.join(', ')}.`
    : '';
  return new DeedboxError('invalid_request', `${wrong.join('; ')}.`, {
    hint: `Correct these arguments of ${tool} and call it again.${takes}`,
  });
}

function result(text: string, structuredContent: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent };
}

const size = (answer: CallToolResult) => JSON.stringify(answer).length;

/** Makes a tool of its definition: validates, answers within the limit, turns failures into results. */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(
  definition: ToolDefinition<I, O>,
): Tool {
  const { name, title, description, annotations, scope, output } = definition;
  // A filter that is misspelt must not be dropped without a word: the answer would be too wide.
  const input = definition.input.strict();

  async function answer(
    open: OpenServices,
    args: z.output<I>,
    call: ToolCall,
  ): Promise<CallToolResult> {
    const services = {
      ...(await open()),
      alsoNamed: (ids: string[]) => ids.forEach((id) => call.alsoNamed.add(id)),
    };
    const run = (request: z.output<I>) => {
      call.alsoNamed.clear();
      return definition.run(services, request, call);
    };
    const { characters, documents = Infinity } = call.disclosure;
    const room = characters - protocolCharacters;
    const limits: string[] = [];
    let asked = args;
    let whole = await run(asked);
    for (;;) {
      const bounded = definition.bound?.(asked, whole, documents);
      if (!bounded) break;
      limits.splice(0, 1, boundNote(documents, bounded.others));
      asked = bounded.args;
      whole = await run(asked);
    }
    let shown = whole;
    let cut = false;
    for (;;) {
      const told =
        shown === whole ? whole : ((await definition.explain?.(services, whole, shown)) ?? shown);
      const noted = withNotes(told, cut ? [...limits, cutNote(characters)] : limits);
      const answered = result(definition.text(noted), output.parse(noted));
      const length = size(answered);
      if (length < room) return answered;
      cut = true;
      const share = room / length;
      const shorter = await definition.shorten?.(services, asked, shown, share, call.disclosure);
      if (shorter !== undefined) {
        shown = shorter;
        continue;
      }
      const narrower = definition.narrow?.(asked, whole, share);
      if (narrower === undefined) throw tooLarge(name);
      asked = narrower;
      whole = shown = await run(asked);
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
    async call(open, raw, call) {
      try {
        if (scope !== undefined && !call.scopes.includes(scope)) throw notAllowed(name, scope);
        const parsed = input.safeParse(raw ?? {});
        if (!parsed.success) throw invalid(name, parsed.error, Object.keys(input.shape));
        // given up while it waited for its turn
        if (call.signal.aborted)
          throw new DeedboxError('cancelled', 'Nobody waits for this answer.');
        return await answer(open, parsed.data as z.output<I>, call);
      } catch (error) {
        return toolFailure(error, name, call.log);
      }
    },
  };
}

function boundNote(documents: number, others: string): string {
  return `This service tells of ${documents} contract${documents === 1 ? '' : 's'} at most in one answer: ${others}`;
}

function cutNote(characters: number): string {
  return (
    `This answer is not whole, for this service gives ${characters} characters at most in one: go on as ` +
    'next_cursor, next_page or another note says, or ask for less.'
  );
}

function withNotes<A extends { notes?: unknown }>(answer: A, notes: string[]): A {
  if (notes.length === 0) return answer;
  return { ...answer, notes: [...((answer.notes as string[] | undefined) ?? []), ...notes] };
}

function notAllowed(tool: string, scope: Scope): DeedboxError {
  return new DeedboxError('forbidden', `Your key or token does not allow ${tool}.`, {
    hint: `It takes a key with the role admin, or a token with the scope ${scope}. Whoever looks after Deedbox gives them; get_sync_status tells how far the index is.`,
  });
}

function tooLarge(tool: string): DeedboxError {
  return new DeedboxError('invalid_request', 'The answer would be too large for one message.', {
    hint: `Ask ${tool} for less: fewer documents, fewer pages or a smaller limit.`,
  });
}

/** A smaller limit for a list that was too long; undefined when it is 1 already. */
export function lowerLimit(limit: number, shown: number, share: number): number | undefined {
  const count = Math.min(limit, shown);
  return count <= 1 ? undefined : Math.max(1, fewer(count, share));
}
