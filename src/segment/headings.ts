import type { Span } from '../domain/documents.ts';
import type { NormalizedText } from './normalized-text.ts';
import { type Heading, HeadingParser } from './heading-parser.ts';

/** An exhibit shorter than this whose label comes again is an entry of a list. */
const maxListedExhibitLength = 200;

/** The headings of a contract, in order. */
export function findHeadings(
  normalizedText: NormalizedText,
  paragraphs: Span[],
  tableOfContents?: Span,
): Heading[] {
  const parse = (hasGroupTitles: boolean) =>
    removeListedExhibits(
      new HeadingParser(normalizedText, paragraphs, tableOfContents, hasGroupTitles).parse(),
    );
  const headings = parse(false);
  return titlesGroupSections(headings) ? parse(true) : headings;
}

/** Whether titles without numbers stand above the top-level numbers: "Name", "2. The name is". */
function titlesGroupSections(headings: Heading[]): boolean {
  let grouped = 0;
  let numbered = 0;
  headings.forEach((heading, index) => {
    if (heading.kind === 'exhibit' || !/^\d+$/.test(heading.number ?? '')) return;
    numbered++;
    const before = headings[index - 1];
    if (before && !before.number && before.title && heading.start - before.end < 3) grouped++;
  });
  return grouped >= 3 && grouped * 4 > numbered;
}

/** Without exhibits that are merely listed: the same label comes again later. */
function removeListedExhibits(headings: Heading[]): Heading[] {
  const last = new Map<string | undefined, Heading>();
  const isExhibit = (heading: Heading) => heading.kind === 'exhibit' && heading.level === 1;
  for (const heading of headings) {
    if (isExhibit(heading)) last.set(heading.number?.toLowerCase(), heading);
  }
  return headings.filter((heading, index) => {
    const next = headings[index + 1];
    if (!isExhibit(heading) || !next || next.level > 1) return true;
    const isListed = next.start - heading.start < maxListedExhibitLength;
    return !isListed || last.get(heading.number?.toLowerCase()) === heading;
  });
}
