import type { Span } from '../documents.ts';
import type { Flow } from './flow.ts';
import { type Heading, HeadingReader } from './heading-reader.ts';

/** An exhibit shorter than this whose label comes again is an entry of a list. */
const maxListed = 200;

/** The headings of a contract, in order. */
export function headingsOf(flow: Flow, paragraphs: Span[], contents?: Span): Heading[] {
  const read = (grouping: boolean) =>
    withoutListed(new HeadingReader(flow, paragraphs, contents, grouping).read());
  const headings = read(false);
  return titlesGroup(headings) ? read(true) : headings;
}

/** Whether titles without numbers stand above the top-level numbers: "Name", "2. The name is". */
function titlesGroup(headings: Heading[]): boolean {
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
function withoutListed(headings: Heading[]): Heading[] {
  const last = new Map<string | undefined, Heading>();
  const isExhibit = (heading: Heading) => heading.kind === 'exhibit' && heading.level === 1;
  for (const heading of headings) {
    if (isExhibit(heading)) last.set(heading.number?.toLowerCase(), heading);
  }
  return headings.filter((heading, index) => {
    const next = headings[index + 1];
    if (!isExhibit(heading) || !next || next.level > 1) return true;
    const listed = next.start - heading.start < maxListed;
    return !listed || last.get(heading.number?.toLowerCase()) === heading;
  });
}
