import type { Span } from '../domain/documents.ts';
import { partitionPoint } from '../domain/partition-point.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';
import { findMarks, type Mark } from './option-marks.ts';
import type { PreparedText } from './prepared-text.ts';

/** One alternative of a form: its box, and the text that the box is for. */
interface Option extends Span {
  mark: Mark;
}

/** Boxes with nothing but options between them. */
interface OptionGroup {
  options: Option[];
  /** Whether each box stands after its option ("England ☐ Scotland ☒"). */
  marksFollow: boolean;
}

/** More than an option of a form has. */
const maxOptionLength = 2000;
/** Where the options may share what follows the last: "☐ 12 months ☒ 24 months from 1 March 2024". */
const sharedTail =
  /\s(?:from|commencing|starting|beginning|after|following|counted|with effect|effective|subject to|unless|provided|per|in respect|\(the)\b|,\s|\s\(["\u201c]/i;
const auxiliary = /^(?:is|are|shall|will|does|do|may|can|has|have|must)(?: not|n't)?$/;
const auxiliaryStart = /^\s*(?:is|are|shall|will|does|do|may|can|has|have|must)(?: not\b|n't\b)?/i;
const yesOrNo = /^(?:yes|no|y|n|true|false|(?:not |non-?)?applicable|n\/a|none)$/;
const negative = /^(?:no|n|false|(?:not |non-?)applicable|n\/a|none)$/;
/** Before a group: the reader is told to choose, or a value must follow. */
const asksForChoice =
  /(?::|\b(?:of|is|be|for|by|in|to|tick|check|select|choose|one|applicable|either|term|law|renewal))[\s(]*$/i;
/** A line that is no further line of an option. */
const newItem =
  /^\s*(?:\d{1,3}(?:\.\d+)*[.)]?\s|\(?[a-z]{1,3}\)|article\b|section\b|[A-Z][^\n.:]{0,60}:)/i;

/**
 * The text as facts are read from it: of the options of a form, only the ticked ones. The others, and all
 * of them where none is ticked, are blanks, and so are the boxes; offsets stay the same.
 */
export function withTickedOptions(prepared: PreparedText): PreparedText {
  const blanks = mergeSpans(findUntickedSpans(prepared.text));
  if (blanks.length === 0) return prepared;
  const text = blankOut(prepared.text, blanks);
  return {
    ...prepared,
    text,
    sentences: prepared.sentences.map((sentence) => {
      const { start, end } = sentence;
      const blank = blanks[partitionPoint(blanks, (other) => other.end <= start)];
      if (!blank || blank.start >= end) return sentence;
      return { ...sentence, normalized: normalizeForMatching(text.slice(start, end)) };
    }),
  };
}

/** The boxes of options and the options that do not count. */
function findUntickedSpans(text: string): Span[] {
  return findGroups(text)
    .filter((group) => isChoice(text, group))
    .flatMap((group) => blanksOf(text, group))
    .filter(({ start, end }) => start < end);
}

/** The spans in order, those that overlap as one. */
function mergeSpans(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** Line ends stay, since they end titles, rows and paragraphs. */
function blankOut(text: string, spans: Span[]): string {
  let written = '';
  let from = 0;
  for (const { start, end } of spans) {
    written += text.slice(from, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ');
    from = end;
  }
  return written + text.slice(from);
}

function findGroups(text: string): OptionGroup[] {
  const groups: OptionGroup[] = [];
  for (const marks of findMarks(text)) {
    let open: Option[] = [];
    const close = () => {
      if (open.length > 0) groups.push(toGroup(text, open));
      open = [];
    };
    for (const [index, mark] of marks.entries()) {
      const last = open.at(-1);
      if (last && /[^\s,;/|]/.test(text.slice(last.end, mark.start))) close();
      open.push({ mark, start: mark.end, end: optionEnd(text, mark, marks[index + 1]) });
    }
    close();
  }
  return groups;
}

/** Where the text after a box ends: at the next box, or with its line, sentence or paragraph. */
function optionEnd(text: string, mark: Mark, next: Mark | undefined): number {
  const limit = Math.min(next?.start ?? text.length, mark.end + maxOptionLength, text.length);
  const rest = text.slice(mark.end, limit);
  const blankLine = rest.search(/\n[^\S\n]*\n|\f/);
  let end = blankLine >= 0 ? blankLine : rest.length;
  for (const { index } of rest.slice(0, end).matchAll(/\n/g)) {
    const isComplete = /[.;:]\s*$/.test(rest.slice(0, index)) || rest.slice(0, index).trim() === '';
    if (isComplete || newItem.test(rest.slice(index + 1))) {
      end = index;
      break;
    }
  }
  const isAtNextMark = next !== undefined && mark.end + end >= next.start;
  if (mark.isAtLineStart && !isAtNextMark) return mark.end + end;
  for (const { index } of rest.slice(0, end).matchAll(/[.;](?=\s+[\p{Lu}\d"“(])/gu)) {
    const after = rest.slice(index + 1, end);
    if (!isAtNextMark || asksForChoice.test(after)) return mark.end + index + 1;
  }
  return mark.end + end;
}

function toGroup(text: string, options: Option[]): OptionGroup {
  const [first, last] = [options[0]!, options.at(-1)!];
  const lineStart = Math.max(first.mark.lineStart, first.mark.start - maxOptionLength);
  const before = text.slice(lineStart, first.mark.start);
  const nothingAfter = !/[\p{L}\p{N}]/u.test(text.slice(last.start, last.end));
  const marksFollow = nothingAfter && /[\p{L}\p{N}]/u.test(before);
  if (!marksFollow) return { options, marksFollow };
  return {
    marksFollow,
    options: options.map(({ mark }, index) => {
      const previous = options[index - 1];
      return {
        mark,
        start: previous ? previous.mark.end : lineStart + labelEnd(before),
        end: mark.start,
      };
    }),
  };
}

/** Where the first option begins in what stands before its box: after a colon, a sentence, a preposition. */
function labelEnd(before: string): number {
  const answer = /(?<!\p{L})(?:yes|no|(?:not )?applicable)\s*$/iu.exec(before);
  if (answer) return answer.index;
  const label = /^.*(?::|\t|\||[.;?](?=\s)|\b(?:of|is|be|by|for|in|the)(?=\s))/s.exec(before);
  return label ? label[0].length : 0;
}

/** Whether the boxes are those of a choice, and not bullets or gaps to fill in. */
function isChoice(text: string, { options, marksFollow }: OptionGroup): boolean {
  const { family, isCertain, start } = options[0]!.mark;
  const tickedCount = options.filter(({ mark }) => mark.isTicked).length;
  const asks = asksForChoice.test(text.slice(Math.max(0, start - 60), start));
  // Bullets of two levels look the same.
  const isSingleChoice = tickedCount === 1 && (asks || options.length <= 4);
  if (tickedCount > 0 && (family === 'circle' || isFilledSquare(text, options)))
    return isSingleChoice && tickedCount < options.length;
  if (tickedCount > 0) return tickedCount < options.length || family === 'box';
  if (family === 'rule') return false;
  if (isCertain) return true;
  if (options.length < 2) return false;
  const areInLine = options.slice(1).every(({ mark }) => !mark.isAtLineStart);
  if (family === 'box' || family === 'circle') return asks || areInLine || marksFollow;
  const stand = options.map((option) => text.slice(option.start, option.end).trim());
  return areInLine ? stand.every(readsAsOption) : stand.every((option) => /\p{L}{2}/u.test(option));
}

const isFilledSquare = (text: string, options: Option[]): boolean =>
  options.every(({ mark }) => /[■⬛◼□▢◻]/u.test(text.slice(mark.start, mark.end)));

/** Whether the text after an empty bracket is an alternative, and not the rest of a gap: "[ ] 2020". */
function readsAsOption(option: string): boolean {
  if (auxiliaryStart.test(option)) return true;
  if (
    /^(?:(?:19|20)\d\d|january|february|march|april|may|june|july|august|september|october|november|december)\b/i.test(
      option,
    )
  )
    return false;
  return /^(?:[\p{Lu}\d]|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|twenty|thirty|thirty-six|sixty|ninety)\b)/u.test(
    option,
  );
}

function blanksOf(text: string, { options, marksFollow }: OptionGroup): Span[] {
  const label = (option: Option) =>
    normalizeForMatching(text.slice(option.start, option.end)).replace(/[\s.,;:|]+$/, '');
  const labels = options.map(label);
  const marks = options.map(({ mark }) => ({ start: mark.start, end: mark.end }));
  const ticked = options.filter(({ mark }) => mark.isTicked);
  const [first, last] = [options[0]!, options.at(-1)!];
  const begin = Math.min(first.start, first.mark.start);
  const end = Math.max(last.end, last.mark.end);
  const areYesOrNo = labels.filter((answer) => yesOrNo.test(answer)).length >= options.length / 2;
  const deny = areYesOrNo && ticked.some((option) => negative.test(label(option)));
  const depends = areYesOrNo || labels.slice(0, -1).some((answer) => auxiliary.test(answer));
  if (deny || (ticked.length === 0 && depends)) {
    return [{ start: statementStart(text, begin), end }];
  }
  if (ticked.length === 0) return [{ start: begin, end }];
  const unticked = options.filter(({ mark }) => !mark.isTicked);
  return [
    ...marks,
    ...unticked.map((option) =>
      option === last && !marksFollow
        ? { start: option.start, end: option.start + ownLength(text, option, options) }
        : { start: option.start, end: option.end },
    ),
  ];
}

/** The start of the line or sentence that an answer of yes or no is for. */
function statementStart(text: string, at: number): number {
  const before = text.slice(Math.max(0, at - maxOptionLength), at).replace(/[.;?\s]+$/, '');
  const boundary = /^.*(?:\n|[.;?](?=\s))/s.exec(before);
  return Math.max(0, at - maxOptionLength) + (boundary ? boundary[0].length : 0);
}

/** How much of the text after the last box belongs to that option alone. */
function ownLength(text: string, last: Option, options: Option[]): number {
  const rest = text.slice(last.start, last.end);
  if (last.mark.isAtLineStart) return rest.length;
  const others = options.slice(0, -1).map((option) => text.slice(option.start, option.end));
  if (others.some((other) => auxiliary.test(normalizeForMatching(other)))) {
    return auxiliaryStart.exec(rest)?.[0].length ?? rest.length;
  }
  const isShared = !others.some((other) => sharedTail.test(other.trimEnd()));
  const tail = isShared ? sharedTail.exec(rest) : undefined;
  return tail ? tail.index : rest.length;
}
