import type { Span } from '../documents.ts';
import { findPlaces } from '../analyse/places.ts';
import { bareName, familyName, isNoName, isPersonName } from './person-names.ts';
import { type FoundName, smallWords } from './found-names.ts';

/** Persons that one document names. */
export interface KnownNames {
  /** In full, each once. */
  names: string[];
  /** Family names that mean nobody and nothing else in that document. */
  families: string[];
}

/** Persons of one document that are looked for elsewhere in it. */
const mostNames = 400;

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A word as contracts print it: as it was found, in capitals, or with a capital. */
function printed(word: string): string {
  const lower = word.toLowerCase();
  const title = lower.replace(/(?<![\p{L}'’])\p{L}/gu, (letter) => letter.toUpperCase());
  return `(?:${[...new Set([word, word.toUpperCase(), title])].map(escape).join('|')})`;
}

/** The particles of a family name, and its last word. */
function familyParts(name: string): { particles: string[]; last: string } {
  const words = familyName(name).split(/\s+/);
  return { particles: words.slice(0, -1), last: words.at(-1)! };
}

/** The ways to write what stands before the last word of a name: given names in full, or as initials. */
function givenSpellings(name: string, write: (word: string) => string, gap: string): string {
  const given = bareName(name).slice(0, -familyName(name).length).trim().split(/\s+/);
  const particles = familyParts(name)
    .particles.map((word) => `${write(word)}${gap}`)
    .join('');
  const first = given[0]!.replace(/\.$/, '');
  const others = given.slice(1).map((word) => `${write(word.replace(/\.$/, ''))}\\.?${gap}`);
  const full = `${write(first)}\\.?${gap}${others.join('')}`;
  // with another middle name or none
  const shorter =
    first.length > 1 ? `|${write(first)}${gap}(?:\\p{L}[\\p{L}'’]{0,15}\\.?${gap})?` : '';
  const initials = `${write(first[0]!.toUpperCase())}\\.?(?:[\\s.]?\\p{Lu}\\.){0,2}${gap}`;
  return `(?:${full}${shorter}|${initials})${particles}`;
}

/** Whether a family name means nothing else in the text: no word of it, no place, no company. */
function isDistinct(family: string, other: Set<string>): boolean {
  const word = family.toLowerCase();
  return word.length > 3 && !isNoName(word) && !other.has(word) && findPlaces(word).length === 0;
}

/**
 * Whom a document names.
 * @param named what its text shows to be names
 * @param parties its parties: those with the shape of a person's name are persons
 */
export function knownNames(text: string, named: FoundName[], parties: string[]): KnownNames {
  const whole = [
    ...parties.filter(isPersonName).map(bareName),
    ...named.filter((found) => found.whole).map(({ name }) => name),
  ];
  const distinct = new Map(whole.map((name) => [name.toLowerCase(), name.replace(/\s+/g, ' ')]));
  const names = [...distinct.values()].slice(0, mostNames);
  const partly = named.filter((found) => !found.whole).map(({ name }) => name);
  const companies = parties.filter((party) => !isPersonName(party)).join('\n');
  const other = new Set([...smallWords(text), ...smallWords(companies.toLowerCase())]);
  const families = [...new Set([...names.map(familyName), ...partly])];
  return { names, families: families.slice(0, mostNames).filter((one) => isDistinct(one, other)) };
}

const textGap = '[\\s*_]{1,4}';
const labelGap = '[\\s_.,+-]{0,3}';
const start = '(?<![\\p{L}\\p{N}])';
/** Characters before a family name in which given names are looked for. */
const reach = 80;

interface Person {
  before: RegExp;
  after: RegExp;
}

function personNamed(name: string): Person {
  const first = bareName(name).split(/\s+/)[0]!;
  return {
    before: new RegExp(`${start}${givenSpellings(name, printed, textGap)}$`, 'u'),
    after: new RegExp(`^,\\s${printed(first)}(?:\\s\\p{Lu}\\.?)?(?!\\p{L})`, 'u'),
  };
}

/** Finds known names where they stand again. */
export class NameFinder {
  /** By the last word of the name, in lower case. */
  readonly #persons = new Map<string, Person[]>();
  readonly #alone: Set<string>;
  readonly #lastWords: RegExp | undefined;
  readonly #loose: RegExp | undefined;

  constructor({ names, families }: KnownNames) {
    for (const name of names) {
      const key = familyParts(name).last.toLowerCase();
      this.#persons.set(key, [...(this.#persons.get(key) ?? []), personNamed(name)]);
    }
    const singles = families.map((family) => familyParts(family).last);
    this.#alone = new Set(singles.map((family) => family.toLowerCase()));
    const last = new Set([...names.map((name) => familyParts(name).last), ...singles]);
    if (last.size > 0) {
      const words = [...last].map(printed).join('|');
      this.#lastWords = new RegExp(`(?:${words})(?![\\p{L}\\p{N}])`, 'gu');
      const spelled = names.map(
        (name) => givenSpellings(name, escape, labelGap) + escape(familyParts(name).last),
      );
      const reversed = names.map((name) => {
        const [first] = bareName(name).split(/\s+/);
        return `${escape(familyParts(name).last)}${labelGap}${escape(first!)}`;
      });
      const all = [...spelled, ...reversed, ...families.map(escape)];
      this.#loose = new RegExp(`(?<!\\p{L})(?:${all.join('|')})(?!\\p{L})`, 'giu');
    }
  }

  /** In the text of a contract. */
  inText(text: string): Span[] {
    const found: Span[] = [];
    for (const span of spansOf(text, this.#lastWords)) {
      const word = text.slice(span.start, span.end).toLowerCase();
      const before = text.slice(Math.max(0, span.start - reach), span.start);
      if (/[\p{L}\p{N}]$/u.test(before)) continue;
      const behind = text.slice(span.end, span.end + reach);
      let whole = false;
      for (const person of this.#persons.get(word) ?? []) {
        const given = person.before.exec(before)?.[0].length;
        const named = given === undefined ? person.after.exec(behind)?.[0].length : undefined;
        if (given === undefined && named === undefined) continue;
        found.push({ start: span.start - (given ?? 0), end: span.end + (named ?? 0) });
        whole = true;
      }
      if (!whole && this.#alone.has(word) && standsAlone(before, behind)) found.push(span);
    }
    return found;
  }

  /** In a title, or the name of a file or a folder. */
  inLabel(label: string): Span[] {
    return spansOf(label, this.#loose);
  }
}

function spansOf(text: string, pattern: RegExp | undefined): Span[] {
  if (!pattern) return [];
  return Array.from(text.matchAll(pattern), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
}

/** Whether what is around a family name makes no longer name of it, such as a company's. */
function standsAlone(before: string, behind: string): boolean {
  const last = /([\p{L}&.'’-]+)[ \u00a0]$/u.exec(before)?.[1];
  const next = /^,?[ \u00a0]([\p{L}&.'’-]+)/u.exec(behind)?.[1];
  const belongs = (word: string | undefined) =>
    word !== undefined && (word === '&' || (/^\p{Lu}/u.test(word) && !/[.]$/.test(word)));
  return !belongs(last) && !belongs(next);
}
