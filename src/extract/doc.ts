import type { ExtractedText } from '../domain/documents.ts';
import { openStreams, tableEntry, type DocStreams } from './doc/binary-file.ts';
import { DocText } from './doc/text.ts';
import { appendHeadersAndFooters } from './page-headers.ts';
import { splitAtPageMarks } from './pages.ts';

/** Where the file information block has the lengths of the parts of the text, in their order. */
const lengths = {
  body: 0x4c,
  footnotes: 0x50,
  headers: 0x54,
  macros: 0x58,
  comments: 0x5c,
  endnotes: 0x60,
  textBoxes: 0x64,
  headerTextBoxes: 0x68,
} as const;
const headerStories = 0xf2;
/** The separators of footnotes and endnotes come before the headers of the first section. */
const separatorStories = 6;
/** Of each section: headers and footers of even and odd pages, then of the first page. */
const footersOfSection = new Set([2, 3, 5]);
const storiesOfSection = 6;

/**
 * Text of a Word 97–2003 file: body, then footnotes, endnotes, text boxes, page headers and footers,
 * without hidden and deleted text. Automatic numbers are not in it, because the format keeps them apart
 * from the text. Throws `encrypted` or `corrupt`.
 */
export function extractDoc(data: Buffer): ExtractedText {
  const streams = openStreams(data);
  const text = new DocText(streams);
  const starts = new Map<string, number>();
  let at = 0;
  for (const [part, offset] of Object.entries(lengths)) {
    starts.set(part, at);
    at += streams.main.readUInt32LE(offset);
  }
  const read = (part: keyof typeof lengths) => {
    const start = starts.get(part)!;
    return text.read(start, start + streams.main.readUInt32LE(lengths[part]));
  };
  const parts = [read('body'), read('footnotes'), read('endnotes'), read('textBoxes')];
  const { headers, footers } = readHeaders(streams, text, starts.get('headers')!);
  headers.push(read('headerTextBoxes'));
  const body = parts.filter((part) => part !== '').join('\n\n');
  return splitAtPageMarks(appendHeadersAndFooters(body, headers, footers));
}

/** The page headers and footers of all sections. */
function readHeaders(
  streams: DocStreams,
  text: DocText,
  start: number,
): { headers: string[]; footers: string[] } {
  const [headers, footers]: [string[], string[]] = [[], []];
  const plc = tableEntry(streams, headerStories);
  const count = Math.floor(plc.length / 4) - 2;
  for (let story = separatorStories; story < count; story++) {
    const [from, to] = [plc.readUInt32LE(story * 4), plc.readUInt32LE(story * 4 + 4)];
    const isFooter = footersOfSection.has((story - separatorStories) % storiesOfSection);
    (isFooter ? footers : headers).push(text.read(start + from, start + to, true));
  }
  return { headers, footers };
}
