import type { Party, Span } from '../../domain/documents.ts';
import { tokenizeNames } from '../name-tokens.ts';
import { parseName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';
import { maxOpeningLength } from './opening-tokens.ts';
import type { RuleSpans } from './token-features.ts';

/** What the rules say of an opening, `parties` being those that they decide for. */
export function collectRuleSpans(text: string, parties: readonly Party[]): RuleSpans {
  const tokens = tokenizeNames(text, { start: 0, end: Math.min(text.length, maxOpeningLength) });
  const names: Span[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const name = parseName(tokens, at);
    if (!name) continue;
    names.push({ start: name.start, end: name.end });
    at = name.next - 1;
  }
  return {
    parties: parties
      .flatMap(({ evidence }) => evidence)
      .filter(({ end }) => end <= maxOpeningLength)
      .toSorted((a, b) => a.start - b.start),
    names,
    preamble: findPreamble(text),
  };
}
