import type { Span } from '../domain/documents.ts';

/** The box of an option in a form, ticked or not. */
export interface Mark extends Span {
  family: 'box' | 'circle' | 'bracket' | 'parenthesis' | 'brace' | 'rule';
  isTicked: boolean;
  /** Whether it is a tick box wherever it stands; others are also bullets, or gaps to fill in. */
  isCertain: boolean;
  isAtLineStart: boolean;
  lineStart: number;
}

const tick = '[xX\\u2713\\u2714\\u2717\\u2718\\u221a\\u25a0\\u25cf]';

const families: [Mark['family'], unticked: RegExp, ticked: RegExp][] = [
  ['box', /[☐⬜□▢◻❏❐❑❒🗆🔲]/u, /[☑☒🗵🗹🗷✅❎⊠⊡▣■⬛◼✓✔✗✘](?:\ufe0f)?/u],
  ['circle', /[○◯⚪❍〇]/u, /[●◉⦿⚫🔘◎]/u],
  ['bracket', /\[[ _]{0,6}\]/, new RegExp(`\\[ ?${tick} ?\\]`)],
  ['parenthesis', /\([ _]{1,6}\)|\(\)/, new RegExp(`\\( ?${tick} ?\\)`)],
  ['brace', /\{[ _]{0,6}\}/, new RegExp(`\\{ ?${tick} ?\\}`)],
  ['rule', /(?<![\w_])_{2,8}(?![\w_])/, /(?<![\w_])_{1,4} ?[xX\u2713\u2714] ?_{1,4}(?![\w_])/],
];
/** Before a box at the start of a line, characters of white space, bullet or number. */
const maxIndent = 80;
/** Signs that are nothing but a tick box without a tick. */
const certainBox = /[☐⬜🗆🔲]/u;

/** The tick boxes of a text, those of each family in order. */
export function findMarks(text: string): Mark[][] {
  return families
    .map(([family, unticked, ticked]) => {
      const isBracket = family === 'bracket' || family === 'parenthesis' || family === 'brace';
      const before = isBracket ? '(?<![\\p{L}\\p{N}])' : '';
      const pattern = new RegExp(`${before}(?:(${ticked.source})|${unticked.source})`, 'gu');
      const marks: Mark[] = [];
      let lineStart = 0;
      for (const match of text.matchAll(pattern)) {
        const from = Math.max(lineStart, marks.at(-1)?.end ?? 0);
        const newline = text.slice(from, match.index).lastIndexOf('\n');
        if (newline >= 0) lineStart = from + newline + 1;
        marks.push(toMark(text, family, match, lineStart));
      }
      return family === 'box' ? withoutCrossesForNo(text, marks) : marks;
    })
    .filter((marks) => marks.length > 0);
}

function toMark(
  text: string,
  family: Mark['family'],
  match: RegExpExecArray,
  lineStart: number,
): Mark {
  const { index: start } = match;
  return {
    family,
    lineStart,
    start,
    end: start + match[0].length,
    isTicked: match[1] !== undefined,
    isCertain: certainBox.test(match[0]),
    isAtLineStart:
      /^[\s•*\-|(]*(?:\(?\w{1,3}[.)]\s)?\s*$/.test(
        text.slice(Math.max(lineStart, start - maxIndent), start),
      ) && start - lineStart <= maxIndent,
  };
}

/** Where a text has check marks, its crosses mean no. */
function withoutCrossesForNo(text: string, marks: Mark[]): Mark[] {
  if (!marks.some(({ start }) => /[✓✔✅☑]/u.test(text.slice(start, start + 2)))) return marks;
  return marks.map((mark) =>
    /[✗✘❎]/u.test(text.slice(mark.start, mark.end)) ? { ...mark, isTicked: false } : mark,
  );
}
