import type { Span } from '../documents.ts';
import type { Flow } from './flow.ts';
import { type Numbering, readNumbering } from './numbering.ts';

/** A table of contents begins within so many characters. */
const maxBefore = 20_000;
const maxTable = 40_000;
/** Entries of a table of contents follow each other within so many characters. */
const maxEntry = 260;
const minEntries = 4;

const marker = /\bTABLE OF CONTENTS\b|\bTable of Contents\b|(?:^| )(?:CONTENTS|INDEX)(?= )/;

/**
 * The table of contents, if there is one: from its title, or its first dotted line, to where the
 * first of its entries comes again as a heading, or to its last entry.
 */
export function contentsOf(flow: Flow, paragraphs: Span[]): Span | undefined {
  const { chars } = flow;
  const head = chars.slice(0, maxBefore);
  const found = marker.exec(head);
  const start = found?.index ?? leadersStart(head);
  if (start === undefined) return undefined;
  const from = found ? start + found[0].length : start;
  const limit = Math.min(chars.length, from + maxTable);
  const entries: { at: number; entry: Numbering }[] = [];
  for (let at = from; at < limit; at = chars.indexOf(' ', at) + 1) {
    const entry = topLevel(chars, at);
    if (entry) {
      const last = entries.at(-1);
      if (last && at - last.at > maxEntry && entries.length >= minEntries) break;
      entries.push({ at, entry });
    }
    if (chars.indexOf(' ', at) < 0) break;
  }
  const first = entries[0];
  if (!first) return found ? untilProse(from) : undefined;
  let count = 1;
  let last = first.at;
  for (const { at, entry } of entries.slice(1)) {
    const again =
      entry.style === first.entry.style && entry.values.join() === first.entry.values.join();
    if (again && count >= minEntries - 1) return { start, end: at };
    if (at - last > maxEntry * 2) break;
    last = at;
    count++;
  }
  return count >= minEntries ? untilProse(last) : undefined;

  /** To the end of the short lines that follow. */
  function untilProse(after: number): Span | undefined {
    const prose = paragraphs.find((p) => p.start > after && p.end - p.start > 150);
    if (!prose || prose.start - after > maxTable) return undefined;
    return { start: start!, end: prose.start };
  }
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
