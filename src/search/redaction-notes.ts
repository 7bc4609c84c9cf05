import { type Redaction } from '../domain/documents.ts';
import { maskCharacter } from '../redact/mask.ts';
import type { SearchContext } from './context.ts';

const descriptions: Record<Redaction, string> = {
  amounts: 'sums of money and percentages',
  names: 'names of persons, their email addresses and telephone numbers',
};

/** Says what is masked, so that no reader takes a mask for words of the contract. */
export function redactionSentence(redacted: readonly Redaction[]): string {
  return (
    `This service hides ${redacted.map((kind) => descriptions[kind]).join('; ')}. ${maskCharacter} stands for each ` +
    'hidden character, so a quotation is verbatim but for these: say so where it matters, and do not guess them.'
  );
}

/** The same as notes of an answer; none where nothing is masked. */
export function redactionNotes({ scopedIndex }: Pick<SearchContext, 'scopedIndex'>): string[] {
  return scopedIndex.redacted.length === 0 ? [] : [redactionSentence(scopedIndex.redacted)];
}
