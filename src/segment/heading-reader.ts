import type { Section, Span } from '../documents.ts';
import { isUpper } from './characters.ts';
import { type Flow, gap } from './flow.ts';
import { followsTitle, isPlausible, plainTitle, titleFrom } from './heading-text.ts';
import { beginsSeries, isFollowed, type Numbering, readNumbering } from './numbering.ts';
import { groupTitle, Outline } from './outline.ts';
import * as parts from './parts.ts';
import { isCapitals } from './titles.ts';

/** A heading, or the place where a part without one begins; in offsets of the flow. */
export interface Heading {
  start: number;
  /** The end of number and title; equal to `start` where there is neither. */
  end: number;
  level: number;
  number?: string;
  title?: string;
  kind: Section['kind'];
}

/** A contract's own title and cover come before the first paragraph of this length. */
const minProse = 150;
/** Styles that a contract's first section may have without a title. */
const topmost = new Set(['article', 'section', 'decimal', 'clause', 'part', 'chapter', 'I.']);

/** Reads the headings of one contract, paragraph by paragraph. */
export class HeadingReader {
  readonly #flow: Flow;
  readonly #paragraphs: Span[];
  readonly #contents?: Span;
  /** Whether titles without numbers group the numbered sections. */
  readonly #grouping: boolean;
  readonly #outline = new Outline();
  readonly #headings: Heading[] = [];
  /** By level, the kind of the last heading. */
  readonly #kinds: Section['kind'][] = [];
  /** What the sections now read belong to: an exhibit's sections are the exhibit's. */
  #part: Section['kind'] = 'front_matter';
  #exhibit = '';
  #seenPreamble = false;

  constructor(flow: Flow, paragraphs: Span[], contents: Span | undefined, grouping: boolean) {
    this.#flow = flow;
    this.#paragraphs = paragraphs;
    this.#contents = contents;
    this.#grouping = grouping;
  }

  read(): Heading[] {
    this.#paragraphs.forEach(({ start, end }, index) => {
      this.#readParagraph(index);
      if (end - start < minProse || this.#seenPreamble || this.#inContents(start)) return;
      this.#seenPreamble = parts.isPreamble(this.#flow.chars.slice(start, start + 1000));
    });
    return this.#headings;
  }

  #inContents(at: number): boolean {
    return this.#contents !== undefined && at >= this.#contents.start && at < this.#contents.end;
  }

  #readParagraph(index: number): void {
    const { chars } = this.#flow;
    const { start, end } = this.#paragraphs[index]!;
    let at = Math.max(start, this.#headings.at(-1)?.end ?? 0);
    while (at < end) {
      const heading = this.#inContents(at) ? undefined : this.#headingAt(at, index);
      if (heading) {
        this.#push(heading);
        if (heading.end > at && chars[heading.end] === ' ') {
          at = heading.end + 1;
          continue;
        }
        at = Math.max(heading.end, at + 1);
      }
      const blank = chars.indexOf(' ', at);
      at = blank < 0 ? end : blank + 1;
    }
  }

  #push(heading: Heading): void {
    this.#headings.push(heading);
    this.#kinds.length = heading.level;
    this.#kinds[heading.level] = heading.kind;
  }

  #headingAt(at: number, index: number): Heading | undefined {
    const { chars } = this.#flow;
    const paragraph = this.#paragraphs[index]!;
    const strong = at === paragraph.start;
    const initial = chars[at]!;
    // Most words are in lower case and no "a." or "iv)": no heading begins with them.
    const word = !strong && initial >= 'a' && initial <= 'z';
    if (word && !/[.)]/.test(chars.slice(at + 1, at + 6))) return undefined;
    const last = this.#headings.at(-1);
    const numberEnd = last?.title === undefined ? last?.end : undefined;
    const opens = strong || this.#followsEnd(at);
    if (!opens && !followsTitle(chars, at, paragraph.start, numberEnd)) return undefined;
    const part = opens && (isUpper(initial) || initial === '/') && this.#partAt(at, index);
    if (part) return part;
    return this.#numberedAt(at, index, strong) ?? (strong ? this.#titledAt(index) : undefined);
  }

  /** Whether a sentence, a heading or a line ends before `at`. */
  #followsEnd(at: number): boolean {
    if ((this.#flow.gaps[at - 1] ?? gap.page) >= gap.wide) return true;
    if (this.#headings.at(-1)?.end === at - 1) return true;
    const before = this.#flow.chars.slice(Math.max(0, at - 8), at - 1);
    return /(?:[.;:!?]["”’)\]]*|; and)$/.test(before) && !/\b(?:Nos?|Sec|Art)\.$/i.test(before);
  }

  /** Exhibits, recitals, the agreement proper and signatures. */
  #partAt(at: number, index: number): Heading | undefined {
    const { chars } = this.#flow;
    if (parts.startsExhibitLabel(chars, at)) return this.#exhibitAt(at, index);
    if (parts.startsWitness(chars, at)) {
      this.#part = this.#outline.isOpen('exhibit') ? 'exhibit' : 'body';
      return this.#openPart('signatures', at, 'signatures');
    }
    if (parts.startsSignature(chars, at)) return this.#signaturesAt(at, index);
    if (this.#part !== 'front_matter' && this.#part !== 'recitals') return undefined;
    if (parts.startsAgreement(chars, at)) {
      this.#part = 'body';
      return this.#openPart('agreement', at, 'body');
    }
    const title = parts.recitalsTitle(chars, at);
    if (this.#part === 'recitals' || !(title || parts.startsWhereas(chars, at))) return undefined;
    this.#part = 'recitals';
    return this.#openPart('recitals', at, 'recitals', title);
  }

  /** Opens a part at the top level, or at that of an exhibit's sections. */
  #openPart(style: string, start: number, kind: Section['kind'], title?: string): Heading {
    const level = this.#outline.openAt(style, this.#outline.leading('exhibit'));
    if (title === undefined) return { start, end: start, level, kind };
    return { start, end: start + title.length, level, kind, title };
  }

  /** A signature block that begins without "In witness whereof". */
  #signaturesAt(at: number, index: number): Heading | undefined {
    if (!this.#seenPreamble || this.#outline.isOpen('signatures')) return undefined;
    const start = parts.signatureStart(this.#flow.chars, this.#paragraphs, index, at);
    const last = this.#headings.at(-1);
    if (last && last.end > start && last.number !== undefined) return undefined;
    // What stands above "By:" in capitals is a party's name, not a heading.
    while (this.#headings.length > 0 && this.#headings.at(-1)!.end > start) this.#headings.pop();
    return this.#openPart('signatures', start, 'signatures');
  }

  #exhibitAt(at: number, index: number): Heading | undefined {
    if (this.#part === 'front_matter' && !this.#seenPreamble) return undefined;
    const label = parts.exhibitLabel(this.#flow.chars, at, this.#paragraphs[index]!);
    if (!label) return undefined;
    const { number, titleStart } = label;
    const continues = this.#part === 'exhibit' && this.#exhibit === number.toLowerCase();
    if (continues) return undefined;
    this.#part = 'exhibit';
    this.#exhibit = number.toLowerCase();
    const level = this.#outline.openAt('exhibit', 0);
    const after = at + number.length;
    const text = titleFrom(this.#flow, this.#paragraphs, index, titleStart, after);
    return { start: at, level, number, kind: 'exhibit', ...text };
  }

  #numberedAt(at: number, index: number, strong: boolean): Heading | undefined {
    const { chars } = this.#flow;
    const numbering = readNumbering(chars, at);
    if (!numbering) return undefined;
    let from = chars[numbering.end] === ' ' ? numbering.end + 1 : numbering.end;
    if (/^[-–—:] /.test(chars.slice(from, from + 2))) from += 2;
    const ends = from >= this.#paragraphs[index]!.end;
    if (!strong && !ends && !/^["“(]?\p{Lu}/u.test(chars.slice(from, from + 2))) return undefined;
    const text = titleFrom(this.#flow, this.#paragraphs, index, from, numbering.end);
    if (!isPlausible(chars, numbering, strong, text)) return undefined;
    if (this.#part === 'front_matter' && !text.title && !topmost.has(numbering.style)) {
      // "(1) Acme Ltd" is a party; "A. Acme makes" is the first recital.
      if (!/^\(?A\)?$/.test(numbering.raw)) return undefined;
      this.#part = 'recitals';
      this.#push(this.#openPart('recitals', at, 'recitals'));
    }
    const level =
      this.#outline.place(numbering, strong || text.title !== undefined) ??
      this.#resume(numbering, index, strong);
    if (level === undefined) return undefined;
    const recitalsEnd = this.#part === 'recitals' && !this.#outline.isOpen('recitals');
    if (this.#part === 'front_matter' || recitalsEnd) this.#part = 'body';
    const kind = this.#kindOf(level, text.title);
    return { start: at, level, number: numbering.raw, kind, ...text };
  }

  /** The level of a number whose series has lost some numbers before it. */
  #resume(numbering: Numbering, index: number, strong: boolean): number | undefined {
    const { chars } = this.#flow;
    if (numbering.style !== 'decimal') return undefined;
    if (strong) {
      const begins = beginsSeries(chars, this.#paragraphs, index, numbering);
      return begins ? this.#outline.restart(numbering) : undefined;
    }
    const resumes = this.#outline.follows(numbering) && isFollowed(chars, numbering);
    return resumes ? this.#outline.place(numbering, true) : undefined;
  }

  /** A heading without a number: a paragraph of its own, or capitals before a colon. */
  #titledAt(index: number): Heading | undefined {
    if (!this.#seenPreamble) return undefined;
    const title = plainTitle(this.#flow.chars, this.#paragraphs, index);
    if (!title) return undefined;
    if (this.#part === 'front_matter' && /(?:agreement|contract)$/i.test(title)) return undefined;
    const { start } = this.#paragraphs[index]!;
    const apart = (this.#flow.gaps[start - 1] ?? gap.page) >= gap.page;
    if (this.#outline.isOpen('signatures') && !(apart && isCapitals(title))) return undefined;
    const style = this.#grouping ? groupTitle : isCapitals(title) ? 'TITLE' : 'Title';
    const level = this.#outline.openAt(style, this.#titleDepth(style));
    if (this.#part === 'recitals' || this.#part === 'front_matter') this.#part = 'body';
    return { start, end: start + title.length, level, title, kind: this.#kindOf(level, title) };
  }

  /** Beside the last title of its style; else within the exhibit and the numbered top level. */
  #titleDepth(style: string): number {
    if (this.#grouping) return this.#outline.leading('exhibit');
    const beside = this.#outline.above(style);
    return beside ?? this.#outline.leading('exhibit', 'TITLE', 'article', 'decimal', 'section');
  }

  #kindOf(level: number, title: string | undefined): Section['kind'] {
    if (this.#part === 'recitals' || this.#part === 'exhibit') return this.#part;
    if (level > 1 && this.#kinds[level - 1] === 'definitions') return 'definitions';
    return title && parts.isDefinitions(title) ? 'definitions' : 'body';
  }
}
