import type { Passage, Section, Span } from '../domain/documents.ts';
import { trimSpan } from './characters.ts';

/** Target length of a passage, in characters. */
const targetLength = 500;
/** A shorter passage is merged with a neighbour under the same top-level section if possible. */
const minLength = 200;
/** A passage of whole sentences grows no longer than this. */
const maxLength = 800;
/** A single sentence longer than this is divided. */
const maxSentenceLength = 1000;

/** A passage with its white space, headers and footers covers at most this many characters. */
const maxSpread = 2500;
/** Characters of a heading besides its number and title: white space, a full stop. */
const maxHeadingSlack = 12;

interface PassageUnit extends Span {
  /** Its length; 0 for a header or footer. */
  weight: number;
  /** Index of its innermost section, -1 for none. */
  section: number;
  /** Whether it is the heading of its section. */
  isHeading: boolean;
  /** Index of the level-1 section it stands in, or of a signature block within it. */
  topSection: number;
}

/**
 * Passages of about 500 characters, in order: whole sentences, ended at section ends where that
 * leaves them long enough, never across top-level sections. Together they hold every character of
 * the text that is not white space, headers and footers included.
 */
export function splitPassages(
  text: string,
  sections: Section[],
  sentences: Span[],
  headersAndFooters: Span[],
): Passage[] {
  const passages: Passage[] = [];
  /** The last complete group, which the next may join. */
  let last: PassageUnit[] = [];
  let group: PassageUnit[] = [];
  let weight = 0;
  // One unit after the other: a text of the shortest sentences has millions.
  const units = assignSections(splitUnits(text, sentences, headersAndFooters), sections);
  for (let unit = units.next(); !unit.done;) {
    const next = units.next();
    if (group.length > 0 && isPassageEnd(unit.value, next.value)) flush();
    group.push(unit.value);
    weight += unit.value.weight;
    unit = next;
  }
  flush();
  addPassage();
  return passages;

  function flush(): void {
    if (isJoinable(last, group)) last.push(...group);
    else {
      addPassage();
      last = group;
    }
    group = [];
    weight = 0;
  }

  function addPassage(): void {
    if (last.length === 0) return;
    passages.push({
      ordinal: passages.length,
      start: last[0]!.start,
      end: last.at(-1)!.end,
      path: commonPath(last, sections),
    });
  }

  function isPassageEnd(unit: PassageUnit, next: PassageUnit | undefined): boolean {
    const previous = group.at(-1)!;
    if (unit.end - group[0]!.start > maxSpread) return true;
    if (unit.weight === 0) return false;
    if (unit.topSection !== previous.topSection) return true;
    // A heading stays with what follows it.
    if (previous.isHeading && weight < targetLength) return false;
    if (weight + unit.weight > maxLength) return true;
    if (weight < minLength) return false;
    if (unit.section !== previous.section) {
      return weight >= targetLength * 0.7 || startsFullPassage(unit, next);
    }
    // Whichever end lies nearer to the target.
    return weight + unit.weight - targetLength > targetLength - weight;
  }

  /** Whether the text that begins with this unit will fill a passage of its own. */
  function startsFullPassage(unit: PassageUnit, next: PassageUnit | undefined): boolean {
    return unit.weight + (next && next.section === unit.section ? next.weight : 0) >= minLength;
  }
}

/** Whether a group is too short, or the one before, and can join it within its top-level section. */
function isJoinable(before: PassageUnit[], group: PassageUnit[]): boolean {
  if (before.length === 0 || group.length === 0) return false;
  const [weightBefore, weight] = [totalWeight(before), totalWeight(group)];
  return (
    Math.min(weightBefore, weight) < minLength &&
    weightBefore + weight <= maxLength &&
    group.at(-1)!.end - before[0]!.start <= maxSpread &&
    before[0]!.topSection === group[0]!.topSection
  );
}

function totalWeight(units: PassageUnit[]): number {
  let weight = 0;
  for (const unit of units) weight += unit.weight;
  return weight;
}

/** Sentences, split if too long, and the headers and footers between them. */
function* splitUnits(
  text: string,
  sentences: Span[],
  headersAndFooters: Span[],
): Generator<Span & { isHeaderOrFooter: boolean }> {
  let next = 0;
  function* headersAndFootersBefore(limit: number, covered: number) {
    for (; headersAndFooters[next] && headersAndFooters[next]!.start < limit; next++) {
      const { start, end } = headersAndFooters[next]!;
      const rest = trimSpan(text, Math.max(covered, start), end);
      if (!rest) continue;
      for (const piece of splitLongSpan(text, rest)) yield { ...piece, isHeaderOrFooter: true };
    }
  }
  let covered = 0;
  for (const sentence of sentences) {
    yield* headersAndFootersBefore(sentence.start, covered);
    for (const piece of splitLongSpan(text, sentence)) yield { ...piece, isHeaderOrFooter: false };
    covered = sentence.end;
    while (headersAndFooters[next] && headersAndFooters[next]!.end <= covered) next++;
  }
  yield* headersAndFootersBefore(Infinity, covered);
}

/** Splits a span into parts of at most 1,000 characters, at a semicolon, a comma or white space. */
function splitLongSpan(text: string, span: Span): Span[] {
  const pieces: Span[] = [];
  let { start } = span;
  while (span.end - start > maxSentenceLength) {
    const count = Math.ceil((span.end - start) / maxSentenceLength);
    const ideal = start + Math.min(Math.ceil((span.end - start) / count), maxSentenceLength);
    const cut = findCut(text, start + minLength, ideal, start + maxSentenceLength);
    const piece = trimSpan(text, start, cut);
    if (piece) pieces.push(piece);
    start = trimSpan(text, cut, span.end)?.start ?? span.end;
  }
  if (start < span.end) pieces.push({ start, end: span.end });
  return pieces;
}

/** The best place to cut between `from` and `to`, near `ideal`; never within a surrogate pair. */
function findCut(text: string, from: number, ideal: number, to: number): number {
  const window = text.slice(from, to);
  for (const mark of ['\n', '; ', ', ', ' ']) {
    const before = window.lastIndexOf(mark, ideal - from);
    const after = window.indexOf(mark, ideal - from);
    const best =
      after < 0 || (before >= 0 && ideal - from - before <= after - (ideal - from))
        ? before
        : after;
    if (best >= 0) return from + best + mark.trimEnd().length;
  }
  const code = text.charCodeAt(to - 1);
  return code >= 0xd800 && code <= 0xdbff ? to - 1 : to;
}

/** Finds each unit's section; headers and footers get the section of the unit before. */
function* assignSections(
  units: Iterable<Span & { isHeaderOrFooter: boolean }>,
  sections: Section[],
): Generator<PassageUnit, undefined> {
  const open: number[] = [];
  let next = 0;
  let section = -1;
  let topSection = -1;
  for (const { start, end, isHeaderOrFooter } of units) {
    if (!isHeaderOrFooter) {
      while (next < sections.length && sections[next]!.start <= start) {
        while (open.length > 0 && sections[open.at(-1)!]!.level >= sections[next]!.level)
          open.pop();
        open.push(next++);
      }
      section = open.at(-1) ?? -1;
      topSection =
        open.findLast((index) => sections[index]!.kind === 'signatures') ?? open[0] ?? -1;
    }
    const isHeading = !isHeaderOrFooter && isSectionHeading(sections[section], start, end);
    const weight = isHeaderOrFooter ? 0 : end - start;
    yield { start, end, weight, section, isHeading, topSection };
  }
  return undefined;
}

function isSectionHeading(section: Section | undefined, start: number, end: number): boolean {
  if (section?.title === undefined || section.start !== start || end >= section.end) return false;
  return end - start <= section.title.length + (section.number?.length ?? 0) + maxHeadingSlack;
}

/** The heading path that all units share; a unit under a parent heading does not shorten it. */
function commonPath(units: PassageUnit[], sections: Section[]): string[] {
  const paths = units
    .filter((unit) => unit.weight > 0 && unit.section >= 0)
    .map((unit) => sections[unit.section]!.path);
  const last = paths.at(-1);
  if (!last) {
    const section = units[0]!.section;
    return section >= 0 ? sections[section]!.path : [];
  }
  let common = last;
  for (const path of paths) {
    // A parent section's heading, or its opening words, come before its subsections.
    if (path.length < last.length && path.every((label, depth) => last[depth] === label)) continue;
    let shared = 0;
    while (shared < common.length && common[shared] === path[shared]) shared++;
    common = common.slice(0, shared);
  }
  return [...common];
}
