/**
 * Whether a text is what a page shows. A font without a table of characters gives the numbers of its glyphs
 * instead: control characters, or letters and signs that spell nothing.
 */

/** Characters that stand for none: a font did not say which characters its glyphs are. */
const illegible = /(?!\s)[\ufffd\p{Cc}\p{Co}\p{Cn}]/gu;
/** Fewer on a page are bullets and check boxes. */
const minIllegible = 20;
/** The same where they outnumber the letters. */
const minIllegibleAlone = 8;
/** The share of a page's letters from which the illegible characters are no bullets. */
const minIllegibleShare = 0.1;
/** Letters that a text must have to be judged by their frequencies. */
const minJudged = 100;
/** Letters of one part of a page: other fonts of it may be intact. */
const partLength = 200;

/** The share of a page's parts that are not what it shows, 0 to 1. */
export function garbledShare(page: string): number {
  const count = countMatches(page, illegible);
  if (count >= minIllegible && count > minIllegibleShare * countLetters(page)) return 1;
  if (count >= minIllegibleAlone && count > countLetters(page)) return 1;
  const parts = partsOf(page);
  return parts.length === 0 ? 0 : parts.filter(spellsNothing).length / parts.length;
}

/** Letters and digits less illegible characters. */
export function legibility(pages: string[]): number {
  return pages.reduce((sum, page) => sum + countLetters(page) - countMatches(page, illegible), 0);
}

/** Letters and digits of a text. */
export function countLetters(text: string): number {
  const ascii = text.match(/[A-Za-z0-9]+/g)?.reduce((sum, run) => sum + run.length, 0) ?? 0;
  return ascii + countMatches(text, /(?![A-Za-z0-9])[\p{L}\p{N}]/gu);
}

/** Whole lines of `partLength` characters or more; one part where a page has fewer. */
function partsOf(page: string): string[] {
  const parts: string[] = [];
  let part = '';
  let length = 0;
  for (const line of page.split('\n')) {
    part += `${line}\n`;
    length += visibleLength(line);
    if (length < partLength) continue;
    parts.push(part);
    [part, length] = ['', 0];
  }
  if (length >= minJudged) parts.push(part);
  return parts;
}

const visibleLength = (text: string) => text.length - countMatches(text, /\s+/g);

/** What the characters of a text are, counted. */
interface Counts {
  /** All but white space; signs in a row count once, as those of a line to write on do. */
  written: number;
  rareSigns: number;
  /** Of each of `scripts`: its letters, and those that its languages use most. */
  letters: number[];
  frequent: number[];
  /** Latin letters alone. */
  vowels: number;
  rareLetters: number;
  consonantsInRow: number;
}

/**
 * The letters that each script's languages use most: two thirds of a text are these in English, German, French,
 * Spanish, Italian, Dutch and Finnish, half of it in Polish, Hungarian and Turkish.
 */
const scripts: readonly { pattern: RegExp; frequent: string; least: number }[] = [
  { pattern: /[a-z]/, frequent: 'eainorst', least: 0.38 },
  { pattern: /\p{Script=Cyrillic}/u, frequent: 'оеаинтсрві', least: 0.4 },
  { pattern: /\p{Script=Greek}/u, frequent: 'αοιετσςνη', least: 0.42 },
];

/** A sign that contracts use rarely, and glyph numbers stand for often. */
const rareSign =
  /^(?:[!"#%&+<=>?@\\^`{}~]|(?![\u2010-\u203a§¶©®™°·•€£])[^\0-\x7f\p{L}\p{N}\p{M}\s])$/u;
const maxRareSigns = 0.15;
/** From so many on, consonants in a row are not of a word. */
const longRow = 5;

/**
 * By frequencies, which differ little between languages: of letters, of vowels, of consonants in a row, of
 * rare letters and of signs. Of 25,000 parts of contracts none is taken for garbled, and 97 of 100 whose
 * letters were exchanged are.
 */
function spellsNothing(part: string): boolean {
  const counts = countKinds(part);
  const { written, rareSigns, letters, frequent } = counts;
  if (written >= minJudged && rareSigns > maxRareSigns * written) return true;
  const isStrange = scripts.some(
    ({ least }, at) => letters[at]! >= minJudged && frequent[at]! < least * letters[at]!,
  );
  return isStrange || hasStrangeSpelling(counts);
}

/** Two of the signs that a text in Latin letters is not written in any language. */
function hasStrangeSpelling({ letters, frequent, ...counts }: Counts): boolean {
  const latin = letters[0]!;
  if (latin < minJudged) return false;
  const signs = [
    frequent[0]! < 0.45 * latin,
    counts.vowels < 0.27 * latin,
    counts.rareLetters > 0.05 * latin,
    counts.consonantsInRow > 0.06 * latin,
  ];
  return signs.filter(Boolean).length >= 2;
}

interface CharacterKind {
  isSpace: boolean;
  isRareSign: boolean;
  isSign: boolean;
  /** Of `scripts`; -1 for none. */
  script: number;
  isFrequent: boolean;
  isVowel: boolean;
  isRareLetter: boolean;
}

/** Few characters make up a text, and looking them up is faster than asking what each is. */
const kinds = new Map<string, CharacterKind>();
const maxKinds = 5000;

function kindOf(character: string): CharacterKind {
  let kind = kinds.get(character);
  if (!kind) {
    // without its marks
    const code = character.normalize('NFKD').toLowerCase().codePointAt(0) ?? 0x20;
    const base = String.fromCodePoint(code);
    const script = scripts.findIndex(({ pattern }) => pattern.test(base));
    kind = {
      isSpace: /\s/.test(base),
      isRareSign: rareSign.test(base),
      isSign: !/[\p{L}\p{N}\s]/u.test(base),
      script,
      isFrequent: scripts[script]?.frequent.includes(base) ?? false,
      isVowel: /[aeiouy]/.test(base),
      isRareLetter: /[qxj]/.test(base),
    };
    if (kinds.size < maxKinds) kinds.set(character, kind);
  }
  return kind;
}

function countKinds(text: string): Counts {
  const counts: Counts = {
    written: 0,
    rareSigns: 0,
    letters: scripts.map(() => 0),
    frequent: scripts.map(() => 0),
    vowels: 0,
    rareLetters: 0,
    consonantsInRow: 0,
  };
  let row = 0;
  let previous = '';
  for (const character of text) {
    const kind = kindOf(character);
    const isRepeated = kind.isSign && character === previous;
    previous = character;
    if (!kind.isSpace && !isRepeated) counts.written += 1;
    if (kind.isRareSign && !isRepeated) counts.rareSigns += 1;
    const isConsonant = kind.script === 0 && !kind.isVowel;
    row = isConsonant ? row + 1 : 0;
    if (row === longRow) counts.consonantsInRow += longRow;
    else if (row > longRow) counts.consonantsInRow += 1;
    if (kind.script < 0) continue;
    counts.letters[kind.script]! += 1;
    if (kind.isFrequent) counts.frequent[kind.script]! += 1;
    if (kind.isVowel) counts.vowels += 1;
    if (kind.isRareLetter) counts.rareLetters += 1;
  }
  return counts;
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
