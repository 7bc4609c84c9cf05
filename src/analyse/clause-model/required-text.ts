/**
 * Texts of which one stands in whatever a pattern matches, so that most texts need not be tried at
 * all; undefined where none can be told. For the patterns of the clause table: no flags, literals in
 * lower case, groups that capture nothing. What is not understood only makes the answer undefined.
 */
export function requiredTexts(source: string): string[] | undefined {
  const found: string[] = [];
  for (const branch of branches(source)) {
    const best = ofBranch(branch);
    if (!best) return undefined;
    found.push(...best);
  }
  return found;
}

/** Shorter texts stand in nearly every sentence. */
export const shortest = 4;

/** The alternatives of a pattern, outside of its groups. */
function branches(source: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at < source.length; at = after(source, at)) {
    if (source[at] !== '|') continue;
    found.push(source.slice(start, at));
    start = at + 1;
  }
  return [...found, source.slice(start)];
}

/** The place behind the group, class, escape or character that begins at `at`. */
function after(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] === '[') {
    let end = at + 1;
    while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
    return end + 1;
  }
  if (source[at] !== '(') return at + 1;
  let end = at + 1;
  while (source[end] !== ')') end = after(source, end);
  return end + 1;
}

const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;
const mayBeAbsent = /^(?:[?*]|\{0)/;

/** Of one alternative: its longest literal, or the required texts of one of its groups. */
function ofBranch(source: string): string[] | undefined {
  let best: string[] | undefined;
  const offer = (texts: string[] | undefined) => {
    if (!texts || texts.some((text) => text.length < shortest)) return;
    if (!best || least(texts) > least(best)) best = texts;
  };
  let literal = '';
  for (let at = 0; at < source.length;) {
    const next = after(source, at);
    const repeat = quantifier.exec(source.slice(next))?.[0] ?? '';
    const piece = source.slice(at, next);
    if (/^[a-z0-9 ,'"%-]$/.test(piece) && repeat === '') literal += piece;
    else {
      offer([literal]);
      literal = '';
      const inner = /^\(\?:([^]*)\)$/.exec(piece);
      if (inner && !mayBeAbsent.test(repeat)) offer(requiredTexts(inner[1]!));
    }
    at = next + repeat.length;
  }
  offer([literal]);
  return best;
}

const least = (texts: string[]) => Math.min(...texts.map(({ length }) => length));
