import type {
  AuthInfo,
  CallToolResult,
  ReadResourceResult,
  ServerContext,
} from '@modelcontextprotocol/server';
import { type Caller, type Scope, scopes } from '../access/caller.ts';
import { asDeedboxError, type ErrorCode } from '../errors.ts';
import { toolFailure } from './failures.ts';

/** Who calls, and from where; passed along with a request as its `authInfo`. */
export interface Origin {
  caller: Caller;
  /** Of the client's machine, where it is known. */
  address?: string;
}

/** A tool's call or a resource that was read, after it was answered. */
export interface Answered {
  what: 'tool' | 'resource';
  /** The tool's name, or the resource's address. */
  name: string;
  milliseconds: number;
  /** What went wrong, where it did. */
  error?: ErrorCode;
  /** Contracts of which the answer tells something, each once. */
  documentIds: string[];
  /** The answer: a tool's structured content, or a resource's contents. */
  answer?: unknown;
  /** Undefined where nobody can be told from another, on stdio. */
  origin?: Origin;
}

/** A failure to write down what is disclosed keeps the answer back. */
export type Answering = (answered: Answered) => void | Promise<void>;

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

/** The values of `document_id` anywhere in an answer, each once. */
function documentIdsIn(answer: unknown): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'document_id' && typeof inner === 'string') found.add(inner);
      else visit(inner);
    }
  };
  visit(answer);
  return [...found];
}

const since = (began: number) => performance.now() - began;

/** Runs a tool and tells of it, also where it failed. */
export async function noteTool(
  answered: Answering | undefined,
  name: string,
  ctx: ServerContext,
  call: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  if (!answered) return call();
  const began = performance.now();
  const result = await call();
  const failure = result._meta?.['deedbox/error'] as { code: ErrorCode } | undefined;
  const told: Answered = {
    what: 'tool',
    name,
    milliseconds: since(began),
    documentIds: documentIdsIn(result.structuredContent),
    answer: result.structuredContent,
    origin: originOf(ctx.http?.authInfo),
    ...(failure && { error: failure.code }),
  };
  try {
    await answered(told);
    return result;
  } catch (error) {
    return toolFailure(error, name);
  }
}

/** Reads a resource and tells of it, also where it failed. */
export async function noteResource(
  answered: Answering | undefined,
  name: string,
  documentId: string | undefined,
  ctx: ServerContext,
  read: () => Promise<ReadResourceResult>,
): Promise<ReadResourceResult> {
  if (!answered) return read();
  const began = performance.now();
  const told = (): Answered => ({
    what: 'resource',
    name,
    milliseconds: since(began),
    documentIds: documentId === undefined ? [] : [documentId],
    origin: originOf(ctx.http?.authInfo),
  });
  let answer;
  try {
    answer = await read();
  } catch (error) {
    await answered({ ...told(), documentIds: [], error: asDeedboxError(error).code });
    throw error;
  }
  await answered({ ...told(), answer });
  return answer;
}
