import type { Section, Span, Structure } from '../domain/documents.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';

/** A sentence with what a judge of it needs: how it reads and where it stands. */
export interface PreparedSentence extends Span {
  /** As cues are matched on it, cut after `longest` characters. */
  normalized: string;
  /** The heading path it stands under, as cues are matched on it; '' where there is none. */
  heading: string;
  kind: Section['kind'];
  /** Which section it stands in: counts from 0 in reading order, -1 outside of all. */
  section: number;
}

/** A contract as the finders of facts read it. */
export interface PreparedText {
  text: string;
  sentences: PreparedSentence[];
  /** Page headers and footers, in order: what stands in them, the contract does not say. */
  headersAndFooters: Span[];
}

/** Whether a span of the text lies in a page header or footer. */
export function isInHeaderOrFooter(
  { headersAndFooters }: PreparedText,
  { start, end }: Span,
): boolean {
  return headersAndFooters.some((span) => span.start < end && start < span.end);
}

/** Of one sentence, so that a text without a full stop costs no more than one with them. */
const maxNormalizedLength = 3000;

/** Span without the white space at its ends; undefined where nothing else is in it. */
export function trimWhitespace(text: string, { start, end }: Span): Span | undefined {
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return start < end ? { start, end } : undefined;
}

/** Sentences in reading order, each under the innermost section that it starts in. */
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
  return { text, sentences, headersAndFooters: structure.headersAndFooters };
}
