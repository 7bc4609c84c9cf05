import type { Page, Span } from '../domain/documents.ts';
import { isSpace, trimSpan } from './characters.ts';
import { type TextRun, splitTextRuns, minPageBreakLines } from './text-runs.ts';
import { findPageNumbers, splitPageNumberSuffixes } from './page-numbers.ts';

/** How many chunks at either edge of a page may be a header or a footer. */
const maxEdgeRuns = 6;
/** A line whose number counts the pages is no longer than this: longer ones are text. */
const maxNumberedLineLength = 100;
const clauseNumber = /^(?:\d+[.)]|\d+\.\d|\()/;
/** On how many pages a line must stand to be a header or a footer. */
const minRepeatedPages = 3;

/**
 * Page headers, footers and page numbers, in order. A line counts only where it recurs at the edges
 * of three or more pages, alike but for a number that counts the pages; a page number only in a
 * series. In a text without pages they are what long runs of line breaks, page numbers and filing
 * stamps leave between them. When in doubt, text is kept.
 */
export function findHeadersAndFooters(text: string, pages: Page[]): Span[] {
  const runs = splitTextRuns(text, pages);
  const headersAndFooters = new Set<TextRun>();
  const hasPages = pages.length > 1;
  const stamps = findFilingStamps(text);
  const candidates = hasPages ? runs : splitPageNumberSuffixes(text, runs, stamps);
  for (const run of findPageNumbers(text, candidates, hasPages)) headersAndFooters.add(run);
  if (!hasPages) assignPageNumbers(runs, headersAndFooters, stamps);
  for (const run of findRecurringEdges(text, runs, headersAndFooters)) headersAndFooters.add(run);
  return mergeSpans(text, [...headersAndFooters, ...stamps]);
}

const filingStamp =
  /^Source: [^\n]{2,90}?, [A-Z0-9][A-Z0-9\-/ ]{0,11}, \d{1,2}\/\d{1,2}\/\d{4}(?!\S)/;

/** "Source: ACME INC, 10-K, 3/1/2010": what a viewer of filings prints at the foot of each page. */
function findFilingStamps(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('Source: '); at >= 0; at = text.indexOf('Source: ', at + 8)) {
    if (at > 0 && !isSpace(text.charCodeAt(at - 1))) continue;
    const match = filingStamp.exec(text.slice(at, at + 130));
    if (match) spans.push({ start: at, end: at + match[0].length });
  }
  return spans;
}

/** Gives the chunks of a text without pages the pages that page breaks, numbers and stamps betray. */
function assignPageNumbers(runs: TextRun[], headersAndFooters: Set<TextRun>, stamps: Span[]): void {
  let page = 0;
  let nextStamp = 0;
  let pageEnded = false;
  for (const run of runs) {
    while (nextStamp < stamps.length && stamps[nextStamp]!.end <= run.start) nextStamp++;
    const hasStamp = (stamps[nextStamp]?.start ?? Infinity) < run.end;
    if (
      run.lineBreaks >= minPageBreakLines ||
      (pageEnded && !headersAndFooters.has(run) && !hasStamp)
    )
      page++;
    run.page = page;
    pageEnded = headersAndFooters.has(run) || hasStamp;
  }
}

/** What stands in signature blocks and forms on many pages and yet is text. */
const formLabel =
  /^(?:by|name|title|date|dated|its|and|or|signature|signed|address|attn|attention|witness|per|email|telephone|fax|total)\b[^a-z]*$/i;

/** Chunks at the edges of pages that recur there. */
function findRecurringEdges(text: string, runs: TextRun[], known: Set<TextRun>): TextRun[] {
  const groups = new Map<string, TextRun[]>();
  const keys = new Map<TextRun, string>();
  const edges = splitPageEdges(runs);
  for (const edge of edges) {
    for (const run of edge.runs) {
      if (run.end - run.start > 400) continue;
      const words = text.slice(run.start, run.end).toLowerCase().split(/\s+/).join(' ');
      if (formLabel.test(words) || !/\p{L}{3}/u.test(words)) continue;
      const key = edge.side + words.replace(/\d+/g, '#');
      keys.set(run, key);
      const group = groups.get(key);
      if (group) group.push(run);
      else groups.set(key, [run]);
    }
  }
  const recurring = new Set<TextRun>();
  for (const group of groups.values()) {
    for (const run of findRepeatedRuns(text, group)) recurring.add(run);
  }
  const found: TextRun[] = [];
  for (const edge of edges) {
    for (const run of edge.runs) {
      if (recurring.has(run)) found.push(run);
      else if (!known.has(run)) break;
    }
  }
  return found;
}

/** For each page its first chunks, from the top inwards, and its last, from the bottom inwards. */
function splitPageEdges(runs: TextRun[]): { side: 'top' | 'bottom'; runs: TextRun[] }[] {
  const edges: { side: 'top' | 'bottom'; runs: TextRun[] }[] = [];
  let first = 0;
  for (let i = 1; i <= runs.length; i++) {
    if (runs[i]?.page === runs[first]?.page && i < runs.length) continue;
    edges.push({ side: 'top', runs: runs.slice(first, Math.min(i, first + maxEdgeRuns)) });
    edges.push({
      side: 'bottom',
      runs: runs.slice(Math.max(first, i - maxEdgeRuns), i).reverse(),
    });
    first = i;
  }
  return edges;
}

/** Of chunks alike but for digits: those the same on three pages, or whose number counts the pages. */
function findRepeatedRuns(text: string, group: TextRun[]): TextRun[] {
  if (group.length < minRepeatedPages) return [];
  const byText = new Map<string, TextRun[]>();
  const byOffset = new Map<number, TextRun[]>();
  for (const run of group) {
    const words = text.slice(run.start, run.end);
    append(byText, words.split(/\s+/).join(' '), run);
    if (words.length > maxNumberedLineLength || clauseNumber.test(words)) continue;
    for (const number of new Set(words.match(/\d{1,4}/g))) {
      append(byOffset, Number(number) - run.page, run);
    }
  }
  return [...byText.values(), ...byOffset.values()].filter(isOnManyPages).flat();
}

function isOnManyPages(runs: TextRun[]): boolean {
  return new Set(runs.map((run) => run.page)).size >= minRepeatedPages;
}

function append<K>(map: Map<K, TextRun[]>, key: K, run: TextRun): void {
  const list = map.get(key);
  if (list) list.push(run);
  else map.set(key, [run]);
}

/** In order, without overlaps, and as one span where only white space lies between. */
function mergeSpans(text: string, spans: Span[]): Span[] {
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
