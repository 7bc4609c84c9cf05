import type { Page, Span } from '../documents.ts';
import { isSpace, trimSpan } from './characters.ts';
import { type Chunk, chunksOf, pageBreaks } from './chunks.ts';
import { pageNumbers, withTails } from './page-numbers.ts';

/** How many chunks at either edge of a page may be a header or a footer. */
const edgeDepth = 6;
/** A line whose number counts the pages is no longer than this: longer ones are text. */
const maxCounted = 100;
const clauseNumber = /^(?:\d+[.)]|\d+\.\d|\()/;
/** On how many pages a line must stand to be a header or a footer. */
const minRepeats = 3;

/**
 * Page headers, footers and page numbers, in order. A line counts only where it recurs at the edges
 * of three or more pages, alike but for a number that counts the pages; a page number only in a
 * series. In a text without pages they are what long runs of line breaks, page numbers and filing
 * stamps leave between them. When in doubt, text is kept.
 */
export function findNoise(text: string, pages: Page[]): Span[] {
  const chunks = chunksOf(text, pages);
  const noise = new Set<Chunk>();
  const paged = pages.length > 1;
  const stamps = filingStamps(text);
  const candidates = paged ? chunks : withTails(text, chunks, stamps);
  for (const chunk of pageNumbers(text, candidates, paged)) noise.add(chunk);
  if (!paged) numberPages(chunks, noise, stamps);
  for (const chunk of recurringEdges(text, chunks, noise)) noise.add(chunk);
  return merge(text, [...noise, ...stamps]);
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
    if (words.length > maxCounted || clauseNumber.test(words)) continue;
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
