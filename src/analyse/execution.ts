import type { Analysis, Execution, Span } from '../domain/documents.ts';
import { findPreamble } from './preamble.ts';

/** Characters from the top in which a draft says that it is one. */
const maxHeadLength = 1500;
const draftMark =
  /(?:^|\n)[^\n\w]{0,12}(?:draft\b(?! (?:agreement|version) (?:of|dated) )|(?:first|second|third|revised|working|discussion|negotiation) draft\b|for discussion purposes only)[^\n]{0,60}(?=\n|$)|\bsubject to contract\b/i;
/** A place to fill in: a rule, an empty bracket, a bracketed word for a name or a date. */
const placeholder =
  /_{4,}|\[[_\s.\u25cf\u2022-]{1,40}\]|\[(?:insert|name|date|party|company|address|client|customer|supplier|\u25cf)[^\]\n]{0,60}\]|<(?:insert|name|date|party|company)[^>\n]{0,60}>|\{\{[^}\n]{1,60}\}\}/gi;
/** Under a rule for a signature, not one for a name in the text. */
const signatureRule = /^[\s_]{0,20}(?:\n[ \t]*)?(?:signature|signed|name|title|date|by|witness)\b/i;
/** So many places to fill in where the parties and the date should be make a template. */
const minPlaceholders = 2;

function findPlaceholders(text: string): Span[] {
  const preamble = findPreamble(text);
  const from = Math.max(0, (preamble?.start ?? 0) - 200);
  const end = preamble
    ? Math.min(preamble.end, preamble.start + 2500)
    : Math.min(text.length, 1200);
  return [...text.slice(from, end).matchAll(placeholder)]
    .map((match) => ({ start: from + match.index, end: from + match.index + match[0].length }))
    .filter((span) => !signatureRule.test(text.slice(span.end, span.end + 40)));
}

/**
 * How far the contract is executed. `template` where the places for parties and date are empty,
 * `draft` where it says so, and nobody signed; else as the signature blocks are filled.
 */
export function findExecution(text: string, signed: Analysis['signed']): Execution {
  const { value, evidence } = signed;
  if (value === 'signed') return { value: 'fully_signed', evidence };
  const isPartly = value === 'unknown' && evidence.length > 0;
  if (!isPartly) {
    const placeholders = findPlaceholders(text);
    if (placeholders.length >= minPlaceholders)
      return { value: 'template', evidence: placeholders.slice(0, 4) };
  }
  const draft = draftMark.exec(text.slice(0, maxHeadLength));
  if (draft) {
    const start = draft.index + (draft[0].length - draft[0].trimStart().length);
    return { value: 'draft', evidence: [{ start, end: draft.index + draft[0].trimEnd().length }] };
  }
  if (isPartly) return { value: 'partly_signed', evidence };
  return { value, evidence };
}
