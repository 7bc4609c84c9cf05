import type * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';

/** What gives each field of a request on the command line. */
const optionNames: Record<string, string> = {
  party: '--party',
  document_types: '--type',
  governing_law: '--law',
  status: '--status',
  expires_from: '--expires-from',
  expires_to: '--expires-to',
  notice_from: '--notice-from',
  notice_to: '--notice-to',
  renews_automatically: '--renews',
  folder: '--folder',
  has_clauses: '--has',
  lacks_clauses: '--lacks',
  limit: '--limit',
  clause_types: '--type',
  question: '--question',
  min_confidence: '--min-confidence',
};

/** Options of the command line in the form of a request, or a clear error. */
export function validate<S extends z.ZodType>(schema: S, input: object): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const field = String(path[0]);
    return `${optionNames[field] ?? field}: ${message}`;
  });
  throw new DeedboxError('invalid_request', problems.join('; '), {
    hint: '`deedbox help` followed by the command lists its options.',
  });
}
