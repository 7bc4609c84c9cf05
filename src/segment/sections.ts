import type { Section } from '../domain/documents.ts';
import { trimSpan } from './characters.ts';
import type { NormalizedText } from './normalized-text.ts';
import type { Heading } from './headings.ts';

/**
 * The sections that headings open, in order and nested. Text before the first heading is front
 * matter.
 */
export function buildSections(
  text: string,
  normalizedText: NormalizedText,
  headings: Heading[],
): Section[] {
  const ends = headings.map(() => text.length);
  const open: number[] = [];
  const toStoredOffset = (at: number) => normalizedText.offsets[at] ?? text.length;
  headings.forEach((heading, index) => {
    while (open.length > 0 && headings[open.at(-1)!]!.level >= heading.level) {
      ends[open.pop()!] = toStoredOffset(heading.start);
    }
    open.push(index);
  });

  const sections: Section[] = [];
  const frontMatter = trimSpan(
    text,
    0,
    toStoredOffset(headings[0]?.start ?? normalizedText.chars.length),
  );
  if (frontMatter) sections.push({ ...frontMatter, kind: 'front_matter', level: 1, path: [] });
  const path: { level: number; label: string }[] = [];
  headings.forEach((heading, index) => {
    while (path.length > 0 && path.at(-1)!.level >= heading.level) path.pop();
    const label = [heading.number, heading.title].filter(Boolean).join(' ');
    if (label) path.push({ level: heading.level, label });
    const span = trimSpan(text, toStoredOffset(heading.start), ends[index]!);
    if (!span) return;
    sections.push({
      ...span,
      kind: heading.kind,
      ...(heading.number === undefined ? {} : { number: heading.number }),
      ...(heading.title === undefined ? {} : { title: heading.title }),
      level: heading.level,
      path: path.map((entry) => entry.label),
    });
  });
  return sections;
}
