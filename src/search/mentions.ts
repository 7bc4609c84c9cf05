import type { Span } from '../documents.ts';
import { queryTerms, tokens } from './terms.ts';

interface Word extends Span {
  token: string;
}

function words(text: string): Word[] {
  return [...text.matchAll(/[\p{L}\p{N}]+(?:[’'][sS]\b)?/gu)].flatMap((match) => {
    const token = tokens(match[0])[0];
    return token === undefined
      ? []
      : [{ token, start: match.index, end: match.index + match[0].length }];
  });
}

/** Length of the longest run of words that `query` from `at` on shares with any place in `name`. */
function sharedRun(query: Word[], at: number, name: string[]): number {
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
 * Where a query names one of `names` (titles, parties): runs of two words or more that also stand
 * in a name in that order, and a name's first word alone where `alone` allows it.
 */
export function findMentions(
  query: string,
  names: string[],
  alone: (token: string) => boolean,
): Span[] {
  const asked = words(query);
  const known = names.map((name) => tokens(name)).filter((name) => name.length > 0);
  const found: Span[] = [];
  for (let at = 0; at < asked.length;) {
    const longest = Math.max(0, ...known.map((name) => sharedRun(asked, at, name)));
    const first = asked[at]!.token;
    const single = longest === 1 && alone(first) && known.some((name) => name[0] === first);
    const run = longest >= 2 || single ? longest : 0;
    if (run > 0) found.push({ start: asked[at]!.start, end: asked[at + run - 1]!.end });
    at += Math.max(run, 1);
  }
  return found;
}

/**
 * What a query asks once the names are taken out. A part up to a semicolon, colon or question mark
 * that mostly names ("Consider the … between … and …;") goes as a whole where another part remains.
 */
export function questionWithout(query: string, mentions: Span[]): string {
  const parts = [...query.matchAll(/[^;:?\n]+[;:?\n]*/g)].map((match) => {
    const start = match.index;
    const named = mentions.filter((m) => m.start >= start && m.end <= start + match[0].length);
    const rest = withoutSpans(match[0], named, start);
    const naming = queryTerms(match[0]).length - queryTerms(rest).length;
    return { rest, telling: tokens(rest).length > 0, naming, left: queryTerms(rest).length };
  });
  const asking = parts.filter(({ telling, naming, left }) => telling && naming < left);
  const kept = asking.length > 0 ? asking : parts.filter(({ telling }) => telling);
  return kept.length > 0 ? kept.map(({ rest }) => rest).join('') : query;
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
