import { type Redaction } from '../domain/documents.ts';
import { maskCharacter } from '../redact/mask.ts';
import type { SearchContext } from './context.ts';

const descriptions: Record<Redaction, string> = {
  amounts: 'sums of money and percentages',
  names: 'names of persons, their email addresses and telephone numbers',
};

/** Said where something is hidden, so that nobody takes a mask for the contract's own words. */
export function redactionSentence(redacted: readonly Redaction[]): string {
  return (
    `This service hides ${redacted.map((kind) => descriptions[kind]).join('; ')}. ${maskCharacter} stands for each ` +
    'hidden character, so a quotation is verbatim but for these: say so where it matters, and do not guess them.'
  );
}

/** The same as notes on an answer; none where nothing is hidden. */
export function redactionNotes({ scopedIndex }: Pick<SearchContext, 'scopedIndex'>): string[] {
  return scopedIndex.redacted.length === 0 ? [] : [redactionSentence(scopedIndex.redacted)];
}
