import type { Span } from '../domain/documents.ts';
import { queryTerms, tokenize } from './query-tokens.ts';

interface Word extends Span {
  token: string;
}

function tokenizeWords(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:[’'][sS]\b)?/gu)].flatMap((match) => {
    const token = tokenize(match[0])[0];
    return token === undefined
      ? []
      : [{ token, start: match.index, end: match.index + match[0].length }];
  });
}

/** The length of the longest run of words from `at` on that also stands somewhere in `name`. */
function sharedRunLength(query: Word[], at: number, name: string[]): number {
  let longest = 0;
  for (let from = 0; from < name.length; from++) {
    let length = 0;
    while (
      at + length < query.length &&
      from + length < name.length &&
      query[at + length]!.token === name[from + length]
    ) {
      length++;
    }
    longest = Math.max(longest, length);
  }
  return longest;
}

/**
 * Where a query mentions one of `names` (titles, parties): runs of two words or more that stand in a
 * name in the same order, and the first word of a name alone where `isNameToken` accepts it.
 */
export function findNameMentions(
  query: string,
  names: string[],
  isNameToken: (token: string) => boolean,
): Span[] {
  const queryWords = tokenizeWords(query);
  const nameTokens = names.map((name) => tokenize(name)).filter((name) => name.length > 0);
  const found: Span[] = [];
  for (let at = 0; at < queryWords.length;) {
    const longest = Math.max(0, ...nameTokens.map((name) => sharedRunLength(queryWords, at, name)));
    const first = queryWords[at]!.token;
    const isSingleName =
      longest === 1 && isNameToken(first) && nameTokens.some((name) => name[0] === first);
    const runLength = longest >= 2 || isSingleName ? longest : 0;
    if (runLength > 0)
      found.push({ start: queryWords[at]!.start, end: queryWords[at + runLength - 1]!.end });
    at += Math.max(runLength, 1);
  }
  return found;
}

/**
 * A query without the names in it. A part up to a semicolon, colon or question mark that consists
 * mostly of names ("Consider the … between … and …;") is left out where another part remains.
 */
export function removeNames(query: string, mentions: Span[]): string {
  const segments = [...query.matchAll(/[^;:?\n]+[;:?\n]*/g)].map((match) => {
    const start = match.index;
    const nameSpans = mentions.filter((m) => m.start >= start && m.end <= start + match[0].length);
    const rest = withoutSpans(match[0], nameSpans, start);
    const nameTermCount = queryTerms(match[0]).length - queryTerms(rest).length;
    return {
      rest,
      hasTokens: tokenize(rest).length > 0,
      naming: nameTermCount,
      remainingTermCount: queryTerms(rest).length,
    };
  });
  const questionSegments = segments.filter(
    ({ hasTokens, naming: nameTermCount, remainingTermCount }) =>
      hasTokens && nameTermCount < remainingTermCount,
  );
  const keptSegments =
    questionSegments.length > 0 ? questionSegments : segments.filter(({ hasTokens }) => hasTokens);
  return keptSegments.length > 0 ? keptSegments.map(({ rest }) => rest).join('') : query;
}

/** `text`, which begins at `offset` of the query, without those spans of the query. */
function withoutSpans(text: string, spans: Span[], offset: number): string {
  let rest = '';
  let from = 0;
  for (const span of spans) {
    rest += text.slice(from, span.start - offset);
    from = span.end - offset;
  }
  return rest + text.slice(from);
}
