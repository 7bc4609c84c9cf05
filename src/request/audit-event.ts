import type { Caller } from '../access/principal.ts';
import type { AuditRecord, DisclosedDocument } from '../audit/record.ts';
import type { ErrorCode } from '../errors/errors.ts';

/** One answer, as it is reported before the client has it. */
export interface AuditEvent {
  event: AuditRecord['event'];
  /** The name of the tool, prompt, completion or command, or the URI of the resource. */
  name: string;
  milliseconds: number;
  /** Absent where the call succeeded. */
  error?: ErrorCode;
  /** Each contract once; empty where the call failed. */
  disclosed: DisclosedDocument[];
  /** The arguments of the call, as the client sent them. */
  arguments?: unknown;
  caller: Caller;
  from: AuditRecord['from'];
}

/** Receives each answer before the client does. An answer whose event is rejected is not sent. */
export type AuditSink = (event: AuditEvent) => void | Promise<void>;
