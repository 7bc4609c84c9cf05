import type { Caller, Principal, Scope } from '../access/principal.ts';
import type { AuditRecord } from '../audit/record.ts';
import { asDeedboxError } from '../errors/errors.ts';
import type { AuditEvent, AuditSink } from './audit-event.ts';
import { DisclosureRecorder } from './disclosure-recorder.ts';

/** What a request does, for the audit log. */
export type AuditedOperation = Pick<AuditEvent, 'event' | 'name' | 'arguments' | 'error'>;

export interface RequestContextOptions {
  caller: Caller;
  from: AuditRecord['from'];
  /** Aborted when the client no longer waits for the answer; never, where it is left out. */
  signal?: AbortSignal;
  /** Receives each answer; nothing is reported where it is left out. */
  auditSink?: AuditSink | undefined;
}

/**
 * Who asks, from where, and what the answer discloses. Made once where a request enters (HTTP, stdio,
 * command line) and passed to everything that answers it.
 */
export class RequestContext {
  readonly caller: Caller;
  readonly from: AuditRecord['from'];
  readonly signal: AbortSignal;
  /** Contracts and spans that the answer discloses. */
  readonly disclosure = new DisclosureRecorder();
  readonly #auditSink: AuditSink | undefined;
  readonly #startedAt = performance.now();

  constructor({ caller, from, signal, auditSink }: RequestContextOptions) {
    this.caller = caller;
    this.from = from;
    this.signal = signal ?? new AbortController().signal;
    this.#auditSink = auditSink;
  }

  /** Whose contracts are read. */
  get principal(): Principal {
    return this.caller.principal;
  }

  get scopes(): readonly Scope[] {
    return this.caller.scopes;
  }

  /**
   * The context of one call within this request: an HTTP request or a connection may hold several. It
   * has a recorder and a clock of its own.
   * @param session the id of the session (protocol up to 2025-11-25 over HTTP)
   */
  forCall({ signal, session }: { signal?: AbortSignal; session?: string | undefined } = {}) {
    return new RequestContext({
      caller: this.caller,
      from: { ...this.from, ...(session !== undefined && { session }) },
      signal: signal ?? this.signal,
      auditSink: this.#auditSink,
    });
  }

  /**
   * Reports the answer to the audit log, with what was recorded since the last report.
   * @throws DeedboxError `storage_error` where the log is required and cannot be written: the answer
   *   must not be sent
   */
  async audit(operation: AuditedOperation): Promise<void> {
    const disclosed = this.disclosure.take();
    await this.#auditSink?.({
      ...operation,
      milliseconds: performance.now() - this.#startedAt,
      disclosed: operation.error === undefined ? disclosed : [],
      caller: this.caller,
      from: this.from,
    });
  }

  /** Runs an operation and reports its outcome, a failure too, before the result is returned. */
  async audited<T>(operation: AuditedOperation, run: () => Promise<T>): Promise<T> {
    let result;
    try {
      result = await run();
    } catch (error) {
      await this.audit({ ...operation, error: asDeedboxError(error).code });
      throw error;
    }
    await this.audit(operation);
    return result;
  }
}
