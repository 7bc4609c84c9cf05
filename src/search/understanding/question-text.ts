import type { Span } from '../../domain/documents.ts';

/** What stands for the characters of words that were understood already, by what they are. */
const placeholders = { other: '\uE000', party: '\uE001', contract: '\uE002' } as const;

/** Whether a character of `QuestionText.text` stands for one that was understood. */
export const isPlaceholder = (character: string | undefined): boolean =>
  character !== undefined && /^[\uE000-\uE002]$/.test(character);

/** Matches the name of a party that was understood, in `QuestionText.text`. */
export const partyPlaceholder = `${placeholders.party}+`;

/** Matches words for a contract, in `QuestionText.text`: "agreement", or a type that was understood. */
export const contractNoun = `(?:agreements?|contracts?|deals?|arrangements?|undertakings?|documents?|${placeholders.contract}+)`;

/** Characters that are written differently, each by one of the same length. */
const plainCharacters: [RegExp, string][] = [
  [/[\u2018\u2019\u00b4`]/g, "'"],
  [/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\s/g, ' '],
];

/** Lower case where that has the same length, so that offsets stay. */
const lowerCase = (text: string) =>
  text.replace(/\p{Lu}/gu, (letter) =>
    letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter,
  );

/**
 * A question while it is read: patterns match its plain, lower-case form, whose offsets are those of the
 * question; what was understood is taken out of it, so that no word is understood twice.
 */
export class QuestionText {
  readonly question: string;
  #plain: string;

  constructor(question: string) {
    this.question = question;
    let plain = lowerCase(question);
    for (const [pattern, character] of plainCharacters) plain = plain.replace(pattern, character);
    this.#plain = plain;
  }

  /** The plain form; words that were understood are placeholders in it. */
  get text(): string {
    return this.#plain;
  }

  /** The words of the question at a span, without blanks around them. */
  words({ start, end }: Span): string {
    return this.question.slice(start, end).trim();
  }

  /** Takes out a span that was understood. */
  use({ start, end }: Span, as: keyof typeof placeholders = 'other'): void {
    this.#plain =
      this.#plain.slice(0, start) + placeholders[as].repeat(end - start) + this.#plain.slice(end);
  }

  /** The question without the words that were understood. */
  get rest(): string {
    return Array.from({ length: this.#plain.length }, (_, at) =>
      isPlaceholder(this.#plain[at]) ? ' ' : this.question[at],
    ).join('');
  }
}
