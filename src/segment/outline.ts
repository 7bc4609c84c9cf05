import type { Numbering } from './numbering.ts';

/** A heading under which the next heading may be nested. */
interface OpenHeading {
  style: string;
  values: number[];
}

const maxDepth = 7;
/** How many numbers may be missing in a series ("intentionally omitted"). */
const maxSkip = 3;
/** Styles of sections that hold no numbered sections, so that a number ends them. */
const unnumberedStyles = new Set(['signatures', 'recitals', 'agreement']);
/** The style of titles under which the numbers of one series are grouped. */
export const groupTitle = 'group';
/** Styles of the numbers that "2.1" may stand under. */
const parentStyles = new Set(['decimal', 'article', 'section', 'clause', 'part', 'I.']);
/** Number styles that rank above all others. */
const topRankStyles = new Set(['article', 'part', 'chapter']);
const recitalStyles = new Set(['A.', '(A)', '(a)', 'a.', '(1)', '(i)', '(I)']);

/** The open headings, outermost first. Decides where the next number belongs. */
export class Outline {
  #open: OpenHeading[] = [];
  /** The outermost number that a title closed, and its depth: its series may continue. */
  #suspendedSeries?: { number: OpenHeading; index: number; isGrouped: boolean };

  get depth(): number {
    return this.#open.length;
  }

  /** Whether a heading of this style is open. */
  isOpen(style: string): boolean {
    return this.#open.some((open) => open.style === style);
  }

  /** Opens a heading without a number below the given count of open headings; returns its level. */
  openAt(style: string, below: number): number {
    const isGrouped = style === groupTitle;
    const index = this.#open.findIndex((open, i) => i >= below && open.values.length > 0);
    if (style === 'exhibit') this.#suspendedSeries = undefined;
    else if (index >= 0) this.#suspendedSeries = { number: this.#open[index]!, index, isGrouped };
    this.#open.length = Math.min(below, this.#open.length);
    this.#open.push({ style, values: [] });
    return this.#open.length;
  }

  /** The depth of the innermost open heading of this style; undefined if none is open. */
  siblingDepth(style: string): number | undefined {
    const index = this.#open.findLastIndex((open) => open.style === style);
    return index < 0 ? undefined : index;
  }

  /** How many open headings, counted from the outermost, are of one of these styles. */
  countLeading(...styles: string[]): number {
    let count = 0;
    while (count < this.#open.length && styles.includes(this.#open[count]!.style)) count++;
    return count;
  }

  /**
   * Places a number; returns its level, or undefined if it continues no series.
   * @param startsParagraph whether it starts a paragraph; if so, some numbers before it may be
   * missing
   */
  insert(numbering: Numbering, startsParagraph: boolean): number | undefined {
    const interpretations = numbering.alternative
      ? [numbering, numbering.alternative]
      : [numbering];
    for (const interpretation of interpretations) {
      const index = this.#nextInSeries(interpretation, 1);
      if (index !== undefined) return this.#push(interpretation, index);
    }
    const suspended = this.#suspendedSeries;
    for (const interpretation of interpretations) {
      if (
        suspended &&
        isSuccessor(interpretation, suspended.number, startsParagraph ? maxSkip : 1)
      ) {
        return this.#push(
          interpretation,
          suspended.isGrouped ? this.#open.length : suspended.index,
        );
      }
    }
    for (const interpretation of interpretations) {
      const index = this.#startOfSeries(interpretation);
      if (index !== undefined) return this.#push(interpretation, index);
    }
    if (!startsParagraph) return undefined;
    for (const interpretation of interpretations) {
      const index = this.#nextInSeries(interpretation, maxSkip);
      if (index !== undefined) return this.#push(interpretation, index);
    }
    return undefined;
  }

  /** Whether a number continues an open series, with some numbers missing at most. */
  continuesSeries(numbering: Numbering): boolean {
    return this.#nextInSeries(numbering, maxSkip) !== undefined;
  }

  /** Places a number as the start of a new series; returns its level. */
  startSeries(numbering: Numbering): number | undefined {
    return this.#push(numbering, this.countLeading('exhibit', groupTitle));
  }

  #push(open: OpenHeading, index: number): number | undefined {
    if (index >= maxDepth) return undefined;
    this.#open.length = Math.min(index, this.#open.length);
    this.#open.push({ style: open.style, values: open.values });
    return this.#open.length;
  }

  /** The depth of the open number that it follows by at most `skip`. */
  #nextInSeries({ style, values }: OpenHeading, skip: number): number | undefined {
    let found: number | undefined;
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const open = this.#open[i]!;
      if (open.style !== style || open.values.length === 0) continue;
      if (values.length === open.values.length && sameStem(values, open.values)) {
        if (isSuccessor({ style, values }, open, skip)) return i;
      } else if (values.length > 1 || open.values.length > 1) {
        // 4.1 after 3.7 where no heading 4 stands between; 4 after 3.7 where none was numbered 3.
        const step = values[0]! - open.values[0]!;
        if (step >= 1 && step <= skip && values.slice(1).every((value) => value <= skip)) found = i;
      }
    }
    return found;
  }

  /** The depth at which it starts a series, if it is the first of one. */
  #startOfSeries({ style, values }: OpenHeading): number | undefined {
    if (style === 'decimal' && values.length > 1) return this.#depthBelowParent(values);
    if (values[0] !== 1) return undefined;
    const end = this.#depthOfEndingPart(style);
    // A list within a numbered section may count 1, 2, 3 itself; other series start again.
    const sameStyle = this.#open.flatMap((open, i) =>
      open.style === style && open.values.length === values.length ? [i] : [],
    );
    if (sameStyle.length >= (style === 'decimal' ? 2 : 1)) return sameStyle.at(-1);
    const outermost = this.countLeading('exhibit', 'part', groupTitle);
    const hasNumbered = this.#open.some((open, i) => i >= outermost && open.values.length > 0);
    // The first number after titles is their sibling, not nested under the last of them.
    const isTopLevel = topRankStyles.has(style) || (!hasNumbered && end === this.#open.length);
    return isTopLevel && !this.isOpen('recitals') ? outermost : end;
  }

  #depthBelowParent(values: number[]): number | undefined {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const open = this.#open[i]!;
      if (!parentStyles.has(open.style) || open.values.length >= values.length) continue;
      const sharesStem = open.values.every((value, depth) => value === values[depth]);
      if (sharesStem && values[open.values.length]! <= 1 + maxSkip) return i + 1;
    }
    const hasDecimal = this.#open.some(
      (open) => open.style === 'decimal' && open.values.length > 0,
    );
    if (hasDecimal || values[0]! > 1 || values.some((value) => value > 1)) return undefined;
    return this.#depthOfEndingPart('decimal');
  }

  /**
   * The depth of a first number: below all open headings, but outside sections that a number ends.
   */
  #depthOfEndingPart(style: string): number {
    const index = this.#open.findIndex((open) => unnumberedStyles.has(open.style));
    const holdsRecital =
      index >= 0 && this.#open[index]!.style === 'recitals' && recitalStyles.has(style);
    return index < 0 || holdsRecital ? this.#open.length : index;
  }
}

/** Whether a number follows another of its series with at most `skip - 1` missing between them. */
function isSuccessor(number: OpenHeading, before: OpenHeading, skip: number): boolean {
  const { values } = number;
  if (number.style !== before.style || values.length !== before.values.length) return false;
  const step = values.at(-1)! - before.values.at(-1)!;
  return step >= 1 && step <= skip && sameStem(values, before.values);
}

function sameStem(a: number[], b: number[]): boolean {
  for (let i = 0; i < a.length - 1; i++) if (a[i] !== b[i]) return false;
  return true;
}
