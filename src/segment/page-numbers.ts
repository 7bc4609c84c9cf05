import type { Span } from '../documents.ts';
import { type Chunk, pageBreaks } from './chunks.ts';
import { romanValue } from './numbering.ts';

/** Page numbers in a text without pages lie at least so many characters apart. */
const minPageLength = 400;

/** So many numbers make a series in a text without pages; where there are pages two do. */
const minSeries = 3;

const pageNumberShape =
  /^(?:page|pg\.?)? ?(?:[-–—] ?){0,2}((?:[A-Z]{1,2}-)?)(\d{1,3}|[ivxl]{1,6})(?: ?(?:of|\/) ?(\d{1,3}))?(?: ?[-–—]){0,2}\.?$/i;
/** Chunks that are nothing but a page number and stand in a series of them. */
export function pageNumbers(text: string, chunks: Chunk[], paged: boolean): Chunk[] {
  interface Link {
    chunk: Chunk;
    length: number;
    before?: Link;
  }
  const ends = new Map<string, Link>();
  const links: Link[] = [];
  chunks.forEach((chunk, index) => {
    if (chunk.end - chunk.start > 24) return;
    const match = pageNumberShape.exec(text.slice(chunk.start, chunk.end));
    if (!match) return;
    const next = chunks[index + 1];
    const atEdge = paged
      ? (chunks[index - 3]?.page ?? -1) !== chunk.page || chunks[index + 3]?.page !== chunk.page
      : standsAlone(chunk, next);
    if (!atEdge) return;
    const roman = !/\d/.test(match[2]!);
    const value = roman ? romanValue(match[2]!.toLowerCase()) : Number(match[2]);
    const key = (number: number) => `${roman}${match[1]}${number}`;
    const before = [value - 1, value - 2]
      .map((number) => ends.get(key(number)))
      .find((link) => link && isNextPage(link.chunk, chunk));
    const link = { chunk, before, length: (before?.length ?? 0) + 1 };
    ends.set(key(value), link);
    links.push(link);
  });
  const found = new Set<Chunk>();
  for (const link of links) {
    if (link.length < (paged ? 2 : minSeries)) continue;
    for (let at: Link | undefined = link; at && !found.has(at.chunk); at = at.before) {
      found.add(at.chunk);
    }
  }
  return [...found];

  function isNextPage(before: Chunk, chunk: Chunk): boolean {
    return paged ? before.page < chunk.page : chunk.start - before.end >= minPageLength;
  }
}

const tail = / (?:- ?)?(?:Page )?\d{1,3}(?: of \d{1,3})?(?: ?-)?$/;

/** In a text without pages, with numbers that end the last line of a page apart from that line. */
export function withTails(text: string, chunks: Chunk[], stamps: Span[]): Chunk[] {
  let stamped = 0;
  return chunks.flatMap((chunk, index) => {
    const next = chunks[index + 1];
    while (stamped < stamps.length && stamps[stamped]!.start < chunk.end) stamped++;
    const ends = !next || next.breaks >= pageBreaks || stamps[stamped]?.start === next.start;
    const found = ends && tail.exec(text.slice(Math.max(chunk.start, chunk.end - 20), chunk.end));
    if (!found) return [chunk];
    const start = chunk.end - found[0].length + 1;
    return [chunk, { ...chunk, start, breaks: pageBreaks }];
  });
}

function standsAlone(chunk: Chunk, next: Chunk | undefined): boolean {
  return followsGap(chunk) && (!next || followsGap(next));
}

function followsGap({ breaks, space }: Chunk): boolean {
  return breaks > 1 || space > 3;
}
