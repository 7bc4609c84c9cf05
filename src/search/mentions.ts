import type { Span } from '../documents.ts';
import { tokens } from './terms.ts';

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

/** The query without those spans. */
export function withoutSpans(query: string, spans: Span[]): string {
  let rest = '';
  let from = 0;
  for (const span of spans) {
    rest += query.slice(from, span.start);
    from = span.end;
  }
  return rest + query.slice(from);
}
