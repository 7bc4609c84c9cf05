import {
  pageFooterMark,
  pageHeaderMark,
  type Section,
  type Span,
  type Structure,
} from '../domain/documents.ts';
import { partitionPoint } from '../domain/partition-point.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';

/** A sentence with its normalized text, its headings and its section. */
export interface PreparedSentence extends Span {
  /** Its text as `normalizeForMatching` returns it, cut after `maxNormalizedLength` characters. */
  normalized: string;
  /** Its heading path, normalized in the same way and joined by " > "; '' if it has none. */
  heading: string;
  kind: Section['kind'];
  /** Index of its section in reading order; -1 outside of all sections. */
  section: number;
}

/** A contract prepared for analysis. */
export interface PreparedText {
  text: string;
  sentences: PreparedSentence[];
  /**
   * Page headers and footers, in order and without overlap. Nothing in them counts as a statement of
   * the contract.
   */
  headersAndFooters: Span[];
}

/** Whether a span of the text lies in a page header or footer. */
export function isInHeaderOrFooter(
  { headersAndFooters }: PreparedText,
  { start, end }: Span,
): boolean {
  const next = headersAndFooters[partitionPoint(headersAndFooters, (other) => other.end <= start)];
  return next !== undefined && next.start < end;
}

/** Bounds the time for a sentence, so that a text without full stops takes no longer. */
const maxNormalizedLength = 3000;

/** The span without white space at its ends; undefined if it holds only white space. */
export function trimWhitespace(text: string, { start, end }: Span): Span | undefined {
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return start < end ? { start, end } : undefined;
}

/**
 * Prepares a contract: its sentences in reading order, each with the innermost section it starts
 * in.
 */
export function prepareText(text: string, structure: Structure): PreparedText {
  const sections = structure.sections.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const open: { section: Section; ordinal: number }[] = [];
  const headings = new Map<Section, string>();
  let next = 0;
  const sentences: PreparedSentence[] = [];
  for (const sentence of structure.sentences.toSorted((a, b) => a.start - b.start)) {
    const span = trimWhitespace(text, sentence);
    if (!span) continue;
    for (; next < sections.length && sections[next]!.start <= span.start; next++)
      open.push({ section: sections[next]!, ordinal: next });
    while (open.length > 0 && open.at(-1)!.section.end <= span.start) open.pop();
    const { section, ordinal } = open.at(-1) ?? { section: undefined, ordinal: -1 };
    let heading = '';
    if (section) {
      heading = headings.get(section) ?? normalizeForMatching(section.path.join(' > '));
      headings.set(section, heading);
    }
    const normalized = normalizeForMatching(
      text.slice(span.start, Math.min(span.end, span.start + maxNormalizedLength)),
    );
    sentences.push({
      ...span,
      normalized,
      heading,
      kind: section?.kind ?? 'body',
      section: ordinal,
    });
  }
  const headersAndFooters = [...structure.headersAndFooters, ...findMarkedHeaders(text)];
  return { text, sentences, headersAndFooters };
}

/** The page headers and footers that extraction put at the end of the text, as one span. */
function findMarkedHeaders(text: string): Span[] {
  let start = text.length;
  for (;;) {
    const before = text.lastIndexOf('\n\n', start - 1);
    const isMarked = [pageHeaderMark, pageFooterMark].some((mark) =>
      text.startsWith(mark, before + 2),
    );
    if (before < 0 || !isMarked) break;
    start = before;
  }
  return start < text.length ? [{ start, end: text.length }] : [];
}
