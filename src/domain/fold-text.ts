/** Latin letters that no decomposition of Unicode takes apart, as people type them. */
export const undecomposedLetters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** The same with what stands in texts and hardly in names. */
const plainLetters: Readonly<Record<string, string>> = {
  ...undecomposedLetters,
  ς: 'σ',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ĸ: 'k',
  ـ: '',
};
const otherLetters = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');

/** Signs beside a name that are no part of the word. */
const tradeMarks = /[™℠®©℗]/gu;

// eslint-disable-next-line no-control-regex
const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);

/**
 * A text as questions and texts are compared: in one case, without marks, ligatures, differences of width and
 * invisible characters (NFKC case folding of Unicode, then without marks of any script, and `plainLetters`).
 * "ZENTRIX™ Straße" gives "zentrix  strasse".
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .replace(tradeMarks, ' ')
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(otherLetters, (letter) => plainLetters[letter]!);
}

/** Letters of scripts that are written without blanks between words, or with particles joined to words. */
const unspaced =
  /(?:(?=\p{L})[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}])+/gu;

/**
 * A text as full text indexes it: folded, and runs of `unspaced` letters as their single letters and pairs.
 * (Pairs are what most systems index of Chinese, Japanese and Korean; see `CJKBigramFilter` of Lucene.)
 */
export function foldForIndex(text: string): string {
  return spread(foldText(text), (letters) => [...letters, ...pairs(letters)]);
}

/** The words of a question as `foldForIndex` indexes them: pairs, and a single letter only where it stands alone. */
export function foldForQuery(text: string): string {
  return spread(foldText(text), (letters) => (letters.length === 1 ? letters : pairs(letters)));
}

function spread(folded: string, parts: (letters: string[]) => string[]): string {
  if (isAscii(folded)) return folded;
  return folded.replace(unspaced, (run) => ` ${parts(Array.from(run)).join(' ')} `);
}

const pairs = (letters: string[]) =>
  letters.slice(1).map((letter, index) => `${letters[index]!}${letter}`);

/** The words of a folded text as full text splits them. */
export const wordsOf = (folded: string): string[] =>
  folded.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
