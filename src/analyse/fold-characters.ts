import type { Span } from '../domain/documents.ts';
import { partitionPoint } from '../domain/partition-point.ts';

/** A text whose look-alike characters are folded, and the offsets of its characters in the stored text. */
export interface FoldedText {
  text: string;
  /** Converts an offset in the stored text to one in `text`. */
  toFolded: (offset: number) => number;
  /** Converts a span of `text` to the span of the stored text that it was folded from. */
  toStored: (span: Span) => Span;
}

/** A replacement of another length than what it replaces. */
interface Edit {
  folded: Span;
  stored: Span;
}

/** Default-ignorable characters of Unicode: soft hyphen, joiners, marks of direction, variation selectors. */
const invisible = /\p{Default_Ignorable_Code_Point}+/u;
const hyphen = /[\u02d7\u1806\u2010-\u2012\u2043\u2212\u2796\ufe58\ufe63\uff0d]/u;
const dash = /[\u2013-\u2015\u2e3a\u2e3b\ufe31\ufe32]/u;
const space = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000]/u;
const slash = /[\u2044\u2215\u29f8]/u;
const fullStop = /[\u2024\ufe52]/u;
/** Full-width and small forms, ligatures, Roman numerals, letters and digits of mathematics. */
const compatible =
  /[\u2160-\u217f\ufb00-\ufb06\ufe50-\ufe57\ufe59-\ufe62\ufe64-\ufe6b\uff01-\uff0c\uff0e-\uff5e\uffe0-\uffe6\u{1d400}-\u{1d7ff}]/u;
const otherDigit = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/u;
const decomposed = /\p{L}\p{M}+/u;

const foldable = new RegExp(
  [invisible, hyphen, dash, space, slash, fullStop, compatible, otherDigit, decomposed]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);
// eslint-disable-next-line no-control-regex
const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);
const isDigit = (character: string) => /^\p{Nd}$/u.test(character);
const isWord = (character: string) => /^[\p{L}\p{Nd}]$/u.test(character);

/**
 * Folds what looks like a plain character, so that dates, durations, amounts and names are read however
 * they are typed: hyphens, spaces, full-width and other digits and letters, and letters with separate
 * accents. Characters without width are dropped; "28‑Feb‑2026" becomes "28-Feb-2026". Dashes are folded
 * only beside a digit. Case and accents stay.
 */
export function foldCharacters(stored: string): FoldedText {
  if (isAscii(stored)) return unchanged(stored);
  const edits: Edit[] = [];
  let shift = 0;
  const text = stored.replace(foldable, (found: string, start: number) => {
    const end = start + found.length;
    const replacement = fold(found, stored[start - 1] ?? '', stored[end] ?? '');
    if (replacement.length !== found.length) {
      const at = start + shift;
      edits.push({ folded: { start: at, end: at + replacement.length }, stored: { start, end } });
      shift += replacement.length - found.length;
    }
    return replacement;
  });
  if (edits.length === 0) return { ...unchanged(stored), text };
  return {
    text,
    toFolded: (offset) => {
      const edit = edits[partitionPoint(edits, (other) => other.stored.start <= offset) - 1];
      if (!edit) return offset;
      if (offset < edit.stored.end) return edit.folded.start;
      return edit.folded.end + offset - edit.stored.end;
    },
    toStored: ({ start, end }) => {
      const first = storedSpan(edits, start);
      return {
        start: first.start,
        end: end > start ? storedSpan(edits, end - 1).end : first.start,
      };
    },
  };
}

/** The span of the stored text of one character of the folded text. */
function storedSpan(edits: Edit[], offset: number): Span {
  const edit = edits[partitionPoint(edits, (other) => other.folded.start <= offset) - 1];
  if (!edit) return { start: offset, end: offset + 1 };
  if (offset < edit.folded.end) return edit.stored;
  const start = edit.stored.end + offset - edit.folded.end;
  return { start, end: start + 1 };
}

function unchanged(text: string): FoldedText {
  return { text, toFolded: (offset) => offset, toStored: (span) => span };
}

function fold(found: string, before: string, after: string): string {
  if (invisible.test(found)) return foldInvisible(found, before, after);
  if (hyphen.test(found)) return '-';
  if (dash.test(found)) return joinsFigures(before, after) ? '-' : found;
  if (space.test(found)) return ' ';
  if (slash.test(found)) return '/';
  if (fullStop.test(found)) return '.';
  if (otherDigit.test(found)) return String(found.charCodeAt(0) - zeroOf(found));
  return decomposed.test(found) ? found.normalize('NFC') : found.normalize('NFKC');
}

/** The code of the zero in the run of ten digits. */
function zeroOf(digit: string): number {
  return digit < '\u06f0' ? 0x660 : digit < '\u0966' ? 0x6f0 : 0x966;
}

/** Nothing, but a hyphen or a space where the invisible character stands for one. */
function foldInvisible(found: string, before: string, after: string): string {
  if (found.includes('\u00ad')) return joinsFigures(before, after) ? '-' : '';
  const separates = found.includes('\u200b') && isWord(before) && isWord(after);
  const isBoundary =
    isDigit(before) !== isDigit(after) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(after));
  return separates && isBoundary ? ' ' : '';
}

/** Whether both neighbours are letters or digits, and one of them is a digit. */
function joinsFigures(before: string, after: string): boolean {
  return isWord(before) && isWord(after) && (isDigit(before) || isDigit(after));
}
