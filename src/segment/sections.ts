import type { Section } from '../documents.ts';
import { trimSpan } from './characters.ts';
import type { Flow } from './flow.ts';
import type { Heading } from './heading-reader.ts';

/** The sections that headings open, in order and nested; what stands before is front matter. */
export function sectionsOf(text: string, flow: Flow, headings: Heading[]): Section[] {
  const ends = headings.map(() => text.length);
  const open: number[] = [];
  const offset = (at: number) => flow.at[at] ?? text.length;
  headings.forEach((heading, index) => {
    while (open.length > 0 && headings[open.at(-1)!]!.level >= heading.level) {
      ends[open.pop()!] = offset(heading.start);
    }
    open.push(index);
  });

  const sections: Section[] = [];
  const front = trimSpan(text, 0, offset(headings[0]?.start ?? flow.chars.length));
  if (front) sections.push({ ...front, kind: 'front_matter', level: 1, path: [] });
  const path: { level: number; label: string }[] = [];
  headings.forEach((heading, index) => {
    while (path.length > 0 && path.at(-1)!.level >= heading.level) path.pop();
    const label = [heading.number, heading.title].filter(Boolean).join(' ');
    if (label) path.push({ level: heading.level, label });
    const span = trimSpan(text, offset(heading.start), ends[index]!);
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
