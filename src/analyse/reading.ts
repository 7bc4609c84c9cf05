import type { Section, Span, Structure } from '../documents.ts';
import { matchable } from './matchable.ts';

/** A sentence with what a judge of it needs: how it reads and where it stands. */
export interface ReadSentence extends Span {
  /** As cues are matched on it, cut after `longest` characters. */
  plain: string;
  /** The heading path it stands under, as cues are matched on it; '' where there is none. */
  heading: string;
  kind: Section['kind'];
  /** Which section it stands in: counts from 0 in reading order, -1 outside of all. */
  section: number;
}

/** A contract as the finders of facts read it. */
export interface Reading {
  text: string;
  sentences: ReadSentence[];
  /** Page headers and footers, in order: what stands in them, the contract does not say. */
  noise: Span[];
}

/** Whether a span of the text lies in a page header or footer. */
export function isNoise({ noise }: Reading, { start, end }: Span): boolean {
  return noise.some((span) => span.start < end && start < span.end);
}

/** Of one sentence, so that a text without a full stop costs no more than one with them. */
const longest = 3000;

/** Span without the white space at its ends; undefined where nothing else is in it. */
export function trimmed(text: string, { start, end }: Span): Span | undefined {
  while (start < end && /\s/.test(text[start]!)) start++;
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return start < end ? { start, end } : undefined;
}

/** Sentences in reading order, each under the innermost section that it starts in. */
export function read(text: string, structure: Structure): Reading {
  const sections = structure.sections.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const open: { section: Section; ordinal: number }[] = [];
  const headings = new Map<Section, string>();
  let next = 0;
  const sentences: ReadSentence[] = [];
  for (const sentence of structure.sentences.toSorted((a, b) => a.start - b.start)) {
    const span = trimmed(text, sentence);
    if (!span) continue;
    for (; next < sections.length && sections[next]!.start <= span.start; next++)
      open.push({ section: sections[next]!, ordinal: next });
    while (open.length > 0 && open.at(-1)!.section.end <= span.start) open.pop();
    const { section, ordinal } = open.at(-1) ?? { section: undefined, ordinal: -1 };
    let heading = '';
    if (section) {
      heading = headings.get(section) ?? matchable(section.path.join(' > '));
      headings.set(section, heading);
    }
    const plain = matchable(text.slice(span.start, Math.min(span.end, span.start + longest)));
    sentences.push({ ...span, plain, heading, kind: section?.kind ?? 'body', section: ordinal });
  }
  return { text, sentences, noise: structure.noise };
}
