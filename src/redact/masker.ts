import type { Redaction, Span } from '../documents.ts';
import { amountsIn } from './amounts.ts';
import { contactsIn } from './contacts.ts';
import { type FoundName, foundNames } from './found-names.ts';
import { type KnownNames, NameFinder } from './known-names.ts';
import { mask, merged } from './mask.ts';

/** Hides amounts, or the persons of one document, in whatever is told of that document. */
export class Masker {
  readonly #redacted: readonly Redaction[];
  readonly #names: NameFinder;
  #spans: Span[] | undefined;

  /** @param known whom the document names */
  constructor(redacted: readonly Redaction[], known: KnownNames) {
    this.#redacted = redacted;
    this.#names = new NameFinder(known);
  }

  /** The document's whole text as it may be shown: the one that `known` was found in. */
  text(text: string): string {
    this.#spans ??= this.#hidden(text, this.#found(text), this.#names.inText(text));
    return mask(text, this.#spans);
  }

  /** A title, a heading, a value, the name of a file or a folder, as it may be shown. */
  label(label: string): string {
    // In names of files other signs stand for spaces.
    const found = this.#found(label.replace(/[_+]/g, ' '));
    return mask(label, this.#hidden(label, found, this.#names.inLabel(label)));
  }

  #found(text: string): FoundName[] {
    return this.#redacted.includes('names') ? foundNames(text) : [];
  }

  #hidden(text: string, found: FoundName[], again: Span[]): Span[] {
    const amounts = this.#redacted.includes('amounts') ? amountsIn(text) : [];
    const names = this.#redacted.includes('names') ? [...again, ...found, ...contactsIn(text)] : [];
    return merged([...amounts, ...names]);
  }
}

/** What stands for a kind of thing, such as "nda" or "computed". */
const term = /^[a-z_]*$/;

/** Every text in a value as `show` shows it; the same shape, and terms of Deedbox's own as they are. */
export function shown<T>(value: T, show: (text: string) => string): T {
  if (typeof value === 'string') return (term.test(value) ? value : show(value)) as T;
  if (Array.isArray(value)) return value.map((item) => shown<unknown>(item, show)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shown<unknown>(inner, show)]);
  return Object.fromEntries(entries) as T;
}
