import type { Page, Span } from '../domain/documents.ts';
import { isLineBreak, isSpace, minPageBreakLines, trimSpan } from './characters.ts';
import { romanValue } from './numbering.ts';

/** A run of text between line breaks, tabs, or gaps of three or more blanks. */
interface TextRun extends Span {
  /** Line breaks before it. */
  lineBreaks: number;
  /** White space before it, in characters; Infinity at the start of the text. */
  whitespaceLength: number;
  page: number;
}

/** Splits a text into runs, in order. Linear in the text's length. */
function splitTextRuns(text: string, pages: Page[]): TextRun[] {
  const runs: TextRun[] = [];
  let start = -1;
  let lineBreaks = 0;
  let whitespaceLength = Infinity;
  let page = 0;
  let at = 0;
  while (at < text.length) {
    if (!isSpace(text.charCodeAt(at))) {
      if (start < 0) start = at;
      at++;
      continue;
    }
    let end = at;
    let foundBreaks = 0;
    let hasTab = false;
    while (end < text.length && isSpace(text.charCodeAt(end))) {
      if (isLineBreak(text, end)) foundBreaks++;
      if (text.charCodeAt(end) === 9) hasTab = true;
      end++;
    }
    if (start >= 0 && (foundBreaks > 0 || hasTab || end - at >= 3)) {
      runs.push({ start, end: at, lineBreaks, whitespaceLength, page: pageAt(start) });
      start = -1;
      lineBreaks = 0;
      whitespaceLength = 0;
    }
    if (start < 0) {
      lineBreaks += foundBreaks;
      whitespaceLength += end - at;
    }
    at = end;
  }
  if (start >= 0)
    runs.push({ start, end: text.length, lineBreaks, whitespaceLength, page: pageAt(start) });
  return runs;

  function pageAt(offset: number): number {
    while (page + 1 < pages.length && offset >= pages[page + 1]!.start) page++;
    return page;
  }
}

/** In a text without pages, page numbers are at least this many characters apart. */
const minPageLength = 400;

/** Numbers that form a series in a text without pages; with pages, two are enough. */
const minSeriesLength = 3;

const pageNumberPattern =
  /^(?:page|pg\.?)? ?(?:[-–—] ?){0,2}((?:[A-Z]{1,2}-)?)(\d{1,3}|[ivxl]{1,6})(?: ?(?:of|\/) ?(\d{1,3}))?(?: ?[-–—]){0,2}\.?$/i;
/** Runs that hold only a page number and belong to a series of page numbers. */
function findPageNumbers(text: string, runs: TextRun[], hasPages: boolean): TextRun[] {
  interface Link {
    run: TextRun;
    length: number;
    before?: Link;
  }
  const endsPage = new Map<string, Link>();
  const links: Link[] = [];
  runs.forEach((run, index) => {
    if (run.end - run.start > 24) return;
    const match = pageNumberPattern.exec(text.slice(run.start, run.end));
    if (!match) return;
    const next = runs[index + 1];
    const isAtEdge = hasPages
      ? (runs[index - 3]?.page ?? -1) !== run.page || runs[index + 3]?.page !== run.page
      : isStandalone(run, next);
    if (!isAtEdge) return;
    const isRoman = !/\d/.test(match[2]!);
    const value = isRoman ? romanValue(match[2]!.toLowerCase()) : Number(match[2]);
    const key = (number: number) => `${isRoman}${match[1]}${number}`;
    const before = [value - 1, value - 2]
      .map((number) => endsPage.get(key(number)))
      .find((link) => link && isNextPage(link.run, run));
    const link = { run, before, length: (before?.length ?? 0) + 1 };
    endsPage.set(key(value), link);
    links.push(link);
  });
  const found = new Set<TextRun>();
  for (const link of links) {
    if (link.length < (hasPages ? 2 : minSeriesLength)) continue;
    for (let at: Link | undefined = link; at && !found.has(at.run); at = at.before) {
      found.add(at.run);
    }
  }
  return [...found];

  function isNextPage(before: TextRun, run: TextRun): boolean {
    return hasPages ? before.page < run.page : run.start - before.end >= minPageLength;
  }
}

const pageNumberSuffix = / (?:- ?)?(?:Page )?\d{1,3}(?: of \d{1,3})?(?: ?-)?$/;

/**
 * For a text without pages: the runs, with a page number at the end of a page's last line split off
 * as a run of its own.
 */
function splitPageNumberSuffixes(text: string, runs: TextRun[], stamps: Span[]): TextRun[] {
  let nextStamp = 0;
  return runs.flatMap((run, index) => {
    const next = runs[index + 1];
    while (nextStamp < stamps.length && stamps[nextStamp]!.start < run.end) nextStamp++;
    const endsPage =
      !next || next.lineBreaks >= minPageBreakLines || stamps[nextStamp]?.start === next.start;
    const found =
      endsPage && pageNumberSuffix.exec(text.slice(Math.max(run.start, run.end - 20), run.end));
    if (!found) return [run];
    const start = run.end - found[0].length + 1;
    return [run, { ...run, start, lineBreaks: minPageBreakLines }];
  });
}

function isStandalone(run: TextRun, next: TextRun | undefined): boolean {
  return followsBlankSpace(run) && (!next || followsBlankSpace(next));
}

function followsBlankSpace({ lineBreaks, whitespaceLength }: TextRun): boolean {
  return lineBreaks > 1 || whitespaceLength > 3;
}

/** Runs at either edge of a page that may be a header or a footer. */
const maxEdgeRuns = 6;
/** A line with a page number is at most this long; longer lines are text. */
const maxNumberedLineLength = 100;
const clauseNumber = /^(?:\d+[.)]|\d+\.\d|\()/;
/** Pages on which a line must recur to be a header or a footer. */
const minRepeatedPages = 3;

/**
 * Page headers, footers and page numbers, in order. A line counts only if it recurs at the edges of
 * three or more pages, the same except for the page number; a page number counts only in a series.
 * For a text without pages, long runs of line breaks, page numbers and filing stamps show where
 * pages end. In doubt, a line is text.
 * @param pages may be empty or one page for a text without pages
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

/** "Source: ACME INC, 10-K, 3/1/2010": printed by filing viewers at the foot of each page. */
function findFilingStamps(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf('Source: '); at >= 0; at = text.indexOf('Source: ', at + 8)) {
    if (at > 0 && !isSpace(text.charCodeAt(at - 1))) continue;
    const match = filingStamp.exec(text.slice(at, at + 130));
    if (match) spans.push({ start: at, end: at + match[0].length });
  }
  return spans;
}

/**
 * For a text without pages: sets the page of each run from page breaks, page numbers and stamps.
 */
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

/** Labels in signature blocks and forms, which recur on many pages but are text. */
const formLabel =
  /^(?:by|name|title|date|dated|its|and|or|signature|signed|address|attn|attention|witness|per|email|telephone|fax|total)\b[^a-z]*$/i;

/** Runs that recur at the edges of pages. */
function findRecurringEdges(text: string, runs: TextRun[], known: Set<TextRun>): TextRun[] {
  const groups = new Map<string, TextRun[]>();
  const edges = splitPageEdges(runs);
  for (const edge of edges) {
    for (const run of edge.runs) {
      if (run.end - run.start > 400) continue;
      const words = text.slice(run.start, run.end).toLowerCase().split(/\s+/).join(' ');
      if (formLabel.test(words) || !/\p{L}{3}/u.test(words)) continue;
      const key = edge.side + words.replace(/\d+/g, '#');
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

/** The first runs of each page, from the top down, and its last runs, from the bottom up. */
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

/**
 * Of runs that differ only in digits: those that recur on three pages, with the same text or with a
 * number that increases with the page.
 */
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

/** Sorts spans and merges those that overlap or have only white space between them. */
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
