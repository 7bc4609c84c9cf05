import type { Span } from '../domain/documents.ts';
import { type TextRun, minPageBreakLines } from './text-runs.ts';
import { romanValue } from './numbering.ts';

/** Page numbers in a text without pages lie at least so many characters apart. */
const minPageLength = 400;

/** So many numbers make a series in a text without pages; where there are pages two do. */
const minSeriesLength = 3;

const pageNumberPattern =
  /^(?:page|pg\.?)? ?(?:[-–—] ?){0,2}((?:[A-Z]{1,2}-)?)(\d{1,3}|[ivxl]{1,6})(?: ?(?:of|\/) ?(\d{1,3}))?(?: ?[-–—]){0,2}\.?$/i;
/** Chunks that are nothing but a page number and stand in a series of them. */
export function findPageNumbers(text: string, runs: TextRun[], hasPages: boolean): TextRun[] {
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

/** In a text without pages, with numbers that end the last line of a page apart from that line. */
export function splitPageNumberSuffixes(text: string, runs: TextRun[], stamps: Span[]): TextRun[] {
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
