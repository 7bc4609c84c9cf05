import type { Redaction, Span } from '../domain/documents.ts';
import { findAmounts } from './amounts.ts';
import { findContacts } from './contacts.ts';
import { type FoundName, findNames } from './find-names.ts';
import { type KnownNames, NameFinder } from './name-finder.ts';
import { mask, mergeSpans } from './mask.ts';

/** Masks the amounts and the persons of one document in its text and in its metadata. */
export class Masker {
  readonly #redactions: readonly Redaction[];
  readonly #nameFinder: NameFinder;
  #cachedSpans: Span[] | undefined;

  /** @param known the persons that the document names */
  constructor(redactions: readonly Redaction[], known: KnownNames) {
    this.#redactions = redactions;
    this.#nameFinder = new NameFinder(known);
  }

  /** The whole text of the document, masked. It must be the text that `known` was collected from. */
  maskText(text: string): string {
    this.#cachedSpans ??= this.#spansToMask(
      text,
      this.#findNames(text),
      this.#nameFinder.findInText(text),
    );
    return mask(text, this.#cachedSpans);
  }

  /** A title, a heading, a value, or the name of a file or a folder, masked. */
  maskLabel(label: string): string {
    // File names have other characters in place of spaces.
    const names = this.#findNames(label.replace(/[_+]/g, ' '));
    return mask(label, this.#spansToMask(label, names, this.#nameFinder.findInLabel(label)));
  }

  #findNames(text: string): FoundName[] {
    return this.#redactions.includes('names') ? findNames(text) : [];
  }

  #spansToMask(text: string, foundNames: FoundName[], repeatedNames: Span[]): Span[] {
    const amounts = this.#redactions.includes('amounts') ? findAmounts(text) : [];
    const names = this.#redactions.includes('names')
      ? [...repeatedNames, ...foundNames, ...findContacts(text)]
      : [];
    return mergeSpans([...amounts, ...names]);
  }
}

/** Identifiers of Deedbox, such as "nda" or "computed". */
const identifierPattern = /^[a-z_]*$/;

/** A copy of a value with `maskString` applied to each string in it, except identifiers of Deedbox. */
export function maskStrings<T>(value: T, maskString: (text: string) => string): T {
  if (typeof value === 'string')
    return (identifierPattern.test(value) ? value : maskString(value)) as T;
  if (Array.isArray(value)) return value.map((item) => maskStrings<unknown>(item, maskString)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    maskStrings<unknown>(inner, maskString),
  ]);
  return Object.fromEntries(entries) as T;
}
