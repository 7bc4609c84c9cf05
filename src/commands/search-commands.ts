import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../settings/config.ts';
import { asOption, defined, exitWith, filterOptions, filtersOf, list } from './command-options.ts';

function parseConfidence(value: string): number {
  const parsed = Number(value);
  if (value === '' || !(parsed >= 0 && parsed <= 1)) {
    throw new InvalidArgumentError('It must be between 0 and 1.');
  }
  return parsed;
}

function parseInteger(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(value);
}

/**
 * `deedbox search`, `clauses` and `export` on the command line.
 * @param configFor the configuration with the person of `--as`
 */
export function questionCommands(
  program: Command,
  configFor: (options: { as?: string }) => Config,
): void {
  filterOptions(
    program
      .command('search')
      .argument('[query]', 'a question or words')
      .description('print passages that answer a question, verbatim')
      .option('--documents', 'list contracts instead of passages', false),
  )
    .option('--document <ids>', 'in these documents only, by id, separated by commas', list)
    .option('--sort <order>', 'relevance, expiration_date, effective_date, modified or title')
    .option('--limit <n>', 'the maximum number of results', parseInteger)
    .option('--cursor <cursor>', 'next_cursor of the previous answer (--json)')
    .addOption(asOption())
    .option('--json', 'print JSON', false)
    .action(async (query: string | undefined, options) => {
      const { search } = await import('./search.ts');
      const { document: document_ids, sort, limit, cursor } = options;
      const filters = { ...filtersOf(options), ...defined({ document_ids, sort, limit, cursor }) };
      const { documents } = options;
      await exitWith(search(configFor(options), query, { json: options.json, documents, filters }));
    });

  program
    .command('clauses')
    .argument('<document>', 'an id, a file name or a title')
    .description('print the clauses of one contract, verbatim, with page and confidence')
    .option('--type <types>', 'clause types, separated by commas', list)
    .option('--question <question>', 'a question in natural language')
    .option('--min-confidence <p>', 'between 0 and 1', parseConfidence)
    .addOption(asOption())
    .option('--json', 'print JSON', false)
    .action(async (document: string, options) => {
      const { clauses } = await import('./search.ts');
      const request = defined({
        clause_types: options.type,
        question: options.question,
        min_confidence: options.minConfidence,
      });
      await exitWith(clauses(configFor(options), document, { json: options.json, request }));
    });

  filterOptions(
    program
      .command('export')
      .description('write the contract register, or the contracts in it that match the filters'),
  )
    .addOption(new Option('--format <format>').choices(['jsonl', 'csv', 'ics']).default('jsonl'))
    .option(
      '--min-confidence <p>',
      'clauses of at least this confidence (jsonl)',
      parseConfidence,
      0.5,
    )
    .option('--output <file>', 'a file instead of standard output')
    .addOption(asOption())
    .action(async (options) => {
      const { exportRegister } = await import('./register.ts');
      const { format, minConfidence, output } = options;
      const filters = filtersOf(options);
      await exitWith(
        exportRegister(configFor(options), format, { minConfidence, output, filters }),
      );
    });
}
