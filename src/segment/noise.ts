import type { Page, Span } from '../documents.ts';
import { isLineBreak, isSpace, trimSpan } from './characters.ts';

/** A run of text between line breaks, tabs or three and more blanks. */
interface Chunk extends Span {
  /** Line breaks before it. */
  breaks: number;
  /** White space before it, in characters; Infinity at the start of the text. */
  space: number;
  page: number;
}

/** How many chunks at either edge of a page may be a header or a footer. */
const edgeDepth = 6;
/** On how many pages a line must stand to be a header or a footer. */
const minRepeats = 3;
/** A run of so many line breaks in a text without pages is where a page ended. */
const pageBreaks = 4;
/** Page numbers in a text without pages lie at least so many characters apart. */
const minPageLength = 400;

/**
 * Page headers, footers and page numbers, in order. A line counts only where it recurs at the edges
 * of three or more pages, alike but for a number that counts the pages; a page number only in a
 * series. In a text without pages they are what long runs of line breaks, page numbers and filing
 * stamps leave between them. When in doubt, text is kept.
 */
export function findNoise(text: string, pages: Page[]): Span[] {
  const chunks = splitChunks(text, pages);
  const noise = new Set<Chunk>();
  const paged = pages.length > 1;
  const stamps = filingStamps(text);
  const candidates = paged ? chunks : withTails(text, chunks, stamps);
  for (const chunk of pageNumbers(text, candidates, paged)) noise.add(chunk);
  if (!paged) numberPages(chunks, noise, stamps);
  for (const chunk of recurringEdges(text, chunks, noise)) noise.add(chunk);
  return merge(text, [...noise, ...stamps]);
}

function splitChunks(text: string, pages: Page[]): Chunk[] {
  const chunks: Chunk[] = [];
  let start = -1;
  let breaks = 0;
  let space = Infinity;
  let page = 0;
  let at = 0;
  while (at < text.length) {
    if (!isSpace(text.charCodeAt(at))) {
      if (start < 0) start = at;
      at++;
      continue;
    }
    let end = at;
    let found = 0;
    let tab = false;
    while (end < text.length && isSpace(text.charCodeAt(end))) {
      if (isLineBreak(text, end)) found++;
      if (text.charCodeAt(end) === 9) tab = true;
      end++;
    }
    if (start >= 0 && (found > 0 || tab || end - at >= 3)) {
      chunks.push({ start, end: at, breaks, space, page: pageAt(start) });
      start = -1;
      breaks = 0;
      space = 0;
    }
    if (start < 0) {
      breaks += found;
      space += end - at;
    }
    at = end;
  }
  if (start >= 0) chunks.push({ start, end: text.length, breaks, space, page: pageAt(start) });
  return chunks;

  function pageAt(offset: number): number {
    while (page + 1 < pages.length && offset >= pages[page + 1]!.start) page++;
    return page;
  }
}

const pageNumberShape =
  /^(?:page|pg\.?)? ?(?:[-–—] ?){0,2}((?:[A-Z]{1,2}-)?)(\d{1,3}|[ivxl]{1,6})(?: ?(?:of|\/) ?(\d{1,3}))?(?: ?[-–—]){0,2}\.?$/i;
const romanDigits: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

/** The value of a Roman numeral in lower case, however well formed. */
export function romanValue(numeral: string): number {
  let value = 0;
  for (let i = 0; i < numeral.length; i++) {
    const digit = romanDigits[numeral[i]!] ?? 0;
    value += digit < (romanDigits[numeral[i + 1] ?? ''] ?? 0) ? -digit : digit;
  }
  return value;
}

/** Chunks that are nothing but a page number and stand in a series of them. */
function pageNumbers(text: string, chunks: Chunk[], paged: boolean): Chunk[] {
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
    if (link.length < (paged ? 2 : minRepeats)) continue;
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
function withTails(text: string, chunks: Chunk[], stamps: Span[]): Chunk[] {
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
  const wide = (at: Chunk | undefined) => !at || at.breaks > 1 || at.space > 3;
  return wide(chunk) && wide(next);
}

const stamp = /^Source: [^\n]{2,90}?, [A-Z0-9][A-Z0-9\-/ ]{0,11}, \d{1,2}\/\d{1,2}\/\d{4}(?!\S)/;

/** "Source: ACME INC, 10-K, 3/1/2010": what a viewer of filings prints at the foot of each page. */
function filingStamps(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('Source: '); at >= 0; at = text.indexOf('Source: ', at + 8)) {
    if (at > 0 && !isSpace(text.charCodeAt(at - 1))) continue;
    const match = stamp.exec(text.slice(at, at + 130));
    if (match) spans.push({ start: at, end: at + match[0].length });
  }
  return spans;
}

/** Gives the chunks of a text without pages the pages that page breaks, numbers and stamps betray. */
function numberPages(chunks: Chunk[], noise: Set<Chunk>, stamps: Span[]): void {
  let page = 0;
  let stampAt = 0;
  let ended = false;
  for (const chunk of chunks) {
    while (stampAt < stamps.length && stamps[stampAt]!.end <= chunk.start) stampAt++;
    const stamped = (stamps[stampAt]?.start ?? Infinity) < chunk.end;
    if (chunk.breaks >= pageBreaks || (ended && !noise.has(chunk) && !stamped)) page++;
    chunk.page = page;
    ended = noise.has(chunk) || stamped;
  }
}

/** What stands in signature blocks and forms on many pages and yet is text. */
const formLabel =
  /^(?:by|name|title|date|dated|its|and|or|signature|signed|address|attn|attention|witness|per|email|telephone|fax|total)\b[^a-z]*$/i;

/** Chunks at the edges of pages that recur there. */
function recurringEdges(text: string, chunks: Chunk[], known: Set<Chunk>): Chunk[] {
  const groups = new Map<string, Chunk[]>();
  const keys = new Map<Chunk, string>();
  const edges = pageEdges(chunks);
  for (const edge of edges) {
    for (const chunk of edge.chunks) {
      if (chunk.end - chunk.start > 400) continue;
      const words = text.slice(chunk.start, chunk.end).toLowerCase().split(/\s+/).join(' ');
      if (formLabel.test(words) || !/\p{L}{3}/u.test(words)) continue;
      const key = edge.side + words.replace(/\d+/g, '#');
      keys.set(chunk, key);
      const group = groups.get(key);
      if (group) group.push(chunk);
      else groups.set(key, [chunk]);
    }
  }
  const recurring = new Set<Chunk>();
  for (const group of groups.values()) {
    for (const chunk of alikeOnManyPages(text, group)) recurring.add(chunk);
  }
  const found: Chunk[] = [];
  for (const edge of edges) {
    for (const chunk of edge.chunks) {
      if (recurring.has(chunk)) found.push(chunk);
      else if (!known.has(chunk)) break;
    }
  }
  return found;
}

/** For each page its first chunks, from the top inwards, and its last, from the bottom inwards. */
function pageEdges(chunks: Chunk[]): { side: 'top' | 'bottom'; chunks: Chunk[] }[] {
  const edges: { side: 'top' | 'bottom'; chunks: Chunk[] }[] = [];
  let first = 0;
  for (let i = 1; i <= chunks.length; i++) {
    if (chunks[i]?.page === chunks[first]?.page && i < chunks.length) continue;
    edges.push({ side: 'top', chunks: chunks.slice(first, Math.min(i, first + edgeDepth)) });
    edges.push({
      side: 'bottom',
      chunks: chunks.slice(Math.max(first, i - edgeDepth), i).reverse(),
    });
    first = i;
  }
  return edges;
}

/** Of chunks alike but for digits: those the same on three pages, or whose number counts the pages. */
function alikeOnManyPages(text: string, group: Chunk[]): Chunk[] {
  if (group.length < minRepeats) return [];
  const byText = new Map<string, Chunk[]>();
  const byOffset = new Map<number, Chunk[]>();
  for (const chunk of group) {
    const words = text.slice(chunk.start, chunk.end);
    push(byText, words.split(/\s+/).join(' '), chunk);
    for (const number of new Set(words.match(/\d{1,4}/g))) {
      push(byOffset, Number(number) - chunk.page, chunk);
    }
  }
  return [...byText.values(), ...byOffset.values()].filter(onManyPages).flat();
}

function onManyPages(chunks: Chunk[]): boolean {
  return new Set(chunks.map((chunk) => chunk.page)).size >= minRepeats;
}

function push<K>(map: Map<K, Chunk[]>, key: K, chunk: Chunk): void {
  const list = map.get(key);
  if (list) list.push(chunk);
  else map.set(key, [chunk]);
}

/** In order, without overlaps, and as one span where only white space lies between. */
function merge(text: string, spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last && (span.start <= last.end || !trimSpan(text, last.end, span.start))) {
      last.end = Math.max(last.end, span.end);
    } else {
      merged.push({ start: span.start, end: span.end });
    }
  }
  return merged;
}
