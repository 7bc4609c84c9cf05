/**
 * Texts of which one stands in whatever a pattern matches, so that most texts need not be tried at
 * all; undefined where none can be told. For the patterns of the clause table: no flags, literals in
 * lower case, groups that capture nothing. What is not understood only makes the answer undefined.
 */
export function requiredTexts(source: string): string[] | undefined {
  const found: string[] = [];
  for (const alternative of splitAlternatives(source)) {
    const best = requiredInAlternative(alternative);
    if (!best) return undefined;
    found.push(...best);
  }
  return found;
}

/** Shorter texts stand in nearly every sentence. */
export const minRequiredLength = 4;

/** The alternatives of a pattern, outside of its groups. */
function splitAlternatives(source: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let at = 0; at < source.length; at = endOfElement(source, at)) {
    if (source[at] !== '|') continue;
    found.push(source.slice(start, at));
    start = at + 1;
  }
  return [...found, source.slice(start)];
}

/** The place behind the group, class, escape or character that begins at `at`. */
function endOfElement(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] === '[') {
    let end = at + 1;
    while (source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
    return end + 1;
  }
  if (source[at] !== '(') return at + 1;
  let end = at + 1;
  while (source[end] !== ')') end = endOfElement(source, end);
  return end + 1;
}

const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;
const optionalQuantifier = /^(?:[?*]|\{0)/;

/** Of one alternative: its longest literal, or the required texts of one of its groups. */
function requiredInAlternative(source: string): string[] | undefined {
  let best: string[] | undefined;
  const consider = (texts: string[] | undefined) => {
    if (!texts || texts.some((text) => text.length < minRequiredLength)) return;
    if (!best || shortestLength(texts) > shortestLength(best)) best = texts;
  };
  let literal = '';
  for (let at = 0; at < source.length;) {
    const next = endOfElement(source, at);
    const repeat = quantifier.exec(source.slice(next))?.[0] ?? '';
    const piece = source.slice(at, next);
    if (/^[a-z0-9 ,'"%-]$/.test(piece) && repeat === '') literal += piece;
    else {
      consider([literal]);
      literal = '';
      const inner = /^\(\?:([^]*)\)$/.exec(piece);
      if (inner && !optionalQuantifier.test(repeat)) consider(requiredTexts(inner[1]!));
    }
    at = next + repeat.length;
  }
  consider([literal]);
  return best;
}

const shortestLength = (texts: string[]) => Math.min(...texts.map(({ length }) => length));
