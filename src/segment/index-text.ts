import type { Span } from '../domain/documents.ts';
import { partitionPoint } from '../domain/partition-point.ts';
import { isSpace } from './characters.ts';

const hyphenatedPrefix =
  /^(?:non|self|co|pre|post|re|sub|multi|semi|cross|anti|inter|third|fully|well|long|short|high|low|one|two|year|day|good|good-faith|sub|ex|out|in|up|royalty|time|full|part|on|off|so|mark|paid|arms?|all|half|non-.*|e)$/i;

/**
 * The text of a span for indexing and matching: without headers and footers, hyphenation at line
 * ends joined, white space collapsed. Citations always quote the stored text instead.
 *
 * A hyphen at a line's end is removed if the next line continues in lower case ("termina-\ntion").
 * It stays after a prefix or word that usually has one ("non-\nexclusive"), unless the joined word
 * occurs elsewhere in the span.
 * @param headersAndFooters in order, not overlapping
 */
export function indexText(text: string, span: Span, headersAndFooters: Span[]): string {
  const pieces: string[] = [];
  let at = span.start;
  const first = partitionPoint(headersAndFooters, ({ end }) => end <= span.start);
  for (let i = first; i < headersAndFooters.length; i++) {
    const skip = headersAndFooters[i]!;
    if (skip.start >= span.end) break;
    if (skip.start > at) pieces.push(text.slice(at, skip.start));
    at = Math.max(at, skip.end);
  }
  if (at < span.end) pieces.push(text.slice(at, span.end));
  return joinHyphens(collapseWhitespace(pieces.join('\n')));
}

/** Replaces each run of white space by one blank, or by one line feed if it holds a line break. */
function collapseWhitespace(text: string): string {
  const pieces: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!isSpace(text.charCodeAt(at))) continue;
    const from = at;
    let line = false;
    for (; at < text.length && isSpace(text.charCodeAt(at)); at++) {
      const code = text.charCodeAt(at);
      if (code === 10 || code === 13) line = true;
    }
    if (from > start) pieces.push(text.slice(start, from));
    if (pieces.length > 0 && at < text.length) pieces.push(line ? '\n' : ' ');
    start = at;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces.join('');
}

/** Joins hyphens at line ends of collapsed text and replaces its line feeds by blanks. */
function joinHyphens(text: string): string {
  if (!text.includes('\n')) return text;
  let lowerCased: string | undefined;
  const occurs = (word: string) => (lowerCased ??= text.toLowerCase()).includes(word.toLowerCase());
  const joined = text.replace(
    /(?<![\p{L}\p{M}-])([\p{L}\p{M}]{1,40})[-\u2010\u00ad]\n(\p{Ll}[\p{L}\p{M}]{0,40})/gu,
    (_whole, left: string, right: string) => {
      const keepsHyphen = hyphenatedPrefix.test(left) && !occurs(left + right);
      return keepsHyphen ? `${left}-${right}` : left + right;
    },
  );
  return joined.replace(/(?<=[\p{L}\d])([-\u2010])\n(?=[\p{L}\d])/gu, '$1').replaceAll('\n', ' ');
}
