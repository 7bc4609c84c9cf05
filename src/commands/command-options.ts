import { type Command, Option } from 'commander';
import type * as z from 'zod/v4';
import { DeedboxError } from '../errors/errors.ts';

/** Sets the exit code that a command returns; output that is still buffered is written before the process ends. */
export async function exitWith(code: Promise<number>): Promise<void> {
  process.exitCode = await code;
}

/** The items of a list separated by commas. */
export const list = (value: string) => value.split(',').map((item) => item.trim());

/** The fields that are not undefined. */
export function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** Runs a command with the access of one person; see `DEEDBOX_PERSON`. */
export const asOption = () =>
  new Option('--as <email>', 'as this person: only what they may read (or DEEDBOX_PERSON)');

/** Adds the options that select contracts. */
export function filterOptions(command: Command) {
  return command
    .option('--party <name>', 'contracts with this party')
    .option('--type <types>', 'document types, separated by commas', list)
    .option('--law <law>', 'governing law')
    .option('--status <status>', 'in_force, expired, not_yet_effective or unknown')
    .option('--signed', 'contracts that are signed; --no-signed: that are not')
    .option('--no-signed')
    .option('--agreement-from <date>', 'first day that the agreement may be dated, YYYY-MM-DD')
    .option('--agreement-to <date>', 'last day that it may be dated, YYYY-MM-DD')
    .option('--effective-from <date>', 'first day on which it may take effect, YYYY-MM-DD')
    .option('--effective-to <date>', 'last day on which it may take effect, YYYY-MM-DD')
    .option('--expires-from <date>', 'first day on which the current term may end, YYYY-MM-DD')
    .option('--expires-to <date>', 'last day on which it may end, YYYY-MM-DD')
    .option('--notice-from <date>', 'first day that the notice deadline may be, YYYY-MM-DD')
    .option('--notice-to <date>', 'last day that it may be, YYYY-MM-DD')
    .option('--renews', 'contracts that renew automatically; --no-renews: that do not')
    .option('--no-renews')
    .option(
      '--modified-from <date>',
      'first day on which the file may have been modified, YYYY-MM-DD',
    )
    .option('--modified-to <date>', 'last day on which it may have been, YYYY-MM-DD')
    .option('--folder <folder>', 'a folder and its subfolders')
    .option('--has <clauses>', 'contracts with these clause types, separated by commas', list)
    .option('--lacks <clauses>', 'contracts without these clause types, separated by commas', list);
}

type FilterOptions = ReturnType<ReturnType<typeof filterOptions>['opts']>;

/** The options of `filterOptions` as fields of a request. */
export function filtersOf(options: FilterOptions): object {
  return defined({
    party: options.party,
    document_types: options.type,
    governing_law: options.law,
    status: options.status,
    signed: options.signed,
    agreement_from: options.agreementFrom,
    agreement_to: options.agreementTo,
    effective_from: options.effectiveFrom,
    effective_to: options.effectiveTo,
    expires_from: options.expiresFrom,
    expires_to: options.expiresTo,
    notice_from: options.noticeFrom,
    notice_to: options.noticeTo,
    renews_automatically: options.renews,
    modified_from: options.modifiedFrom,
    modified_to: options.modifiedTo,
    folder: options.folder,
    has_clauses: options.has,
    lacks_clauses: options.lacks,
  });
}

/** The option that sets each field of a request. */
const optionNames: Record<string, string> = {
  party: '--party',
  document_types: '--type',
  governing_law: '--law',
  status: '--status',
  signed: '--signed',
  agreement_from: '--agreement-from',
  agreement_to: '--agreement-to',
  effective_from: '--effective-from',
  effective_to: '--effective-to',
  expires_from: '--expires-from',
  expires_to: '--expires-to',
  notice_from: '--notice-from',
  notice_to: '--notice-to',
  renews_automatically: '--renews',
  modified_from: '--modified-from',
  modified_to: '--modified-to',
  document_ids: '--document',
  sort: '--sort',
  cursor: '--cursor',
  folder: '--folder',
  has_clauses: '--has',
  lacks_clauses: '--lacks',
  limit: '--limit',
  clause_types: '--type',
  question: '--question',
  min_confidence: '--min-confidence',
};

/**
 * Checks a request that was made of options.
 * @throws DeedboxError `invalid_request` that names each option that is wrong
 */
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
