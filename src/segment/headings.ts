import type { Section, Span } from '../documents.ts';
import { isDigit, isUpper } from './characters.ts';
import { type Flow, gap } from './flow.ts';
import { type Numbering, readNumbering } from './numbering.ts';
import { groupTitle, Outline } from './outline.ts';
import { isCapitals, isTitle, titleEnd } from './titles.ts';

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

/** How far a heading that lost its full stop may lie before the number of its first section. */
const maxTitle = 130;
/** How near to "By:" a name, a title or another signature must stand. */
const maxSignature = 300;
/** How far ahead the next number of a series is looked for. */
const maxSection = 6000;
/** A contract's own title and cover come before the first paragraph of this length. */
const minProse = 150;

const label =
  /(EXHIBIT|Exhibit|SCHEDULE|Schedule|ANNEX|Annex|ANNEXURE|APPENDIX|Appendix|ATTACHMENT|Attachment|ADDENDUM|Addendum) ((?:No\. ?)?(?:["“]?[A-Z]{1,2}(?:[-.]?\d{1,2}){0,2}["”]?|\d{1,2}(?:\.\d{1,2}){0,2}(?:[-(]?[A-Za-z]\)?)?|[IVX]{1,5}))(?= |$|[-–—:.,;)])/y;
const witness = /IN WITNESS (?:WHEREOF|THEREOF|HEREOF)|In [Ww]itness [Ww]hereof/y;
/** How a signature block without these words begins, after names and "Executed as of". */
const signing =
  /(?:By|BY|Per|PER|Signed|Signature|SIGNATURE) ?:(?= |$)|(?:By|BY) (?=\/s\/|_{3})|\/s\/ ?(?=\p{Lu})/uy;
const signatureField = /(?:Name|NAME|Title|TITLE|Its|ITS|Date|DATE|By|BY) ?:|\/s\/|_{6}/;
const execution =
  /^(?:executed|signed|agreed|accepted|acknowledged|approved|the parties|this agreement|\[?signature)/i;
const therefore = /NOW,? ?THEREFORE|Now,? ?[Tt]herefore/y;
const recital =
  /(?:RECITALS?|Recitals|BACKGROUND|Background|WITNESSETH|W I T N E S S E T H|PREAMBLE|Preamble)(?=[ :;,.]|$)/y;
const whereas = /WHEREAS(?=[ ,:;])|Whereas(?=[ ,:])/y;
const definitions =
  /^(?:certain |general )?(?:definitions?|defined terms|definitions? and .*|interpretation|glossary)\b/i;
const organisation =
  /\b(?:Inc|INC|LLC|L\.L\.C|Ltd|LTD|Limited|LIMITED|Corp|CORP|Corporation|CORPORATION|GmbH|L\.P|LP|N\.A|S\.A|PLC|plc|Co)\b\.?,?$/;
const preamble =
  /\b(?:between|among|entered into|made (?:and|as of|effective)|dated as of|part(?:y|ies)|agrees?)\b/i;
/** Styles that a contract's first section may have without a title. */
const topmost = new Set(['article', 'section', 'decimal', 'clause', 'part', 'chapter', 'I.']);
const reference =
  /\b(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|annex|appendix|no|of|in|to|and|or|under)$/i;
const formLine = /^(?:By|BY|Name|NAME|Title|TITLE|Date|DATE|Its|Attn|Address|Signed?)\b/;

/** The headings of a contract, in order. */
export function headingsOf(flow: Flow, paragraphs: Span[], contents?: Span): Heading[] {
  const headings = new Reader(flow, paragraphs, contents, false).read();
  if (!titlesGroup(headings)) return headings;
  return new Reader(flow, paragraphs, contents, true).read();
}

/** Whether titles without numbers stand above the top-level numbers: "Name", "2. The name is". */
function titlesGroup(headings: Heading[]): boolean {
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

class Reader {
  readonly #chars: string;
  readonly #gaps: Uint8Array;
  readonly #paragraphs: Span[];
  readonly #contents?: Span;
  readonly #outline = new Outline();
  readonly #headings: Heading[] = [];
  /** What the sections now read belong to: an exhibit's sections are the exhibit's. */
  #part: Section['kind'] = 'front_matter';
  #seenProse = false;
  #exhibit = '';
  /** By level, the kind of the last heading. */
  readonly #kinds: Section['kind'][] = [];

  readonly #grouping: boolean;

  constructor(flow: Flow, paragraphs: Span[], contents: Span | undefined, grouping: boolean) {
    this.#grouping = grouping;
    this.#chars = flow.chars;
    this.#gaps = flow.gaps;
    this.#paragraphs = paragraphs;
    this.#contents = contents;
  }

  read(): Heading[] {
    const contents = this.#contents;
    this.#paragraphs.forEach((paragraph, index) => {
      if (contents && paragraph.start >= contents.start && paragraph.end <= contents.end) return;
      this.#readParagraph(paragraph, index);
      if (paragraph.end - paragraph.start >= minProse && !this.#seenProse) {
        this.#seenProse = preamble.test(this.#chars.slice(paragraph.start, paragraph.start + 1000));
      }
    });
    return dropListed(this.#headings);
  }

  #readParagraph(paragraph: Span, index: number): void {
    const { start, end } = paragraph;
    let at = Math.max(start, this.#headings.at(-1)?.end ?? 0);
    while (at < end) {
      const heading = this.#headingAt(at, paragraph, index);
      if (heading) {
        this.#push(heading);
        at = Math.max(heading.end, at + 1);
        if (this.#chars[at] === ' ') at++;
        if (at < end && this.#chars[at - 1] === ' ' && heading.end > heading.start) continue;
      }
      const blank = this.#chars.indexOf(' ', at);
      at = blank < 0 || blank >= end ? end : blank + 1;
    }
  }

  #push(heading: Heading): void {
    this.#headings.push(heading);
    this.#kinds.length = heading.level;
    this.#kinds[heading.level] = heading.kind;
  }

  #headingAt(at: number, paragraph: Span, index: number): Heading | undefined {
    const contents = this.#contents;
    if (contents && at >= contents.start && at < contents.end) return undefined;
    const first = this.#chars.charCodeAt(at);
    // Headings begin with a digit, a letter, "(" or "§": most words end here.
    const initial = this.#chars[at]!;
    const strong = at === paragraph.start;
    if (
      !strong &&
      first > 0x60 &&
      first < 0x7b &&
      !/[.)]/.test(this.#chars.slice(at + 1, at + 6))
    ) {
      return undefined;
    }
    const opens = strong || this.#followsEnd(at);
    if (!opens && !this.#followsTitle(at, paragraph.start)) return undefined;
    return (
      (isUpper(initial) || initial === '/'
        ? this.#partAt(at, paragraph, index, opens, strong)
        : undefined) ??
      this.#numberedAt(at, paragraph, index, strong) ??
      (strong ? this.#titledAt(paragraph, index) : undefined)
    );
  }

  /** Whether a sentence, a heading or a line ends before `at`. */
  #followsEnd(at: number): boolean {
    if ((this.#gaps[at - 1] ?? gap.page) >= gap.wide) return true;
    if (this.#headings.at(-1)?.end === at - 1) return true;
    const before = this.#chars.slice(Math.max(0, at - 8), at - 1);
    return /(?:[.;:!?]["”’)\]]*|; and)$/.test(before) && !/\b(?:Nos?|Sec|Art)\.$/i.test(before);
  }

  /** Whether what lies between the last number and `at` is a heading that lost its full stop. */
  #followsTitle(at: number, paragraphStart: number): boolean {
    const last = this.#headings.at(-1);
    const before = this.#chars.slice(Math.max(0, at - maxTitle), at - 1);
    const since = [
      last && last.title === undefined ? last.end + 1 : -1,
      paragraphStart,
      at - 1 - (/(?<=[.;:!?]["”’)\]]* )[^.;:!?]{3,80}$/.exec(before)?.[0].length ?? Infinity),
    ];
    return since.some((from) => {
      if (from < 0 || from >= at - 1 || at - from > maxTitle) return false;
      const title = this.#chars.slice(from, at - 1);
      return isTitle(title) && !reference.test(title);
    });
  }

  /** Exhibits, recitals, the agreement proper and signatures. */
  #partAt(
    at: number,
    paragraph: Span,
    index: number,
    opens: boolean,
    strong: boolean,
  ): Heading | undefined {
    if (!opens) return undefined;
    const chars = this.#chars;
    const exhibit = matchAt(label, chars, at);
    if (exhibit) return this.#exhibitAt(at, exhibit, paragraph, index, strong);
    if (matchAt(witness, chars, at)) {
      this.#part = this.#outline.isOpen('exhibit') ? 'exhibit' : 'body';
      return this.#open('signatures', at, at, 'signatures');
    }
    if (matchAt(signing, chars, at)) return this.#signaturesAt(at, index);
    const early = this.#part === 'front_matter' || this.#part === 'recitals';
    if (!early) return undefined;
    if (matchAt(therefore, chars, at)) {
      this.#part = 'body';
      return this.#open('agreement', at, at, 'body');
    }
    if (this.#part === 'recitals') return undefined;
    const title = matchAt(recital, chars, at);
    const rest = title && chars.slice(at + title[0].length, at + title[0].length + 12);
    if (
      title &&
      (isCapitals(title[0]) || /^[:.]?(?:$| (?:A\.|1\.|\([Aa1]\)|WHEREAS))/.test(rest!))
    ) {
      this.#part = 'recitals';
      return this.#open('recitals', at, at + title[0].length, 'recitals', title[0]);
    }
    if (matchAt(whereas, chars, at)) {
      this.#part = 'recitals';
      return this.#open('recitals', at, at, 'recitals');
    }
    return undefined;
  }

  /** A signature block that begins without "In witness whereof": from the names above it on. */
  #signaturesAt(at: number, index: number): Heading | undefined {
    if (!this.#seenProse || this.#outline.isOpen('signatures')) return undefined;
    if (!signatureField.test(this.#chars.slice(at + 3, at + maxSignature))) return undefined;
    let first = index;
    while (first > 0 && index - first < 4 && this.#isAboveSignature(this.#paragraphs[first - 1]!)) {
      first--;
    }
    const start = first < index ? this.#paragraphs[first]!.start : at;
    const last = this.#headings.at(-1);
    if (last && last.end > start && last.number !== undefined) return undefined;
    while (this.#headings.length > 0 && this.#headings.at(-1)!.end > start) this.#headings.pop();
    return this.#open('signatures', start, start, 'signatures');
  }

  #isAboveSignature({ start, end }: Span): boolean {
    const words = this.#chars.slice(start, Math.min(end, start + 300));
    if (readNumbering(this.#chars, start) || words.includes('@')) return false;
    return end - start < 90
      ? !/[a-z]{3}[.;]$/.test(words)
      : end - start < 250 && execution.test(words);
  }

  #open(style: string, start: number, end: number, kind: Section['kind'], title?: string): Heading {
    const level = this.#outline.openAt(style, this.#outline.leading('exhibit'));
    return { start, end, level, kind, ...(title === undefined ? {} : { title }) };
  }

  #exhibitAt(
    at: number,
    match: RegExpExecArray,
    paragraph: Span,
    index: number,
    strong: boolean,
  ): Heading | undefined {
    if (this.#part === 'front_matter' && !this.#seenProse) return undefined;
    const number = match[0];
    const after = at + number.length;
    const capital = isCapitals(match[1]!);
    const rest = this.#chars.slice(after, Math.min(paragraph.end, after + maxTitle));
    const alone = rest.length < 3;
    const separated = /^(?: ?[-–—:.]{1,2} | ?\()/.test(rest);
    const opening = rest.replace(/^[ \-–—:.]+/, '');
    const titled = isUpper(opening[0] ?? '') || opening === '';
    // "Exhibit A is attached", "Schedule 1, which": a sentence, not a heading.
    if (!alone && !(strong && (separated || titled)) && !(capital && titled)) return undefined;
    if (!strong && !capital) return undefined;
    if (this.#part === 'exhibit' && this.#exhibit === number.toLowerCase()) return undefined;
    this.#part = 'exhibit';
    this.#exhibit = number.toLowerCase();
    const level = this.#outline.openAt('exhibit', 0);
    const titleStart = after + (rest.length - opening.length);
    const { title, end } = this.#titleFrom(titleStart, after, paragraph, index);
    return { start: at, end, level, number, kind: 'exhibit', ...(title ? { title } : {}) };
  }

  #numberedAt(at: number, paragraph: Span, index: number, strong: boolean): Heading | undefined {
    const numbering = readNumbering(this.#chars, at);
    if (!numbering) return undefined;
    const titleStart = this.#chars[numbering.end] === ' ' ? numbering.end + 1 : numbering.end;
    const dashed = /^[-–—:] /.exec(this.#chars.slice(titleStart, titleStart + 2))?.[0].length ?? 0;
    const from = titleStart + dashed;
    const next = this.#chars.slice(from, from + 2);
    if (!strong && !/^["“(]?\p{Lu}/u.test(next) && from < paragraph.end) return undefined;
    const { title, end } = this.#titleFrom(from, numbering.end, paragraph, index);
    const stopped = /[.:]/.test(this.#chars[end - 1]!);
    if (!this.#plausible(numbering, strong, stopped ? title : undefined, title)) {
      return undefined;
    }
    if (this.#part === 'front_matter' && !title && !topmost.has(numbering.style)) {
      // "(1) Acme Ltd" is a party; "A. Acme makes" is the first recital.
      if (!/^\(?A\)?$/.test(numbering.raw)) return undefined;
      this.#part = 'recitals';
      this.#push(this.#open('recitals', at, at, 'recitals'));
    }
    const level =
      this.#outline.place(numbering, strong || title !== undefined) ??
      (strong
        ? this.#restarted(numbering, index)
        : this.#continued(numbering) && this.#outline.place(numbering, true)) ??
      undefined;
    if (!level) return undefined;
    if (
      this.#part === 'front_matter' ||
      (this.#part === 'recitals' && !this.#outline.isOpen('recitals'))
    ) {
      this.#part = 'body';
    }
    return {
      start: at,
      end: title ? end : numbering.end,
      level,
      number: numbering.raw,
      kind: this.#kindOf(level, title),
      ...(title ? { title } : {}),
    };
  }

  /** Whether a number of this kind may stand here, whatever its series. */
  #plausible(
    numbering: Numbering,
    strong: boolean,
    stopped: string | undefined,
    title: string | undefined,
  ): boolean {
    // "30 days", "12 Months": a number without a full stop needs a heading after it.
    const bare = numbering.style === 'decimal' && numbering.values.length === 1;
    const closed = numbering.raw.includes('.') || /[.):]/.test(this.#chars[numbering.end - 1]!);
    const worded = !isDigit(numbering.raw[0]!);
    if (bare && !closed && !worded && !/^\p{L}/u.test(title ?? '')) return false;
    if (strong) return true;
    if (/^\(|[a-z]\.$|\)$/.test(numbering.style))
      return stopped !== undefined && /^[^\d()]+$/.test(stopped);
    return true;
  }

  /** A new series where the next numbered paragraph goes on from this one. */
  #restarted(numbering: Numbering, index: number): number | undefined {
    if (numbering.style !== 'decimal') return undefined;
    for (let i = index + 1; i < Math.min(index + 8, this.#paragraphs.length); i++) {
      const next = readNumbering(this.#chars, this.#paragraphs[i]!.start);
      if (next?.style !== 'decimal') continue;
      const same = next.values.length === numbering.values.length;
      const step = next.values.at(-1)! - numbering.values.at(-1)!;
      if (
        same &&
        step === 1 &&
        next.values.slice(0, -1).join() === numbering.values.slice(0, -1).join()
      ) {
        return this.#outline.restart(numbering);
      }
      return undefined;
    }
    return undefined;
  }

  /** Whether the number after this one comes soon, so that the series has merely lost some. */
  #continued(numbering: Numbering): boolean {
    const { style, values } = numbering;
    if (style !== 'decimal' || !this.#outline.follows(numbering)) return false;
    const next = [...values.slice(0, -1), values.at(-1)! + 1].join('.');
    const ahead = this.#chars.slice(numbering.end, numbering.end + maxSection);
    return ahead.includes(` ${next}. `) || (values.length > 1 && ahead.includes(` ${next} `));
  }

  /** The title that starts at `from` in the paragraph, or is the next paragraph. */
  #titleFrom(
    from: number,
    numberEnd: number,
    paragraph: Span,
    index: number,
  ): { title?: string; end: number } {
    const chars = this.#chars;
    if (from >= paragraph.end) {
      return this.#titleBelow(numberEnd, index + 1);
    }
    let soft = from + 1;
    while (soft < paragraph.end && soft < from + maxTitle && this.#gaps[soft]! < gap.double) soft++;
    const end = titleEnd(chars, from, paragraph.end, soft);
    if (end === undefined) return { end: numberEnd };
    return { title: chars.slice(from, end).replace(/[.:\s–—-]+$/, ''), end };
  }

  /** The title that is the next paragraph, or begins it in capitals. */
  #titleBelow(numberEnd: number, index: number): { title?: string; end: number } {
    const next = this.#paragraphs[index];
    if (!next) return { end: numberEnd };
    const { start } = next;
    const head = this.#chars.slice(start, Math.min(next.end, start + maxTitle));
    const other = readNumbering(head, 0) ?? matchAt(label, head, 0) ?? formLine.exec(head);
    if (other) return { end: numberEnd };
    const end = titleEnd(this.#chars, start, next.end, next.end);
    const title = end === undefined ? '' : this.#chars.slice(start, end);
    const whole = end === next.end && isTitle(title);
    if (end === undefined || !(whole || isCapitals(title))) return { end: numberEnd };
    return { title: title.replace(/[.:\s–—-]+$/, ''), end };
  }

  /** A heading without a number: a paragraph of its own, or capitals before a colon. */
  #titledAt(paragraph: Span, index: number): Heading | undefined {
    if (!this.#seenProse) return undefined;
    const { start, end } = paragraph;
    const chars = this.#chars;
    const head = chars.slice(start, Math.min(end, start + maxTitle));
    if (formLine.test(head) || organisation.test(head.replace(/[:.]$/, ''))) return undefined;
    let title: string | undefined;
    if (end - start < maxTitle && isTitle(head.replace(/[:.]$/, ''))) {
      if (!isCapitals(head) && !this.#introduces(index)) return undefined;
      title = head.replace(/[:.]$/, '');
    } else {
      const runIn = /^([^.:]{4,80})[.:] /.exec(head)?.[1];
      const named = runIn?.replace(/ \d{1,2}$/, '');
      if (named && isCapitals(named) && isTitle(named)) title = named;
    }
    if (!title || !/\p{L}{4}/u.test(title)) return undefined;
    if (this.#part === 'front_matter' && /(?:agreement|contract)$/i.test(title)) return undefined;
    const apart = (this.#gaps[start - 1] ?? gap.page) >= gap.page;
    if (this.#outline.isOpen('signatures') && !(apart && isCapitals(title))) return undefined;
    const style = this.#grouping ? groupTitle : isCapitals(title) ? 'TITLE' : 'Title';
    const below = this.#grouping ? this.#outline.leading('exhibit') : this.#titleDepth(style);
    const level = this.#outline.openAt(style, below);
    if (this.#part === 'recitals' || this.#part === 'front_matter') this.#part = 'body';
    return { start, end: start + title.length, level, title, kind: this.#kindOf(level, title) };
  }

  /** Whether text, not another short line, follows the paragraph. */
  #introduces(index: number): boolean {
    const next = this.#paragraphs[index + 1];
    if (!next) return false;
    return next.end - next.start >= 60 || readNumbering(this.#chars, next.start) !== undefined;
  }

  /** Beside the last heading of its kind; else within the exhibit and the numbered top level. */
  #titleDepth(style: string): number {
    const beside = this.#outline.above(style);
    if (beside !== undefined) return beside;
    return Math.min(
      this.#outline.depth,
      this.#outline.leading('exhibit', 'TITLE', 'article', 'decimal', 'section'),
    );
  }

  #kindOf(level: number, title: string | undefined): Section['kind'] {
    if (this.#part === 'recitals' || this.#part === 'exhibit') return this.#part;
    if (level > 1 && this.#kinds[level - 1] === 'definitions') return 'definitions';
    return title && definitions.test(title) ? 'definitions' : 'body';
  }
}

/** Without exhibits that are merely listed: the same label comes again later. */
function dropListed(headings: Heading[]): Heading[] {
  const last = new Map<string, Heading>();
  for (const heading of headings) {
    if (heading.kind === 'exhibit' && heading.number && heading.level === 1) {
      last.set(heading.number.toLowerCase(), heading);
    }
  }
  return headings.filter((heading, index) => {
    if (heading.kind !== 'exhibit' || heading.level !== 1 || !heading.number) return true;
    const next = headings[index + 1];
    const listed = next !== undefined && next.start - heading.start < 200 && next.level === 1;
    return !listed || last.get(heading.number.toLowerCase()) === heading;
  });
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
