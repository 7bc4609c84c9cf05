import type { Span } from '../documents.ts';
import type { Flow } from './flow.ts';
import { type Numbering, readNumbering } from './numbering.ts';

/** A table of contents begins within so many characters. */
const maxBefore = 20_000;
const maxTable = 40_000;
/** Entries of a table of contents follow each other within so many characters. */
const maxEntry = 450;
/** Without a title, entries of a table of contents are on average no longer than this. */
const meanEntry = 90;
const minUntitled = 8;
const minEntries = 4;

const marker = /\bTABLE OF CONTENTS?\b|\bTable of Contents?\b|(?:^| )(?:CONTENTS|INDEX)(?= )/;

const opens =
  /\b(?:WHEREAS|NOW,? THEREFORE|entered into|(?:THIS|This) [A-Za-z ]{0,80}(?:AGREEMENT|Agreement))\b/;

/**
 * The table of contents, if there is one: from its title, or its first dotted line, to where the
 * first of its entries comes again as a heading, or to its last entry.
 */
export function contentsOf(flow: Flow, paragraphs: Span[]): Span | undefined {
  const { chars } = flow;
  const head = chars.slice(0, maxBefore);
  const titled = marker.exec(head);
  const start = titled?.index ?? leadersStart(head);
  const from = start === undefined ? 0 : start + (titled?.[0].length ?? 0);
  const entries = entriesFrom(chars, from, start === undefined);
  const first = entries[0];
  if (!first) return titled ? untilProse(from) : undefined;
  const again = entries.findIndex(
    ({ entry }, index) =>
      index >= minEntries - 1 &&
      entry.style === first.entry.style &&
      entry.values.join() === first.entry.values.join(),
  );
  if (start === undefined) {
    const close = again >= minUntitled && entries[again]!.at - first.at < again * meanEntry;
    return close ? upTo(first.at, entries[again]!.at) : undefined;
  }
  if (again >= 0) return upTo(start, entries[again]!.at);
  const table = entries.length >= minEntries ? untilProse(entries.at(-1)!.at) : undefined;
  return table && upTo(start, table.end);

  /** To `end`, or to the contract's opening words where they come before. */
  function upTo(begin: number, end: number): Span {
    const opening = opens.exec(chars.slice(entries[minEntries - 1]!.at, end));
    if (!opening) return { start: begin, end };
    const at = entries[minEntries - 1]!.at + opening.index;
    const paragraph = paragraphs.findLast((p) => p.start <= at)?.start ?? at;
    return { start: begin, end: paragraph > entries[minEntries - 1]!.at ? paragraph : at };
  }

  /** To the end of the short lines that follow. */
  function untilProse(after: number): Span | undefined {
    const prose = paragraphs.find((p) => p.start > after && p.end - p.start > 150);
    if (!prose || prose.start - after > maxTable) return undefined;
    return { start: start ?? after, end: prose.start };
  }
}

interface Entry {
  at: number;
  entry: Numbering;
}

/** Numbers that follow each other closely from `from` on; with `first`, from a number one on. */
function entriesFrom(chars: string, from: number, first: boolean): Entry[] {
  const entries: Entry[] = [];
  const limit = Math.min(chars.length, from + (first ? maxBefore : maxTable));
  for (let at = from; at < limit;) {
    const entry = topLevel(chars, at);
    if (entry && (entries.length > 0 || !first || entry.values[0] === 1)) {
      const last = entries.at(-1);
      if (last && at - last.at > maxEntry) {
        if (entries.length >= minEntries) break;
        entries.length = 0;
      }
      entries.push({ at, entry });
    }
    const blank = chars.indexOf(' ', at);
    if (blank < 0) break;
    at = blank + 1;
  }
  return entries;
}

function topLevel(chars: string, at: number): Numbering | undefined {
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

/** Where lines with dot leaders and page numbers begin, if there are several. */
function leadersStart(head: string): number | undefined {
  const first = /\.{5}|(?:\. ){5}/.exec(head);
  if (!first) return undefined;
  const leaders = head.match(/(?:\.{5,400}|(?:\. ?){5,400}) ?\d{1,3}(?= |$)/g) ?? [];
  if (leaders.length < minEntries + 1) return undefined;
  return Math.max(0, head.lastIndexOf(' ', Math.max(0, first.index - 100)) + 1);
}
