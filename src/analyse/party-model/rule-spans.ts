import type { Party, Span } from '../../documents.ts';
import { tokens } from '../name-tokens.ts';
import { readName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';
import { openingLength } from './opening-tokens.ts';
import type { RuleSpans } from './token-features.ts';

/** What the rules say of an opening, `parties` being those that they decide for. */
export function ruleSpans(text: string, parties: readonly Party[]): RuleSpans {
  const list = tokens(text, { start: 0, end: Math.min(text.length, openingLength) });
  const names: Span[] = [];
  for (let at = 0; at < list.length; at++) {
    const name = readName(list, at);
    if (!name) continue;
    names.push({ start: name.start, end: name.end });
    at = name.next - 1;
  }
  return {
    parties: parties
      .flatMap(({ evidence }) => evidence)
      .filter(({ end }) => end <= openingLength)
      .toSorted((a, b) => a.start - b.start),
    names,
    preamble: findPreamble(text),
  };
}
