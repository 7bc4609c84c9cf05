import type { Numbering } from './numbering.ts';

/** A heading that is still open: what follows may stand under it. */
interface Open {
  style: string;
  values: number[];
}

const maxDepth = 7;
/** How many numbers may be missing in a series ("intentionally omitted"). */
const maxSkip = 3;
/** Parts of a contract that hold no numbered sections, so that a number ends them. */
const holdNothing = new Set(['signatures', 'recitals', 'agreement']);
/** The style of titles under which the numbers of one series are grouped. */
export const groupTitle = 'group';
/** Styles of the numbers that "2.1" may stand under. */
const parents = new Set(['decimal', 'article', 'section', 'clause', 'part', 'I.']);
/** Styles that stand above all other numbers. */
const ranked = new Set(['article', 'part', 'chapter']);
const inRecitals = new Set(['A.', '(A)', '(a)', 'a.', '(1)', '(i)', '(I)']);

/** The open headings, outermost first; knows where in the series the next number belongs. */
export class Outline {
  #open: Open[] = [];
  /** The outermost number that a title closed, and where it stood: its series may go on. */
  #suspended?: { number: Open; index: number; grouped: boolean };

  get depth(): number {
    return this.#open.length;
  }

  /** Whether a heading of this style is open. */
  isOpen(style: string): boolean {
    return this.#open.some((open) => open.style === style);
  }

  /** Opens a heading that has no number, `below` so many open ones; its level. */
  openAt(style: string, below: number): number {
    const grouped = style === groupTitle;
    const index = this.#open.findIndex((open, i) => i >= below && open.values.length > 0);
    if (style === 'exhibit') this.#suspended = undefined;
    else if (index >= 0) this.#suspended = { number: this.#open[index]!, index, grouped };
    this.#open.length = Math.min(below, this.#open.length);
    this.#open.push({ style, values: [] });
    return this.#open.length;
  }

  /** How many open headings stand above a heading of this style when it is a sibling of the last. */
  above(style: string): number | undefined {
    const index = this.#open.findLastIndex((open) => open.style === style);
    return index < 0 ? undefined : index;
  }

  /** How many of the outermost open headings are of one of these styles. */
  leading(...styles: string[]): number {
    let count = 0;
    while (count < this.#open.length && styles.includes(this.#open[count]!.style)) count++;
    return count;
  }

  /**
   * Places a number: its level, or undefined where it continues no series. A `strong` one stands
   * at the start of a paragraph and may leave numbers out; another must be the very next.
   */
  place(numbering: Numbering, strong: boolean): number | undefined {
    const readings = numbering.other ? [numbering, numbering.other] : [numbering];
    for (const reading of readings) {
      const index = this.#nextInSeries(reading, 1);
      if (index !== undefined) return this.#push(reading, index);
    }
    const closed = this.#suspended;
    for (const reading of readings) {
      if (closed && follows(reading, closed.number, strong ? maxSkip : 1)) {
        return this.#push(reading, closed.grouped ? this.#open.length : closed.index);
      }
    }
    for (const reading of readings) {
      const index = this.#startOfSeries(reading);
      if (index !== undefined) return this.#push(reading, index);
    }
    if (!strong) return undefined;
    for (const reading of readings) {
      const index = this.#nextInSeries(reading, maxSkip);
      if (index !== undefined) return this.#push(reading, index);
    }
    return undefined;
  }

  /** Whether a number continues an open series, some numbers left out. */
  follows(numbering: Numbering): boolean {
    return this.#nextInSeries(numbering, maxSkip) !== undefined;
  }

  /** Places a number that continues no series, as the start of a new one; its level. */
  restart(numbering: Numbering): number | undefined {
    return this.#push(numbering, this.leading('exhibit', groupTitle));
  }

  #push(open: Open, index: number): number | undefined {
    if (index >= maxDepth) return undefined;
    this.#open.length = Math.min(index, this.#open.length);
    this.#open.push({ style: open.style, values: open.values });
    return this.#open.length;
  }

  /** Where it goes if it follows an open number of its style by at most `skip`. */
  #nextInSeries({ style, values }: Open, skip: number): number | undefined {
    let found: number | undefined;
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const open = this.#open[i]!;
      if (open.style !== style || open.values.length === 0) continue;
      if (values.length === open.values.length && sameStem(values, open.values)) {
        if (follows({ style, values }, open, skip)) return i;
      } else if (values.length > 1 || open.values.length > 1) {
        // 4.1 after 3.7 where no heading 4 stands between; 4 after 3.7 where none was numbered 3.
        const step = values[0]! - open.values[0]!;
        if (step >= 1 && step <= skip && values.slice(1).every((value) => value <= skip)) found = i;
      }
    }
    return found;
  }

  /** Where it goes if it is the first of its series. */
  #startOfSeries({ style, values }: Open): number | undefined {
    if (style === 'decimal' && values.length > 1) return this.#belowItsParent(values);
    if (values[0] !== 1) return undefined;
    const end = this.#endOfOpen(style);
    // A list within a numbered section may itself count 1, 2, 3; other series begin anew.
    const same = this.#open.flatMap((open, i) =>
      open.style === style && open.values.length === values.length ? [i] : [],
    );
    if (same.length >= (style === 'decimal' ? 2 : 1)) return same.at(-1);
    const outermost = this.leading('exhibit', 'part', groupTitle);
    const numbered = this.#open.some((open, i) => i >= outermost && open.values.length > 0);
    // The first number of a part stands beside the titles before it, not under the last of them.
    const topmost = ranked.has(style) || (!numbered && end === this.#open.length);
    return topmost && !this.isOpen('recitals') ? outermost : end;
  }

  #belowItsParent(values: number[]): number | undefined {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const open = this.#open[i]!;
      if (!parents.has(open.style) || open.values.length >= values.length) continue;
      const stem = open.values.every((value, depth) => value === values[depth]);
      if (stem && values[open.values.length]! <= 1 + maxSkip) return i + 1;
    }
    const started = this.#open.some((open) => open.style === 'decimal' && open.values.length > 0);
    if (started || values[0]! > 1 || values.some((value) => value > 1)) return undefined;
    return this.#endOfOpen('decimal');
  }

  /** Above what a first number goes: within what is open, but for parts that a number ends. */
  #endOfOpen(style: string): number {
    const index = this.#open.findIndex((open) => holdNothing.has(open.style));
    const holds = index >= 0 && this.#open[index]!.style === 'recitals' && inRecitals.has(style);
    return index < 0 || holds ? this.#open.length : index;
  }
}

/** Whether a number comes after another of its series with at most `skip - 1` left out. */
function follows(number: Open, before: Open, skip: number): boolean {
  const { values } = number;
  if (number.style !== before.style || values.length !== before.values.length) return false;
  const step = values.at(-1)! - before.values.at(-1)!;
  return step >= 1 && step <= skip && sameStem(values, before.values);
}

function sameStem(a: number[], b: number[]): boolean {
  for (let i = 0; i < a.length - 1; i++) if (a[i] !== b[i]) return false;
  return true;
}
