import type { Access } from '../../domain/documents.ts';
import type { ErrorCode } from '../../errors/errors.ts';
import type { ScopedIndex } from '../scoped-index.ts';

/** The methods of a scoped index that threads run; the others need no database, or call back. */
export type IndexMethod = Exclude<keyof ScopedIndex, 'access' | 'redacted' | 'onChange'>;

/** To a thread. */
export interface IndexRequest {
  id: number;
  access: Access;
  method: IndexMethod;
  args: unknown[];
}

/** From a thread: the result of a request, or why there is none. */
export type IndexResponse =
  | { id: number; result: unknown }
  | {
      id: number;
      error: {
        code: ErrorCode;
        message: string;
        retryable: boolean;
        hint?: string | undefined;
        /** For the log. */
        cause?: string | undefined;
      };
    };
