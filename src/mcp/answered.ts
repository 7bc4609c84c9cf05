import type { AuthInfo, CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { AuditRecord, Disclosed } from '../audit/record.ts';
import { type Caller, type Scope, scopes } from '../access/caller.ts';
import { asDeedboxError, type ErrorCode } from '../errors.ts';
import { disclosedIn, factsOf } from './disclosed.ts';
import { toolFailure } from './failures.ts';

/** Who calls, and from where; passed along with a request as its `authInfo`. */
export interface Origin {
  caller: Caller;
  /** Of the client's machine, where it is known. */
  address?: string;
}

/** What was asked and answered, before the client has the answer. */
export interface Answered {
  event: AuditRecord['event'];
  /** The tool's, prompt's or command's name, or the resource's address. */
  name: string;
  milliseconds: number;
  /** What went wrong, where it did. */
  error?: ErrorCode;
  /** Contracts of which the answer tells something, each once. */
  disclosed: Disclosed[];
  /** With what it was asked. */
  arguments?: unknown;
  /** Undefined where nobody can be told from another, on stdio. */
  origin?: Origin;
  /** Of the protocol up to 2025-11-25 over HTTP. */
  session?: string;
}

/** A failure to write down what is disclosed keeps the answer back. */
export type Answering = (answered: Answered) => void | Promise<void>;

/** Who is told of what is asked. */
export interface Reporting {
  /** Is told of whatever is asked and what it disclosed, before the client has the answer. */
  answered?: Answering;
  /** Of failures that no client is told in full. */
  log?: Logger;
}

/** What a client with a token must know to ask for more. */
export interface Telling {
  resourceMetadataUrl?: string;
  /** What stands before the names of scopes where clients ask for them. */
  scopePrefix?: string;
}

/** Of the credential itself nothing is passed on. */
export function authInfoOf(
  origin: Origin,
  { resourceMetadataUrl, scopePrefix }: Telling,
): AuthInfo {
  const { id, scopes: granted, expiresAt } = origin.caller;
  return {
    token: '',
    clientId: id,
    scopes: [...granted],
    expiresAt,
    ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    extra: { origin, scopePrefix },
  };
}

export function originOf(authInfo: AuthInfo | undefined): Origin | undefined {
  return authInfo?.extra?.['origin'] as Origin | undefined;
}

/** What one who asks may do; on stdio, where nobody signs in, everything. */
export function scopesOf(authInfo: AuthInfo | undefined): readonly Scope[] {
  return authInfo === undefined ? scopes : (originOf(authInfo)?.caller.scopes ?? []);
}

/** A scope as clients ask for it. */
export function scopeName(authInfo: AuthInfo | undefined, scope: Scope): string {
  const prefix = authInfo?.extra?.['scopePrefix'] as string | undefined;
  return (prefix ?? '') + scope;
}

/** What a feed does before it announces changes to one who subscribed; see `ChangeFeed`. */
export function noteNotices(
  answered: Answering | undefined,
  origin?: Origin,
): (documentIds: string[]) => Promise<void> {
  return async (documentIds) => {
    await answered?.({
      event: 'notice',
      name: 'notifications/resources/updated',
      milliseconds: 0,
      disclosed: factsOf(documentIds),
      ...(origin && { origin }),
    });
  };
}

const since = (began: number) => performance.now() - began;

const asked = (ctx: ServerContext) => ({
  origin: originOf(ctx.http?.authInfo),
  ...(ctx.sessionId !== undefined && { session: ctx.sessionId }),
});

/** Runs a tool and tells of it, also where it failed. */
export async function noteTool(
  { answered, log }: Reporting,
  { name, args }: { name: string; args: unknown },
  ctx: ServerContext,
  call: (alsoNamed: Set<string>) => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const alsoNamed = new Set<string>();
  if (!answered) return call(alsoNamed);
  const began = performance.now();
  const result = await call(alsoNamed);
  const failure = result._meta?.['deedbox/error'] as { code: ErrorCode } | undefined;
  try {
    await answered({
      event: 'tool',
      name,
      milliseconds: since(began),
      disclosed: failure ? [] : disclosedIn(result.structuredContent, alsoNamed),
      arguments: args,
      ...asked(ctx),
      ...(failure && { error: failure.code }),
    });
    return result;
  } catch (error) {
    return toolFailure(error, name, log);
  }
}

/** An answer with what it discloses, where that is not to be seen by its shape. */
export interface Disclosing<T> {
  answer: T;
  disclosed: Disclosed[];
}

/** Answers what is no tool's call, and tells of it, also where it failed. */
export async function noteAnswer<T>(
  answered: Answering | undefined,
  what: Pick<Answered, 'event' | 'name' | 'arguments'>,
  ctx: ServerContext,
  read: () => Promise<Disclosing<T>>,
): Promise<T> {
  const began = performance.now();
  const tell = (outcome: Pick<Answered, 'disclosed' | 'error'>) =>
    answered?.({ ...what, milliseconds: since(began), ...asked(ctx), ...outcome });
  let made;
  try {
    made = await read();
  } catch (error) {
    await tell({ disclosed: [], error: asDeedboxError(error).code });
    throw error;
  }
  await tell({ disclosed: made.disclosed });
  return made.answer;
}
