import type { AuthInfo, CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { Logger } from 'pino';
import type { AuditRecord, DisclosedDocument } from '../audit/record.ts';
import { type Caller, type Scope, scopes } from '../access/caller.ts';
import { asDeedboxError, type ErrorCode } from '../errors/errors.ts';
import { collectDisclosures, disclosuresWithoutText } from './disclosures.ts';
import { toolFailure } from './failures.ts';

/** Who calls, and from where; passed along with a request as its `authInfo`. */
export interface RequestIdentity {
  caller: Caller;
  /** Of the client's machine, where it is known. */
  address?: string;
}

/** What was asked and answered, before the client has the answer. */
export interface AuditEvent {
  event: AuditRecord['event'];
  /** The tool's, prompt's or command's name, or the resource's address. */
  name: string;
  milliseconds: number;
  /** What went wrong, where it did. */
  error?: ErrorCode;
  /** Contracts of which the answer tells something, each once. */
  disclosed: DisclosedDocument[];
  /** With what it was asked. */
  arguments?: unknown;
  /** Undefined where nobody can be told from another, on stdio. */
  identity?: RequestIdentity;
  /** Of the protocol up to 2025-11-25 over HTTP. */
  session?: string;
}

/** A failure to write down what is disclosed keeps the answer back. */
export type AuditSink = (event: AuditEvent) => void | Promise<void>;

/** Who is told of what is asked. */
export interface ObservabilityOptions {
  /** Is told of whatever is asked and what it disclosed, before the client has the answer. */
  auditSink?: AuditSink;
  /** Of failures that no client is told in full. */
  log?: Logger;
}

/** What a client with a token must know to ask for more. */
export interface AuthInfoOptions {
  resourceMetadataUrl?: string;
  /** What stands before the names of scopes where clients ask for them. */
  scopePrefix?: string;
}

/** Of the credential itself nothing is passed on. */
export function toAuthInfo(
  identity: RequestIdentity,
  { resourceMetadataUrl, scopePrefix }: AuthInfoOptions,
): AuthInfo {
  const { id, scopes: callerScopes, expiresAt } = identity.caller;
  return {
    token: '',
    clientId: id,
    scopes: [...callerScopes],
    expiresAt,
    ...(resourceMetadataUrl !== undefined && { resourceMetadataUrl }),
    extra: { origin: identity, scopePrefix },
  };
}

export function requestIdentityOf(authInfo: AuthInfo | undefined): RequestIdentity | undefined {
  return authInfo?.extra?.['origin'] as RequestIdentity | undefined;
}

/** What one who asks may do; on stdio, where nobody signs in, everything. */
export function grantedScopes(authInfo: AuthInfo | undefined): readonly Scope[] {
  return authInfo === undefined ? scopes : (requestIdentityOf(authInfo)?.caller.scopes ?? []);
}

/** A scope as clients ask for it. */
export function qualifiedScope(authInfo: AuthInfo | undefined, scope: Scope): string {
  const prefix = authInfo?.extra?.['scopePrefix'] as string | undefined;
  return (prefix ?? '') + scope;
}

/** What a feed does before it announces changes to one who subscribed; see `ChangeFeed`. */
export function auditNotifications(
  auditSink: AuditSink | undefined,
  identity?: RequestIdentity,
): (documentIds: string[]) => Promise<void> {
  return async (documentIds) => {
    await auditSink?.({
      event: 'notice',
      name: 'notifications/resources/updated',
      milliseconds: 0,
      disclosed: disclosuresWithoutText(documentIds),
      ...(identity && { identity }),
    });
  };
}

const elapsedMs = (startedAt: number) => performance.now() - startedAt;

const requestContext = (ctx: ServerContext) => ({
  identity: requestIdentityOf(ctx.http?.authInfo),
  ...(ctx.sessionId !== undefined && { session: ctx.sessionId }),
});

/** Runs a tool and tells of it, also where it failed. */
export async function withToolAudit(
  { auditSink, log }: ObservabilityOptions,
  { name, args }: { name: string; args: unknown },
  ctx: ServerContext,
  call: (additionalDisclosures: Set<string>) => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const additionalDisclosures = new Set<string>();
  if (!auditSink) return call(additionalDisclosures);
  const startedAt = performance.now();
  const result = await call(additionalDisclosures);
  const failure = result._meta?.['deedbox/error'] as { code: ErrorCode } | undefined;
  try {
    await auditSink({
      event: 'tool',
      name,
      milliseconds: elapsedMs(startedAt),
      disclosed: failure ? [] : collectDisclosures(result.structuredContent, additionalDisclosures),
      arguments: args,
      ...requestContext(ctx),
      ...(failure && { error: failure.code }),
    });
    return result;
  } catch (error) {
    return toolFailure(error, name, log);
  }
}

/** An answer with what it discloses, where that is not to be seen by its shape. */
export interface WithDisclosures<T> {
  answer: T;
  disclosed: DisclosedDocument[];
}

/** Answers what is no tool's call, and tells of it, also where it failed. */
export async function withAudit<T>(
  auditSink: AuditSink | undefined,
  call: Pick<AuditEvent, 'event' | 'name' | 'arguments'>,
  ctx: ServerContext,
  read: () => Promise<WithDisclosures<T>>,
): Promise<T> {
  const startedAt = performance.now();
  const emit = (outcome: Pick<AuditEvent, 'disclosed' | 'error'>) =>
    auditSink?.({
      ...call,
      milliseconds: elapsedMs(startedAt),
      ...requestContext(ctx),
      ...outcome,
    });
  let result;
  try {
    result = await read();
  } catch (error) {
    await emit({ disclosed: [], error: asDeedboxError(error).code });
    throw error;
  }
  await emit({ disclosed: result.disclosed });
  return result.answer;
}
