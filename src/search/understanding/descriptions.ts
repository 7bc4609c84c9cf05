import { clauseTypes } from '../../analyse/clause-types.ts';
import { quoted, singleLine } from '../../encode/visible.ts';
import type { DateRange } from '../../store/records.ts';
import type { Understood } from '../response-schemas.ts';
import type { Condition, ConditionOf } from './conditions.ts';

const list = (names: string[], word: string) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;

function rangeInWords({ from, to }: DateRange): string {
  if (from !== undefined && from === to) return `on ${from}`;
  if (from !== undefined && to !== undefined) return `from ${from} to ${to}`;
  return from === undefined ? `until ${to}` : `from ${from} on`;
}

const rangeValue = ({ from, to }: DateRange) => `${from ?? ''}..${to ?? ''}`;

const maxNames = 3;

/** The names of the parties of a condition: any of them. */
export function partyNames({ match, words }: ConditionOf<'party'>): string {
  if (!match) return quoted(words);
  const names = [...new Set(match.parties.map(({ name }) => singleLine(name)))];
  const shown = names.slice(0, maxNames);
  return names.length > maxNames
    ? `${shown.join(', ')} or ${names.length - maxNames} more`
    : list(shown, 'or');
}

const clauseTitles = (ids: string[]) =>
  ids.map((id) => clauseTypes.find((type) => type.id === id)!.title.toLowerCase());

const statusInWords = {
  in_force: 'in force',
  expired: 'expired',
  not_yet_effective: 'not yet effective',
  unknown: 'of unknown status',
};

/** What a condition adds to "contracts": " with Acme Ltd". */
function qualifier(condition: Condition): string {
  switch (condition.filter) {
    case 'party': {
      // a guess at a spelling is never taken for the name
      const isGuess = condition.match?.kind === 'similar_spelling';
      return ` with ${partyNames(condition)}${isGuess ? ` (for ${quoted(condition.words)})` : ''}`;
    }
    case 'document_types':
    case 'signed':
      return '';
    case 'governing_law':
      return ` under the law of ${lawName(condition)}`;
    case 'status':
      return ` ${statusInWords[condition.status]}${condition.day === undefined ? '' : ` on ${condition.day}`}`;
    case 'expires':
      return ` with a term that ends ${rangeInWords(condition.range)}`;
    case 'effective':
      return ` effective ${rangeInWords(condition.range)}`;
    case 'agreement':
      return ` dated ${rangeInWords(condition.range)}`;
    case 'notice':
      return ` with a last day for notice ${rangeInWords(condition.range)}`;
    case 'renews_automatically':
      return condition.renews ? ' that renews by itself' : ' that does not renew by itself';
    case 'has_clauses':
      return ` with ${list(clauseTitles(condition.clauses), 'and')}`;
    case 'lacks_clauses':
      return ` without ${list(clauseTitles(condition.clauses), 'or')}`;
  }
}

/** A country is named, not its parts. */
const lawName = ({ laws }: ConditionOf<'governing_law'>) =>
  laws.includes('United States') ? 'the United States' : laws[0]!;

/** The contracts that conditions ask for: "NDA with Acme Ltd", "leases under the law of Ireland". */
export function contractsInWords(conditions: Condition[], count: 'one' | 'many'): string {
  const type = conditions.find((one) => one.filter === 'document_types');
  const signature = conditions.find((one) => one.filter === 'signed');
  const noun = type ? type.label[count] : count === 'one' ? 'contract' : 'contracts';
  const state = signature ? (signature.signed ? 'signed ' : 'unsigned ') : '';
  return `${state}${noun}${conditions.map(qualifier).join('')}`;
}

/** The value of a filter as a request states it, or as near to that as text is. */
function valueOf(condition: Condition): string {
  switch (condition.filter) {
    case 'party':
      return condition.match
        ? [...new Set(condition.match.parties.map(({ name }) => name))].join('; ')
        : condition.words;
    case 'document_types':
      return condition.types.join(', ');
    case 'governing_law':
      return condition.laws.length > 3 ? lawName(condition) : condition.laws.join(', ');
    case 'signed':
      return String(condition.signed);
    case 'status':
      return condition.day === undefined
        ? condition.status
        : `${condition.status} on ${condition.day}`;
    case 'renews_automatically':
      return String(condition.renews);
    case 'has_clauses':
    case 'lacks_clauses':
      return condition.clauses.join(', ');
    default:
      return rangeValue(condition.range);
  }
}

/** Which words became which filter. */
export function understoodOf(conditions: Condition[]): Understood[] {
  return conditions.map((condition) => ({
    words: condition.words,
    filter: condition.filter,
    value: valueOf(condition),
  }));
}

/** The same as a sentence. */
export function understoodNote(understood: Understood[]): string {
  const parts = understood.map(
    ({ words, filter, value }) => `${quoted(words)} as ${filter} ${quoted(value)}`,
  );
  return `Understood as filters: ${parts.join('; ')}. Filters that are given take the place of these.`;
}
