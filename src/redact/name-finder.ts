import type { Span } from '../domain/documents.ts';
import { findJurisdictions } from '../analyse/jurisdictions.ts';
import { bareName, familyName, isNonNameWord, isPersonName } from './person-names.ts';
import { type FoundName, collectLowercaseWords } from './find-names.ts';

/** The persons that one document names. */
export interface KnownNames {
  /** Full names, each once. */
  names: string[];
  /** Family names that have no other meaning in that document. */
  families: string[];
}

/** Persons of one document whose names are searched in it, at most. */
const maxNames = 400;

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A pattern for a word as it was found, in capitals, and capitalised. */
function printedForms(word: string): string {
  const lower = word.toLowerCase();
  const title = lower.replace(/(?<![\p{L}'’])\p{L}/gu, (letter) => letter.toUpperCase());
  return `(?:${[...new Set([word, word.toUpperCase(), title])].map(escape).join('|')})`;
}

/** The particles of a family name, and its last word. */
function familyParts(name: string): { particles: string[]; last: string } {
  const words = familyName(name).split(/\s+/);
  return { particles: words.slice(0, -1), last: words.at(-1)! };
}

/** A pattern for all words of a name but the last: given names in full or as initials. */
function givenSpellings(
  name: string,
  formatWord: (word: string) => string,
  separator: string,
): string {
  const given = bareName(name).slice(0, -familyName(name).length).trim().split(/\s+/);
  const particles = familyParts(name)
    .particles.map((word) => `${formatWord(word)}${separator}`)
    .join('');
  const first = given[0]!.replace(/\.$/, '');
  const others = given
    .slice(1)
    .map((word) => `${formatWord(word.replace(/\.$/, ''))}\\.?${separator}`);
  const full = `${formatWord(first)}\\.?${separator}${others.join('')}`;
  // With another middle name, or none.
  const shortened =
    first.length > 1
      ? `|${formatWord(first)}${separator}(?:\\p{L}[\\p{L}'’]{0,15}\\.?${separator})?`
      : '';
  const initials = `${formatWord(first[0]!.toUpperCase())}\\.?(?:[\\s.]?\\p{Lu}\\.){0,2}${separator}`;
  return `(?:${full}${shortened}|${initials})${particles}`;
}

/** Whether a family name has no other meaning in the text: no ordinary word, place or company. */
function isDistinctive(family: string, otherWords: Set<string>): boolean {
  const word = family.toLowerCase();
  return (
    word.length > 3 &&
    !isNonNameWord(word) &&
    !otherWords.has(word) &&
    findJurisdictions(word).length === 0
  );
}

/**
 * The persons that a document names.
 * @param foundNames the names that `findNames` found in the text
 * @param parties its parties; those whose name has the form of a person's are persons
 */
export function collectNames(text: string, foundNames: FoundName[], parties: string[]): KnownNames {
  const completeNames = [
    ...parties.filter(isPersonName).map(bareName),
    ...foundNames.filter((found) => found.isComplete).map(({ name }) => name),
  ];
  const distinct = new Map(
    completeNames.map((name) => [name.toLowerCase(), name.replace(/\s+/g, ' ')]),
  );
  const names = [...distinct.values()].slice(0, maxNames);
  const partialNames = foundNames.filter((found) => !found.isComplete).map(({ name }) => name);
  const companies = parties.filter((party) => !isPersonName(party)).join('\n');
  const otherWords = new Set([
    ...collectLowercaseWords(text),
    ...collectLowercaseWords(companies.toLowerCase()),
  ]);
  const families = [...new Set([...names.map(familyName), ...partialNames])];
  return {
    names,
    families: families.slice(0, maxNames).filter((one) => isDistinctive(one, otherWords)),
  };
}

const textSeparator = '[\\s*_]{1,4}';
const labelSeparator = '[\\s_.,+-]{0,3}';
const wordStart = '(?<![\\p{L}\\p{N}])';
/** Characters before a family name in which given names are searched. */
const contextLength = 80;

interface Person {
  before: RegExp;
  after: RegExp;
}

function personPatterns(name: string): Person {
  const first = bareName(name).split(/\s+/)[0]!;
  return {
    before: new RegExp(`${wordStart}${givenSpellings(name, printedForms, textSeparator)}$`, 'u'),
    after: new RegExp(`^,\\s${printedForms(first)}(?:\\s\\p{Lu}\\.?)?(?!\\p{L})`, 'u'),
  };
}

/** Finds further occurrences of known names. */
export class NameFinder {
  /** By the last word of the name, in lower case. */
  readonly #personsByLastWord = new Map<string, Person[]>();
  readonly #standaloneFamilies: Set<string>;
  readonly #lastWords: RegExp | undefined;
  readonly #labelPattern: RegExp | undefined;

  constructor({ names, families }: KnownNames) {
    for (const name of names) {
      const key = familyParts(name).last.toLowerCase();
      this.#personsByLastWord.set(key, [
        ...(this.#personsByLastWord.get(key) ?? []),
        personPatterns(name),
      ]);
    }
    const singles = families.map((family) => familyParts(family).last);
    this.#standaloneFamilies = new Set(singles.map((family) => family.toLowerCase()));
    const last = new Set([...names.map((name) => familyParts(name).last), ...singles]);
    if (last.size > 0) {
      const words = [...last].map(printedForms).join('|');
      this.#lastWords = new RegExp(`(?:${words})(?![\\p{L}\\p{N}])`, 'gu');
      const spelled = names.map(
        (name) => givenSpellings(name, escape, labelSeparator) + escape(familyParts(name).last),
      );
      const reversed = names.map((name) => {
        const [first] = bareName(name).split(/\s+/);
        return `${escape(familyParts(name).last)}${labelSeparator}${escape(first!)}`;
      });
      const all = [...spelled, ...reversed, ...families.map(escape)];
      this.#labelPattern = new RegExp(`(?<!\\p{L})(?:${all.join('|')})(?!\\p{L})`, 'giu');
    }
  }

  /** In the text of a contract. */
  findInText(text: string): Span[] {
    const found: Span[] = [];
    for (const span of spansOf(text, this.#lastWords)) {
      const word = text.slice(span.start, span.end).toLowerCase();
      const before = text.slice(Math.max(0, span.start - contextLength), span.start);
      if (/[\p{L}\p{N}]$/u.test(before)) continue;
      const following = text.slice(span.end, span.end + contextLength);
      let isMatched = false;
      for (const person of this.#personsByLastWord.get(word) ?? []) {
        const givenLength = person.before.exec(before)?.[0].length;
        const nameLength =
          givenLength === undefined ? person.after.exec(following)?.[0].length : undefined;
        if (givenLength === undefined && nameLength === undefined) continue;
        found.push({ start: span.start - (givenLength ?? 0), end: span.end + (nameLength ?? 0) });
        isMatched = true;
      }
      if (!isMatched && this.#standaloneFamilies.has(word) && isStandalone(before, following))
        found.push(span);
    }
    return found;
  }

  /** In a title, or the name of a file or a folder. */
  findInLabel(label: string): Span[] {
    return spansOf(label, this.#labelPattern);
  }
}

function spansOf(text: string, pattern: RegExp | undefined): Span[] {
  if (!pattern) return [];
  return Array.from(text.matchAll(pattern), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
}

/** Whether a family name stands alone, and not within a longer name such as that of a company. */
function isStandalone(before: string, following: string): boolean {
  const last = /([\p{L}&.'’-]+)[ \u00a0]$/u.exec(before)?.[1];
  const next = /^,?[ \u00a0]([\p{L}&.'’-]+)/u.exec(following)?.[1];
  const belongsToName = (word: string | undefined) =>
    word !== undefined && (word === '&' || (/^\p{Lu}/u.test(word) && !/[.]$/.test(word)));
  return !belongsToName(last) && !belongsToName(next);
}
