import { undecomposedLetters } from '../domain/fold-text.ts';

/**
 * Legal forms, as written after punctuation is normalized. Words that distinguish companies, such
 * as "holdings" or "international", are not legal forms.
 */
const legalForm =
  / (?:inc|incorporated|corp|corporation|co|company|llc|lc|llp|lp|lllp|pllc|plc|pc|ltd|limited|limited liability company|limited liability partnership|limited partnership|public limited company|ltda|pty|proprietary|pte|pvt|private|gmbh|mbh|ag|kg|kgaa|ohg|ug|se|sa|sas|sasu|sarl|sl|slu|spa|srl|sapi|sab|de cv|de rl|bv|nv|cv|bvba|oy|oyj|ab|asa|as|aps|kk|kabushiki kaisha|godo kaisha|sdn bhd|bhd|sro|zrt|nyrt|kft|doo|sp z oo|sp zoo|ooo|oao|pjsc|jsc|gmbh and co|na|fsb|dac|ulc|sca|snc|scs|ehf|aktiengesellschaft|gesellschaft mit beschrankter haftung|societe anonyme)$/;

/**
 * The key that all spellings of a party's name share: words in lower case, separated by single
 * spaces. Case, diacritics, punctuation, "&" for "and", a leading "the" and trailing legal forms do
 * not count; every other word does, so companies with different names never share a key. Empty if
 * the name has no letter or digit.
 */
export function canonicalPartyKey(name: string): string {
  let key = normalizePartyName(name);
  for (;;) {
    const form = findLegalForm(key);
    const shorter = form === undefined ? key : key.slice(0, -form.length);
    if (shorter === key || shorter.endsWith(' and') || shorter === '') return key;
    key = shorter;
  }
}

/** No legal form is longer, the blank before it included. */
const maxFormLength = 50;

/** The legal form with which a normalized name ends, with the blank before it. */
function findLegalForm(key: string): string | undefined {
  return legalForm.exec(key.slice(-maxFormLength))?.[0];
}

/**
 * Marks on one letter after the 30th; more than in any script. Unicode's stream-safe format has the same
 * limit. A mark at a time: a pattern that repeats marks overflows the stack on millions of them.
 */
const excessiveMarks = /\p{M}(?<=\p{M}{31})/gu;

/** What an ASCII character is within a name; other characters are `other`. */
const characterKind = { space: 0, wordCharacter: 1, mark: 2, other: 3 } as const;
const asciiKinds = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/\s/.test(character)) return characterKind.space;
  if (/[a-z0-9]/i.test(character)) return characterKind.wordCharacter;
  return /[&+]/.test(character) ? characterKind.other : characterKind.mark;
});
/** Bounds the memory for a text in which no words recur. */
const maxKnownWords = 10_000;

/** Words with one blank between them, in UTF-16; initials are joined. */
class WordWriter {
  #codes: Uint16Array<ArrayBuffer>;
  #length = 0;
  #followsInitial = false;

  constructor(capacity: number) {
    this.#codes = new Uint16Array(capacity);
  }

  /** Adds the characters from `start` to `end`, ASCII letters and digits, in lower case. */
  addPlain(text: string, start: number, end: number): void {
    const isInitial = end - start === 1 && !isDigit(text.charCodeAt(start));
    this.#separate(isInitial, end - start);
    // setting a bit makes a capital a small letter, and leaves a digit as it is
    for (let at = start; at < end; at++) this.#codes[this.#length++] = text.charCodeAt(at) | 32;
  }

  /** Adds a word in lower case. */
  add(word: string): void {
    this.#separate(word.length <= 2 && /^\p{L}$/u.test(word), word.length);
    for (let at = 0; at < word.length; at++) this.#codes[this.#length++] = word.charCodeAt(at);
  }

  /** "l l c" and "j p morgan" are "llc" and "jp morgan": initials are written with and without dots and spaces. */
  #separate(isInitial: boolean, length: number): void {
    const needed = this.#length + length + 1;
    if (needed > this.#codes.length) {
      const codes = new Uint16Array(2 * needed);
      codes.set(this.#codes);
      this.#codes = codes;
    }
    if (this.#length > 0 && !(isInitial && this.#followsInitial)) this.#codes[this.#length++] = 32;
    this.#followsInitial = isInitial;
  }

  toString(): string {
    return Buffer.from(this.#codes.buffer, 0, this.#length * 2).toString('utf16le');
  }
}

const isDigit = (code: number) => code >= 48 && code <= 57;

/**
 * A name in lower case without accents, punctuation and a leading "the". Word by word, since the words of a
 * contract recur, and most are ASCII letters and digits with marks around them.
 */
function normalizePartyName(name: string): string {
  let known: Map<string, string[]> | undefined;
  const words = new WordWriter(name.length);
  for (let start = 0; start < name.length;) {
    let [first, next] = [-1, -1];
    let isPlain = true;
    let end = start;
    for (; end < name.length; end++) {
      const code = name.charCodeAt(end);
      const kind = code < 128 ? asciiKinds[code] : characterKind.other;
      if (kind === characterKind.space) break;
      if (kind === characterKind.wordCharacter) {
        if (first < 0) first = end;
        else if (next !== end) isPlain = false;
        next = end + 1;
      } else if (kind === characterKind.other) isPlain = false;
    }
    if (isPlain) {
      if (first >= 0) words.addPlain(name, first, next);
    } else {
      const written = name.slice(start, end);
      known ??= new Map();
      let found = known.get(written);
      if (!found) {
        found = normalizeWord(written);
        if (known.size < maxKnownWords) known.set(written, found);
      }
      for (const word of found) words.add(word);
    }
    start = end + 1;
  }
  return words.toString().replace(/^the (?=.)/, '');
}

/** The words that one word without ASCII white space stands for: "AT&T" for three, "(–)" for none. */
function normalizeWord(word: string): string[] {
  const normalized = word
    // Decomposition sorts the marks on a letter, in time that grows with the square of their number.
    .replace(excessiveMarks, '')
    .normalize('NFKD')
    // Upper case first: it writes "ß" and a subscript iota as two letters, so both spellings agree.
    .toUpperCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => undecomposedLetters[letter] ?? letter)
    .replace(/['\u2018\u2019`]/g, '')
    .replace(/[&+]/g, ' and ')
    .replace(/(?<=(?:^|[^\p{L}\p{N}])\p{L})\./gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return normalized === '' ? [] : normalized.split(' ');
}

/** German and Nordic letters as written on a keyboard without them: "ü" as "ue". */
const transliterations: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  å: 'aa',
  ø: 'oe',
};

/**
 * All keys that a name may have, with and without transliteration: "Müller" has "muller" and
 * "mueller".
 */
export function canonicalPartyKeys(name: string): Set<string> {
  const transliterated = name
    .replace(excessiveMarks, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüåø]/g, (letter) => transliterations[letter] ?? letter);
  return new Set(
    [canonicalPartyKey(name), canonicalPartyKey(transliterated)].filter((key) => key !== ''),
  );
}

/** Spellings of legal forms and the form that they stand for. */
const formAliases: Record<string, string> = {
  incorporated: 'inc',
  corporation: 'corp',
  company: 'co',
  limited: 'ltd',
  'limited liability company': 'llc',
  lc: 'llc',
  'limited partnership': 'lp',
  'limited liability partnership': 'llp',
  'public limited company': 'plc',
  'societe anonyme': 'sa',
  aktiengesellschaft: 'ag',
};

/** The legal form that a name ends with, e.g. "inc"; undefined if it ends with none. */
export function extractLegalForm(name: string): string | undefined {
  const form = findLegalForm(normalizePartyName(name))?.trim();
  return form === undefined ? undefined : (formAliases[form] ?? form);
}
