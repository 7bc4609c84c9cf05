import { type ApiError, apiError, ApiError as Failure, messages } from './errors.ts';
import { seededRandom } from '../../../training/random.ts';

/** What a request is for; requests are counted by this. */
export type RequestKind =
  | 'list'
  | 'get'
  | 'download'
  | 'export'
  | 'exportLink'
  | 'exportedContent'
  | 'startPageToken'
  | 'changes'
  | 'drives'
  | 'permissions'
  | 'about'
  | 'token'
  | 'consent'
  | 'revoke'
  | 'groups'
  | 'members'
  | 'unknown';

/** A fault of a response. */
export type Fault =
  /** An error instead of the answer; of `body`, Google's error JSON unless said. */
  | {
      do: 'answer';
      status: number;
      reason?: string;
      /** Seconds, or the same as an HTTP date. */
      retryAfter?: number | { date: number };
      body?: 'html' | 'broken-json' | 'empty';
    }
  /** The first byte comes late. */
  | { do: 'delay'; ms: number }
  /** The body comes in pieces, with pauses. */
  | { do: 'drip'; bytes: number; everyMs: number }
  /** The connection breaks after this many bytes of the body, or this part of it if below 1. */
  | { do: 'cut'; after: number }
  /** One byte of the body is another. */
  | { do: 'alter' }
  /** No answer ever, the connection stays. */
  | { do: 'hang' }
  /** The connection breaks before any answer. */
  | { do: 'refuse' }
  /** A listing that says some results may be missing. */
  | { do: 'incompleteSearch' }
  /** The page token of this request is not known any more. */
  | { do: 'expirePageToken' }
  /** A page without entries that is not the last, as Google may give. */
  | { do: 'emptyPage' }
  | { do: 'duplicateChanges' }
  | { do: 'reorderChanges' };

/** Which requests a fault befalls: those that fit everything given here. */
export interface FaultRule {
  fault: Fault;
  kind?: RequestKind | readonly RequestKind[];
  method?: string;
  /** A regular expression over path and query. */
  path?: string;
  /** Which of the requests that fit, from 1. */
  nth?: number | readonly number[];
  /** At most so often. */
  times?: number;
  /** 0 to 1; by chance, from the seed of the faults. */
  probability?: number;
}

interface Request {
  kind: RequestKind;
  method: string;
  url: string;
}

/** The rules in force, and what each has met so far. */
export class Faults {
  readonly random: () => number;
  private rules: { rule: FaultRule; matched: number; applied: number }[] = [];

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  /** Returns a function that takes the rules back. */
  add(...rules: FaultRule[]): () => void {
    const added = rules.map((rule) => ({ rule, matched: 0, applied: 0 }));
    this.rules.push(...added);
    return () => (this.rules = this.rules.filter((rule) => !added.includes(rule)));
  }

  clear(): void {
    this.rules = [];
  }

  /** How often faults have befallen requests under the rules in force. */
  get applied(): number {
    return this.rules.reduce((sum, { applied }) => sum + applied, 0);
  }

  /** What befalls this request. */
  matching(request: Request): Fault[] {
    const found: Fault[] = [];
    for (const entry of this.rules) {
      if (!matches(entry.rule, request)) continue;
      entry.matched++;
      const { nth, times, probability, fault } = entry.rule;
      const which = nth === undefined ? undefined : [nth].flat();
      if (which && !which.includes(entry.matched)) continue;
      if (times !== undefined && entry.applied >= times) continue;
      if (probability !== undefined && this.random() >= probability) continue;
      entry.applied++;
      found.push(fault);
    }
    return found;
  }
}

function matches({ kind, method, path }: FaultRule, request: Request): boolean {
  if (kind !== undefined && ![kind].flat().includes(request.kind)) return false;
  if (method !== undefined && method !== request.method) return false;
  return path === undefined || new RegExp(path).test(request.url);
}

/** The error a fault of kind `answer` is answered with. */
export function errorFor(fault: Extract<Fault, { do: 'answer' }>): ApiError {
  const { status, retryAfter, body } = fault;
  const headers: Record<string, string> = {};
  if (typeof retryAfter === 'number') headers['Retry-After'] = String(retryAfter);
  else if (retryAfter)
    headers['Retry-After'] = new Date(Date.now() + retryAfter.date * 1000).toUTCString();
  if (body === 'empty') return new Failure(status, '', headers);
  if (body === 'broken-json') return new Failure(status, '{"error": {"code": ', jsonType(headers));
  if (body === 'html') {
    const title = `Error ${status} (Server Error)!!1`;
    const html = `<!DOCTYPE html><html lang=en><title>${title}</title><p>That’s an error.</html>`;
    return new Failure(status, html, { ...headers, 'Content-Type': 'text/html; charset=UTF-8' });
  }
  const reason = fault.reason ?? defaultReasons[status] ?? 'backendError';
  const { domain, message } = messages[reason] ?? { domain: 'global', message: reason };
  const errorLocation = reason === 'authError' && {
    location: 'Authorization',
    locationType: 'header',
  };
  return apiError(status, reason, message, { domain, headers, ...errorLocation });
}

const defaultReasons: Record<number, string> = {
  400: 'badRequest',
  401: 'authError',
  403: 'userRateLimitExceeded',
  404: 'notFound',
  410: 'deleted',
  429: 'rateLimitExceeded',
};

function jsonType(headers: Record<string, string>): Record<string, string> {
  return { ...headers, 'Content-Type': 'application/json; charset=UTF-8' };
}
