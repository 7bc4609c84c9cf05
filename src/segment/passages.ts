import type { Passage, Section, Span } from '../documents.ts';
import { trimSpan } from './characters.ts';

/** Passages are about this long, in characters. */
const target = 500;
/** Shorter ones take in a neighbour under the same heading where they can. */
const least = 200;
/** A passage of whole sentences grows no longer than this. */
const most = 800;
/** A single sentence longer than this is divided. */
const longest = 1000;

/** With the noise and white space in it a passage spreads over no more than this. */
const widest = 2500;
/** What a heading holds besides number and title: white space, a full stop. */
const headingSlack = 12;

interface Atom extends Span {
  /** Length that counts: noise does not. */
  weight: number;
  /** Index of its innermost section, -1 for none. */
  section: number;
  /** Whether it is the heading of its section. */
  heading: boolean;
  /** Index of the level-1 section it stands in, or of a signature block within it. */
  top: number;
}

/**
 * Passages of about 500 characters, in order: whole sentences, ended at section ends where that
 * leaves them long enough, never across top-level sections. Together they hold every character of
 * the text but white space, noise included.
 */
export function passagesOf(
  text: string,
  sections: Section[],
  sentences: Span[],
  noise: Span[],
): Passage[] {
  const atoms = placeAtoms(unitsOf(text, sentences, noise), sections);
  const groups: Atom[][] = [];
  let group: Atom[] = [];
  let weight = 0;
  for (const [index, atom] of atoms.entries()) {
    if (group.length > 0 && closesBefore(atom, atoms[index + 1])) flush();
    group.push(atom);
    weight += atom.weight;
  }
  flush();
  return mergeShort(groups).map((members, ordinal) => ({
    ordinal,
    start: members[0]!.start,
    end: members.at(-1)!.end,
    path: pathOf(members, sections),
  }));

  function flush(): void {
    if (group.length > 0) groups.push(group);
    group = [];
    weight = 0;
  }

  function closesBefore(atom: Atom, next: Atom | undefined): boolean {
    const last = group.at(-1)!;
    if (atom.end - group[0]!.start > widest) return true;
    if (atom.weight === 0) return false;
    if (atom.top !== last.top) return true;
    // A heading stays with what follows it.
    if (last.heading && weight < target) return false;
    if (weight + atom.weight > most) return true;
    if (weight < least) return false;
    if (atom.section !== last.section) {
      return weight >= target * 0.7 || startsLong(atom, next);
    }
    // Whichever end lies nearer to the target.
    return weight + atom.weight - target > target - weight;
  }

  /** Whether what begins with this atom will fill a passage of its own. */
  function startsLong(atom: Atom, next: Atom | undefined): boolean {
    return atom.weight + (next && next.section === atom.section ? next.weight : 0) >= least;
  }
}

/** Groups too short join the one before, or the one after, within their top-level section. */
function mergeShort(groups: Atom[][]): Atom[][] {
  const merged: Atom[][] = [];
  for (const group of groups) {
    const before = merged.at(-1);
    const together = before ? weightOf(before) + weightOf(group) : Infinity;
    const spread = before ? group.at(-1)!.end - before[0]!.start : Infinity;
    const short = before && Math.min(weightOf(before), weightOf(group)) < least;
    if (before && short && together <= most && spread <= widest && before[0]!.top === group[0]!.top)
      before.push(...group);
    else merged.push(group);
  }
  return merged;
}

function weightOf(atoms: Atom[]): number {
  let weight = 0;
  for (const atom of atoms) weight += atom.weight;
  return weight;
}

/** Sentences, divided where too long, and the noise between them. */
function unitsOf(text: string, sentences: Span[], noise: Span[]): (Span & { noise: boolean })[] {
  const units: (Span & { noise: boolean })[] = [];
  let next = 0;
  const addNoise = (limit: number, covered: number) => {
    for (; noise[next] && noise[next]!.start < limit; next++) {
      const rest = trimSpan(text, Math.max(covered, noise[next]!.start), noise[next]!.end);
      if (rest) for (const part of divide(text, rest)) units.push({ ...part, noise: true });
    }
  };
  let covered = 0;
  for (const sentence of sentences) {
    addNoise(sentence.start, covered);
    for (const part of divide(text, sentence)) units.push({ ...part, noise: false });
    covered = sentence.end;
    while (noise[next] && noise[next]!.end <= covered) next++;
  }
  addNoise(Infinity, covered);
  return units;
}

/** A span in parts of at most 1,000 characters, parted at a semicolon, a comma or white space. */
function divide(text: string, span: Span): Span[] {
  const parts: Span[] = [];
  let { start } = span;
  while (span.end - start > longest) {
    const count = Math.ceil((span.end - start) / longest);
    const ideal = start + Math.min(Math.ceil((span.end - start) / count), longest);
    const cut = cutNear(text, start + least, ideal, start + longest);
    const part = trimSpan(text, start, cut);
    if (part) parts.push(part);
    start = trimSpan(text, cut, span.end)?.start ?? span.end;
  }
  if (start < span.end) parts.push({ start, end: span.end });
  return parts;
}

/** The best place to cut between `from` and `to`, near `ideal`; never within a surrogate pair. */
function cutNear(text: string, from: number, ideal: number, to: number): number {
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

/** Finds each unit's section; noise goes with what stands before it. */
function placeAtoms(units: (Span & { noise: boolean })[], sections: Section[]): Atom[] {
  const open: number[] = [];
  let next = 0;
  let section = -1;
  let top = -1;
  return units.map(({ start, end, noise }) => {
    if (!noise) {
      while (next < sections.length && sections[next]!.start <= start) {
        while (open.length > 0 && sections[open.at(-1)!]!.level >= sections[next]!.level)
          open.pop();
        open.push(next++);
      }
      section = open.at(-1) ?? -1;
      top = open.findLast((index) => sections[index]!.kind === 'signatures') ?? open[0] ?? -1;
    }
    const heading = !noise && isHeading(sections[section], start, end);
    return { start, end, weight: noise ? 0 : end - start, section, heading, top };
  });
}

function isHeading(section: Section | undefined, start: number, end: number): boolean {
  if (section?.title === undefined || section.start !== start || end >= section.end) return false;
  return end - start <= section.title.length + (section.number?.length ?? 0) + headingSlack;
}

/** The headings that all atoms share; a mere heading above the others says nothing against them. */
function pathOf(atoms: Atom[], sections: Section[]): string[] {
  const paths = atoms
    .filter((atom) => atom.weight > 0 && atom.section >= 0)
    .map((atom) => sections[atom.section]!.path);
  const last = paths.at(-1);
  if (!last) {
    const section = atoms[0]!.section;
    return section >= 0 ? sections[section]!.path : [];
  }
  let common = last;
  for (const path of paths) {
    // A parent's heading, or its opening words, stand above its children.
    if (path.length < last.length && path.every((label, depth) => last[depth] === label)) continue;
    let shared = 0;
    while (shared < common.length && common[shared] === path[shared]) shared++;
    common = common.slice(0, shared);
  }
  return [...common];
}
