import type { Span } from '../domain/documents.ts';
import type { NormalizedText } from './normalized-text.ts';
import { type Numbering, readNumbering } from './numbering.ts';

/** A table of contents begins within this many characters. */
const maxTableStart = 20_000;
const maxTableLength = 40_000;
/** The most characters from one entry of a table of contents to the next. */
const maxEntryLength = 450;
/** The mean length of entries of a table of contents without a title, at most. */
const maxMeanEntryLength = 90;
const minUntitledEntries = 8;
const minEntries = 4;

const tableTitle = /\bTABLE OF CONTENTS?\b|\bTable of Contents?\b|(?:^| )(?:CONTENTS|INDEX)(?= )/;

const openingPhrase =
  /\b(?:WHEREAS|NOW,? THEREFORE|entered into|(?:THIS|This) [A-Za-z ]{0,80}(?:AGREEMENT|Agreement))\b/;

/**
 * Finds the table of contents: from its title, or its first dotted line, to where its first entry
 * recurs as a heading, or to its last entry. Undefined if there is none.
 */
export function findTableOfContents(
  normalizedText: NormalizedText,
  paragraphs: Span[],
): Span | undefined {
  const { chars } = normalizedText;
  const head = chars.slice(0, maxTableStart);
  const titleMatch = tableTitle.exec(head);
  const start = titleMatch?.index ?? findDotLeaders(head);
  const from = start === undefined ? 0 : start + (titleMatch?.[0].length ?? 0);
  const entries = readEntries(chars, from, start === undefined);
  const first = entries[0];
  if (!first) return titleMatch ? extendToProse(from) : undefined;
  const repeatIndex = entries.findIndex(
    ({ numbering }, index) =>
      index >= minEntries - 1 &&
      numbering.style === first.numbering.style &&
      numbering.values.join() === first.numbering.values.join(),
  );
  if (start === undefined) {
    const isDense =
      repeatIndex >= minUntitledEntries &&
      entries[repeatIndex]!.at - first.at < repeatIndex * maxMeanEntryLength;
    return isDense ? cutAtOpening(first.at, entries[repeatIndex]!.at) : undefined;
  }
  if (repeatIndex >= 0) return cutAtOpening(start, entries[repeatIndex]!.at);
  const table = entries.length >= minEntries ? extendToProse(entries.at(-1)!.at) : undefined;
  return table && cutAtOpening(start, table.end);

  /** To `end`, or to the contract's opening words where they come before. */
  function cutAtOpening(begin: number, end: number): Span {
    const opening = openingPhrase.exec(chars.slice(entries[minEntries - 1]!.at, end));
    if (!opening) return { start: begin, end };
    const at = entries[minEntries - 1]!.at + opening.index;
    const paragraph = paragraphs.findLast((p) => p.start <= at)?.start ?? at;
    return { start: begin, end: paragraph > entries[minEntries - 1]!.at ? paragraph : at };
  }

  /** To the end of the short lines that follow. */
  function extendToProse(after: number): Span | undefined {
    const prose = paragraphs.find((p) => p.start > after && p.end - p.start > 150);
    if (!prose || prose.start - after > maxTableLength) return undefined;
    return { start: start ?? after, end: prose.start };
  }
}

interface TableEntry {
  at: number;
  numbering: Numbering;
}

/** Numbers that follow each other closely after `from`; with `startAtOne`, after a number one. */
function readEntries(chars: string, from: number, startAtOne: boolean): TableEntry[] {
  const entries: TableEntry[] = [];
  const limit = Math.min(chars.length, from + (startAtOne ? maxTableStart : maxTableLength));
  for (let at = from; at < limit;) {
    const numbering = readTopLevelNumber(chars, at);
    if (numbering && (entries.length > 0 || !startAtOne || numbering.values[0] === 1)) {
      const last = entries.at(-1);
      if (last && at - last.at > maxEntryLength) {
        if (entries.length >= minEntries) break;
        entries.length = 0;
      }
      entries.push({ at, numbering });
    }
    const blank = chars.indexOf(' ', at);
    if (blank < 0) break;
    at = blank + 1;
  }
  return entries;
}

function readTopLevelNumber(chars: string, at: number): Numbering | undefined {
  const numbering = readNumbering(chars, at);
  if (!numbering || numbering.values[0]! > 99) return undefined;
  const rest = chars.slice(numbering.end, numbering.end + 3);
  if (numbering.style === 'decimal') {
    return /^ ?["“]?\p{Lu}/u.test(rest) ? numbering : undefined;
  }
  return ['article', 'section', 'part', 'clause', 'chapter', 'I.', 'A.'].includes(numbering.style)
    ? numbering
    : undefined;
}

/** Where lines with dot leaders and page numbers begin; undefined if there are only a few. */
function findDotLeaders(head: string): number | undefined {
  const first = /\.{5}|(?:\. ){5}/.exec(head);
  if (!first) return undefined;
  const leaders = head.match(/(?:\.{5,400}|(?:\. ?){5,400}) ?\d{1,3}(?= |$)/g) ?? [];
  if (leaders.length < minEntries + 1) return undefined;
  return Math.max(0, head.lastIndexOf(' ', Math.max(0, first.index - 100)) + 1);
}
