import type { Section, Span } from '../domain/documents.ts';
import { isCapitals, isUpper } from './characters.ts';
import {
  followsTitle,
  isPlausibleHeading,
  readUnnumberedTitle,
  readTitle,
} from './heading-text.ts';
import { type NormalizedText, whitespaceKind } from './normalized-text.ts';
import { beginsSeries, hasSuccessor, type Numbering, readNumbering } from './numbering.ts';
import { groupTitle, Outline } from './outline.ts';
import * as sectionKinds from './section-kinds.ts';

/** A heading, or the start of a section without one. Offsets are in the normalized text. */
export interface Heading {
  start: number;
  /** The end of number and title; equal to `start` where there is neither. */
  end: number;
  level: number;
  number?: string;
  title?: string;
  kind: Section['kind'];
}

/** The contract's title and cover come before the first paragraph of this length. */
const minProseLength = 150;
/**
 * Bounds the time and memory for a text. One with more headings is a list and not a contract, and
 * none of them counts.
 */
const maxHeadings = 100_000;
/** Number styles that a contract's first section may have without a title. */
const topLevelStyles = new Set([
  'article',
  'section',
  'decimal',
  'clause',
  'part',
  'chapter',
  'I.',
]);

/** Reads the headings of one contract, paragraph by paragraph. */
class HeadingParser {
  readonly #normalizedText: NormalizedText;
  readonly #paragraphs: Span[];
  readonly #tableOfContents?: Span;
  /** Whether titles without numbers group the numbered sections. */
  readonly #hasGroupTitles: boolean;
  readonly #outline = new Outline();
  readonly #headings: Heading[] = [];
  /** By level, the kind of the last heading. */
  readonly #kindByLevel: Section['kind'][] = [];
  /** The kind of the current section; within an exhibit, all sections are `exhibit`. */
  #sectionKind: Section['kind'] = 'front_matter';
  #currentExhibit = '';
  #hasSeenPreamble = false;

  constructor(
    normalizedText: NormalizedText,
    paragraphs: Span[],
    tableOfContents: Span | undefined,
    hasGroupTitles: boolean,
  ) {
    this.#normalizedText = normalizedText;
    this.#paragraphs = paragraphs;
    this.#tableOfContents = tableOfContents;
    this.#hasGroupTitles = hasGroupTitles;
  }

  parse(): Heading[] {
    for (const [index, { start, end }] of this.#paragraphs.entries()) {
      this.#parseParagraph(index);
      if (this.#hasTooMany) return [];
      if (end - start < minProseLength || this.#hasSeenPreamble || this.#isInTableOfContents(start))
        continue;
      this.#hasSeenPreamble = sectionKinds.isPreamble(
        this.#normalizedText.chars.slice(start, start + 1000),
      );
    }
    return this.#headings;
  }

  get #hasTooMany(): boolean {
    return this.#headings.length > maxHeadings;
  }

  #isInTableOfContents(at: number): boolean {
    return (
      this.#tableOfContents !== undefined &&
      at >= this.#tableOfContents.start &&
      at < this.#tableOfContents.end
    );
  }

  #parseParagraph(index: number): void {
    const { chars } = this.#normalizedText;
    const { start, end } = this.#paragraphs[index]!;
    let at = Math.max(start, this.#headings.at(-1)?.end ?? 0);
    while (at < end && !this.#hasTooMany) {
      const heading = this.#isInTableOfContents(at) ? undefined : this.#headingAt(at, index);
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
    this.#kindByLevel.length = heading.level;
    this.#kindByLevel[heading.level] = heading.kind;
  }

  #headingAt(at: number, index: number): Heading | undefined {
    const { chars } = this.#normalizedText;
    const paragraph = this.#paragraphs[index]!;
    const startsParagraph = at === paragraph.start;
    const initial = chars[at]!;
    // Fast path: a lower-case word that is not "a." or "iv)" begins no heading.
    const isPlainWord = !startsParagraph && initial >= 'a' && initial <= 'z';
    if (isPlainWord && !/[.)]/.test(chars.slice(at + 1, at + 6))) return undefined;
    const last = this.#headings.at(-1);
    const numberEnd = last?.title === undefined ? last?.end : undefined;
    const isBoundary = startsParagraph || this.#followsEnd(at);
    // Only a number begins a heading elsewhere; to look for one is fast.
    if (!isBoundary && !readNumbering(chars, at)) return undefined;
    if (!isBoundary && !followsTitle(chars, at, paragraph.start, numberEnd)) return undefined;
    const section =
      isBoundary && (isUpper(initial) || initial === '/') && this.#sectionKindAt(at, index);
    if (section) return section;
    return (
      this.#numberedAt(at, index, startsParagraph) ??
      (startsParagraph ? this.#titledAt(index) : undefined)
    );
  }

  /** Whether a sentence, a heading or a line ends before `at`. */
  #followsEnd(at: number): boolean {
    if ((this.#normalizedText.whitespace[at - 1] ?? whitespaceKind.page) >= whitespaceKind.wide)
      return true;
    if (this.#headings.at(-1)?.end === at - 1) return true;
    const before = this.#normalizedText.chars.slice(Math.max(0, at - 8), at - 1);
    return /(?:[.;:!?]["”’)\]]*|; and)$/.test(before) && !/\b(?:Nos?|Sec|Art)\.$/i.test(before);
  }

  /** The start of an exhibit, the recitals, the agreement or the signatures. */
  #sectionKindAt(at: number, index: number): Heading | undefined {
    const { chars } = this.#normalizedText;
    if (sectionKinds.startsExhibitLabel(chars, at)) return this.#exhibitAt(at, index);
    if (sectionKinds.startsWitness(chars, at)) {
      this.#sectionKind = this.#outline.isOpen('exhibit') ? 'exhibit' : 'body';
      return this.#openSection('signatures', at, 'signatures');
    }
    if (sectionKinds.startsSignature(chars, at)) return this.#signaturesAt(at, index);
    if (this.#sectionKind !== 'front_matter' && this.#sectionKind !== 'recitals') return undefined;
    if (sectionKinds.startsAgreement(chars, at)) {
      this.#sectionKind = 'body';
      return this.#openSection('agreement', at, 'body');
    }
    const title = sectionKinds.readRecitalsTitle(chars, at);
    if (this.#sectionKind === 'recitals' || !(title || sectionKinds.startsWhereas(chars, at)))
      return undefined;
    this.#sectionKind = 'recitals';
    return this.#openSection('recitals', at, 'recitals', title);
  }

  /** Opens a section without a number at the top level, or at the top level of an exhibit. */
  #openSection(style: string, start: number, kind: Section['kind'], title?: string): Heading {
    const level = this.#outline.openAt(style, this.#outline.countLeading('exhibit'));
    if (title === undefined) return { start, end: start, level, kind };
    return { start, end: start + title.length, level, kind, title };
  }

  /** A signature block that begins without "In witness whereof". */
  #signaturesAt(at: number, index: number): Heading | undefined {
    if (!this.#hasSeenPreamble || this.#outline.isOpen('signatures')) return undefined;
    const start = sectionKinds.findSignatureStart(
      this.#normalizedText.chars,
      this.#paragraphs,
      index,
      at,
    );
    const last = this.#headings.at(-1);
    if (last && last.end > start && last.number !== undefined) return undefined;
    // Capitals above "By:" are a party's name, not a heading.
    while (this.#headings.length > 0 && this.#headings.at(-1)!.end > start) this.#headings.pop();
    return this.#openSection('signatures', start, 'signatures');
  }

  #exhibitAt(at: number, index: number): Heading | undefined {
    if (this.#sectionKind === 'front_matter' && !this.#hasSeenPreamble) return undefined;
    const label = sectionKinds.readExhibitLabel(
      this.#normalizedText.chars,
      at,
      this.#paragraphs[index]!,
    );
    if (!label) return undefined;
    const { number, titleStart } = label;
    const continuesExhibit =
      this.#sectionKind === 'exhibit' && this.#currentExhibit === number.toLowerCase();
    if (continuesExhibit) return undefined;
    this.#sectionKind = 'exhibit';
    this.#currentExhibit = number.toLowerCase();
    const level = this.#outline.openAt('exhibit', 0);
    const after = at + number.length;
    const text = readTitle(this.#normalizedText, this.#paragraphs, index, titleStart, after);
    return { start: at, level, number, kind: 'exhibit', ...text };
  }

  #numberedAt(at: number, index: number, startsParagraph: boolean): Heading | undefined {
    const { chars } = this.#normalizedText;
    const numbering = readNumbering(chars, at);
    if (!numbering) return undefined;
    let from = chars[numbering.end] === ' ' ? numbering.end + 1 : numbering.end;
    if (/^[-–—:] /.test(chars.slice(from, from + 2))) from += 2;
    const endsParagraph = from >= this.#paragraphs[index]!.end;
    if (!startsParagraph && !endsParagraph && !/^["“(]?\p{Lu}/u.test(chars.slice(from, from + 2)))
      return undefined;
    const text = readTitle(this.#normalizedText, this.#paragraphs, index, from, numbering.end);
    if (!isPlausibleHeading(chars, numbering, startsParagraph, text)) return undefined;
    if (
      this.#sectionKind === 'front_matter' &&
      !text.title &&
      !topLevelStyles.has(numbering.style)
    ) {
      // "(1) Acme Ltd" is a party; "A. Acme makes" is the first recital.
      if (!/^\(?A\)?$/.test(numbering.raw)) return undefined;
      this.#sectionKind = 'recitals';
      this.#push(this.#openSection('recitals', at, 'recitals'));
    }
    const level =
      this.#outline.insert(numbering, startsParagraph || text.title !== undefined) ??
      this.#resumeSeries(numbering, index, startsParagraph);
    if (level === undefined) return undefined;
    const recitalsEnd = this.#sectionKind === 'recitals' && !this.#outline.isOpen('recitals');
    if (this.#sectionKind === 'front_matter' || recitalsEnd) this.#sectionKind = 'body';
    const kind = this.#kindOf(level, text.title);
    return { start: at, level, number: numbering.raw, kind, ...text };
  }

  /** The level of a number whose series lacks some numbers before it. */
  #resumeSeries(numbering: Numbering, index: number, startsParagraph: boolean): number | undefined {
    const { chars } = this.#normalizedText;
    if (numbering.style !== 'decimal') return undefined;
    if (startsParagraph) {
      const beginsNewSeries = beginsSeries(chars, this.#paragraphs, index, numbering);
      return beginsNewSeries ? this.#outline.startSeries(numbering) : undefined;
    }
    const resumes = this.#outline.continuesSeries(numbering) && hasSuccessor(chars, numbering);
    return resumes ? this.#outline.insert(numbering, true) : undefined;
  }

  /** A heading without a number: a paragraph of its own, or capitals before a colon. */
  #titledAt(index: number): Heading | undefined {
    if (!this.#hasSeenPreamble) return undefined;
    const title = readUnnumberedTitle(this.#normalizedText.chars, this.#paragraphs, index);
    if (!title) return undefined;
    if (this.#sectionKind === 'front_matter' && /(?:agreement|contract)$/i.test(title))
      return undefined;
    const { start } = this.#paragraphs[index]!;
    const startsPage =
      (this.#normalizedText.whitespace[start - 1] ?? whitespaceKind.page) >= whitespaceKind.page;
    if (this.#outline.isOpen('signatures') && !(startsPage && isCapitals(title))) return undefined;
    const style = this.#hasGroupTitles ? groupTitle : isCapitals(title) ? 'TITLE' : 'Title';
    const level = this.#outline.openAt(style, this.#titleDepth(style));
    if (this.#sectionKind === 'recitals' || this.#sectionKind === 'front_matter')
      this.#sectionKind = 'body';
    return { start, end: start + title.length, level, title, kind: this.#kindOf(level, title) };
  }

  /**
   * The depth of the last title of the same style; else below the exhibit and the top-level number.
   */
  #titleDepth(style: string): number {
    if (this.#hasGroupTitles) return this.#outline.countLeading('exhibit');
    const siblingDepth = this.#outline.siblingDepth(style);
    return (
      siblingDepth ??
      this.#outline.countLeading('exhibit', 'TITLE', 'article', 'decimal', 'section')
    );
  }

  #kindOf(level: number, title: string | undefined): Section['kind'] {
    if (this.#sectionKind === 'recitals' || this.#sectionKind === 'exhibit')
      return this.#sectionKind;
    if (level > 1 && this.#kindByLevel[level - 1] === 'definitions') return 'definitions';
    return title && sectionKinds.isDefinitions(title) ? 'definitions' : 'body';
  }
}

/** A shorter exhibit whose label recurs later is only listed. */
const maxListedExhibitLength = 200;

/** The headings of a contract, in order. */
export function findHeadings(
  normalizedText: NormalizedText,
  paragraphs: Span[],
  tableOfContents?: Span,
): Heading[] {
  const parse = (hasGroupTitles: boolean) =>
    removeListedExhibits(
      new HeadingParser(normalizedText, paragraphs, tableOfContents, hasGroupTitles).parse(),
    );
  const headings = parse(false);
  return titlesGroupSections(headings) ? parse(true) : headings;
}

/** Whether titles without numbers stand above the top-level numbers: "Name", "2. The name is". */
function titlesGroupSections(headings: Heading[]): boolean {
  let grouped = 0;
  let numbered = 0;
  headings.forEach((heading, index) => {
    if (heading.kind === 'exhibit' || !/^\d+$/.test(heading.number ?? '')) return;
    numbered++;
    const before = headings[index - 1];
    if (before && !before.number && before.title && heading.start - before.end < 3) grouped++;
  });
  return grouped >= 3 && grouped * 4 > numbered;
}

/** Removes exhibits that are only listed: the same label recurs later. */
function removeListedExhibits(headings: Heading[]): Heading[] {
  const last = new Map<string | undefined, Heading>();
  const isExhibit = (heading: Heading) => heading.kind === 'exhibit' && heading.level === 1;
  for (const heading of headings) {
    if (isExhibit(heading)) last.set(heading.number?.toLowerCase(), heading);
  }
  return headings.filter((heading, index) => {
    const next = headings[index + 1];
    if (!isExhibit(heading) || !next || next.level > 1) return true;
    const isListed = next.start - heading.start < maxListedExhibitLength;
    return !isListed || last.get(heading.number?.toLowerCase()) === heading;
  });
}
