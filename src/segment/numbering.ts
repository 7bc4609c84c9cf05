import type { Span } from '../domain/documents.ts';
import { isDigit } from './characters.ts';

/** A clause number as it stands before a heading or an item: "ARTICLE IV", "2.1", "(a)", "A.". */
export interface Numbering {
  /** As written, without a closing full stop or colon. */
  raw: string;
  /** Where the numbered text begins. */
  end: number;
  /** Numbers of one series are of one style: `article`, `decimal`, `(a)`, `(i)`, `A.`, … */
  style: string;
  /** One value, or one for each part of a decimal number. */
  values: number[];
  /** The other reading of a letter that may be a Roman numeral. */
  alternative?: { style: string; values: number[] };
}

const wordedNumber =
  /(ARTICLE|Article|SECTION|Section|CLAUSE|Clause|PART|Part|CHAPTER|Chapter|Sec\.|SEC\.|§) ?(\d{1,3}(?:\.\d{1,3}){0,4}|[IVXLC]{1,7}|[A-Z](?![a-z'])|(?:ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)(?![a-z]))[.:)]?(?= |$|[-–—])/y;
const decimalNumber = /(\d{1,3}(?:\.\d{1,3}){0,4})([.):]?)(?= |$|["“]?[A-Z][a-z]|[A-Z]{3})/y;
const bracketedNumber = /\(([ivxl]{1,6}|[IVXL]{1,6}|[a-z]{1,2}|[A-Z]{1,2}|\d{1,2})\)/y;
const halfBracketedNumber = /([ivxl]{1,5}|[a-z]|[A-Z])\)(?= |$)/y;
const dottedNumber = /([IVXL]{1,6}|[ivxl]{1,6}|[A-Z]|[a-z])\.(?= |$)/y;
const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** The clause number that starts at `at`, if one does. */
export function readNumbering(text: string, at: number): Numbering | undefined {
  const first = text[at] ?? '';
  if (isDigit(first)) return readDecimal(text, at);
  if (first === '(') {
    const match = matchAt(bracketedNumber, text, at);
    return match ? parseLettered(match[0], match[1]!, at, '(', ')') : undefined;
  }
  if (!/[A-Za-z§]/.test(first)) return undefined;
  let match = matchAt(wordedNumber, text, at);
  if (match) {
    const word = match[1]!.toLowerCase();
    const number = match[2]!;
    const raw = match[0].replace(/[.:)]$/, '');
    const end = at + match[0].length;
    if (/^\d/.test(number) && word !== 'article' && word !== 'part' && word !== 'chapter') {
      return { raw, end, style: 'decimal', values: parseComponents(number) };
    }
    const style = word.startsWith('sec') || word === '§' ? 'section' : word;
    const spelledValue = words.indexOf(number.toLowerCase()) + 1;
    const letter = /^[A-Z]$/.test(number) && !/^[IVX]$/.test(number);
    if (/^\d/.test(number)) return { raw, end, style, values: parseComponents(number).slice(0, 1) };
    const value = spelledValue || (letter ? letterValue(number) : romanValue(number.toLowerCase()));
    return { raw, end, style, values: [value] };
  }
  match = matchAt(halfBracketedNumber, text, at);
  if (match) return parseLettered(match[0], match[1]!, at, '', ')');
  match = matchAt(dottedNumber, text, at);
  if (match) return parseLettered(match[0], match[1]!, at, '', '.');
  return undefined;
}

function readDecimal(text: string, at: number): Numbering | undefined {
  const match = matchAt(decimalNumber, text, at);
  if (!match) return undefined;
  const values = parseComponents(match[1]!);
  // Some contracts number section 7 as "7.0".
  if (values.length === 2 && values[1] === 0) values.pop();
  const style = match[2] === ')' && values.length === 1 ? '1)' : 'decimal';
  return { raw: trimNumber(match[0]), end: at + match[0].length, style, values };
}

/** Readings of letters and Roman numerals, by the number as written: there are only some thousand. */
const letteredNumbers = new Map<string, Omit<Numbering, 'end'> | undefined>();

function parseLettered(
  whole: string,
  inner: string,
  at: number,
  open: string,
  close: string,
): Numbering | undefined {
  let numbering = letteredNumbers.get(whole);
  if (!numbering) letteredNumbers.set(whole, (numbering = interpret(whole, inner, open, close)));
  return numbering && { ...numbering, end: at + whole.length };
}

function interpret(
  whole: string,
  inner: string,
  open: string,
  close: string,
): Omit<Numbering, 'end'> | undefined {
  const base = { raw: trimNumber(whole) };
  if (/^\d/.test(inner)) return { ...base, style: `${open}1${close}`, values: [Number(inner)] };
  const isCapital = inner === inner.toUpperCase();
  const lowerCased = inner.toLowerCase();
  const asLetter =
    lowerCased.length === 1 || (lowerCased.length === 2 && lowerCased[0] === lowerCased[1])
      ? {
          style: open + (isCapital ? 'A' : 'a') + close,
          values: [letterValue(lowerCased) + (lowerCased.length - 1) * 26],
        }
      : undefined;
  const asRoman = /^[ivxl]+$/.test(lowerCased)
    ? { style: open + (isCapital ? 'I' : 'i') + close, values: [romanValue(lowerCased)] }
    : undefined;
  if (asRoman && asLetter) {
    return lowerCased === 'i' || lowerCased.length > 1
      ? { ...base, ...asRoman, alternative: asLetter }
      : { ...base, ...asLetter, alternative: asRoman };
  }
  const interpretation = asLetter ?? asRoman;
  return interpretation && { ...base, ...interpretation };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function parseComponents(number: string): number[] {
  return number.split('.').map(Number);
}

function letterValue(letter: string): number {
  return letter.toLowerCase().charCodeAt(0) - 96;
}

function trimNumber(whole: string): string {
  return whole.replace(/[.:]$/, '');
}

const romanDigits: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

/** The value of a Roman numeral in lower case, however well formed. */
export function romanValue(numeral: string): number {
  let value = 0;
  for (let i = 0; i < numeral.length; i++) {
    const digit = romanDigits[numeral[i]!] ?? 0;
    value += digit < (romanDigits[numeral[i + 1] ?? ''] ?? 0) ? -digit : digit;
  }
  return value;
}

/** How far ahead to look for the next number of a series, in characters and in paragraphs. */
const maxLookahead = 6000;
const maxLookaheadParagraphs = 8;

/** Whether the next numbered paragraph continues the decimal number that begins this one. */
export function beginsSeries(
  text: string,
  paragraphs: Span[],
  index: number,
  { values }: Numbering,
): boolean {
  for (const paragraph of paragraphs.slice(index + 1, index + maxLookaheadParagraphs)) {
    const next = readNumbering(text, paragraph.start);
    if (next?.style === 'decimal') return next.values.join('.') === nextNumber(values);
  }
  return false;
}

/** Whether the number after this decimal number follows within `maxLookahead` characters. */
export function hasSuccessor(text: string, { values, end }: Numbering): boolean {
  const next = nextNumber(values);
  const ahead = text.slice(end, end + maxLookahead);
  return ahead.includes(` ${next}. `) || (values.length > 1 && ahead.includes(` ${next} `));
}

function nextNumber(values: number[]): string {
  return [...values.slice(0, -1), values.at(-1)! + 1].join('.');
}
