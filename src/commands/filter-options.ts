import { type Command, Option } from 'commander';

/** "a, b" as its items. */
export const list = (value: string) => value.split(',').map((item) => item.trim());

/** Without what is undefined. */
export function defined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** What somebody would see; see `DEEDBOX_PERSON`. */
export const asOption = () =>
  new Option('--as <email>', 'only what this person may read (or DEEDBOX_PERSON)');

/** The options that say which contracts are meant, in every command that takes some of them. */
export function filterOptions(command: Command) {
  return command
    .option('--party <name>', 'contracts with this party')
    .option('--type <types>', 'document types, separated by commas', list)
    .option('--law <law>', 'governing law')
    .option('--status <status>', 'in_force, expired, not_yet_effective or unknown')
    .option('--expires-from <date>', 'end of the present term, YYYY-MM-DD')
    .option('--expires-to <date>', 'YYYY-MM-DD')
    .option('--notice-from <date>', 'last day for notice, YYYY-MM-DD')
    .option('--notice-to <date>', 'YYYY-MM-DD')
    .option('--renews', 'contracts that renew unless someone gives notice')
    .option('--folder <folder>', 'a folder and what is under it')
    .option('--has <clauses>', 'clause types, separated by commas', list)
    .option('--lacks <clauses>', 'clause types, separated by commas', list);
}

type FilterOptions = ReturnType<ReturnType<typeof filterOptions>['opts']>;

/** Those options in the form of a request. */
export function filtersOf(options: FilterOptions): object {
  return defined({
    party: options.party,
    document_types: options.type,
    governing_law: options.law,
    status: options.status,
    expires_from: options.expiresFrom,
    expires_to: options.expiresTo,
    notice_from: options.noticeFrom,
    notice_to: options.noticeTo,
    renews_automatically: options.renews,
    folder: options.folder,
    has_clauses: options.has,
    lacks_clauses: options.lacks,
  });
}
