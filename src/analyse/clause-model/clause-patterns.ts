import { clauseTypes } from '../clause-types.ts';

/**
 * Literal texts one of which occurs in everything that a pattern matches, so that the pattern need
 * not be tried on other texts; undefined if there are none. Supports the patterns of the clause
 * table: no flags, lower-case literals, non-capturing groups. For other syntax the result is
 * undefined, never wrong.
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

/** Shorter texts occur in nearly every sentence. */
const minRequiredLength = 4;

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

/** The index after the group, class, escape or character that begins at `at`. */
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

/** A pattern of the clause table. */
interface ClausePattern {
  pattern: RegExp;
  /**
   * The id of its type and its index there: "governing_law 2". Hashed as a feature, so it must not
   * change.
   */
  name: string;
}

const clausePatterns: ClausePattern[] = clauseTypes.flatMap((type) =>
  type.patterns.map((pattern, at) => ({ pattern, name: `${type.id} ${at}` })),
);

/** A required text, and the patterns that require it. */
interface RequiredText {
  text: string;
  patternIndexes: number[];
}

const keyBits = 14;

/** Shifts a character's low byte into a window of four. */
const appendCharacter = (window: number, next: number) => (window << 8) | (next & 0xff);

/** Hashes a window to `keyBits` bits (Fibonacci hashing). */
const hashWindow = (window: number) => Math.imul(window, 0x9e3779b1) >>> (32 - keyBits);

function hashPrefix(text: string): number {
  let window = 0;
  for (let at = 0; at < minRequiredLength; at++)
    window = appendCharacter(window, text.charCodeAt(at));
  return hashWindow(window);
}

const unconditional: number[] = [];
const requiredByKey: (RequiredText[] | undefined)[] = Array.from({ length: 1 << keyBits });
clausePatterns.forEach(({ pattern }, index) => {
  const texts = requiredTexts(pattern.source);
  if (!texts) unconditional.push(index);
  for (const text of texts ?? []) {
    const bucket = (requiredByKey[hashPrefix(text)] ??= []);
    const known = bucket.find((required) => required.text === text);
    if (known) known.patternIndexes.push(index);
    else bucket.push({ text, patternIndexes: [index] });
  }
});

/** By pattern, the number of the last sentence in which it was a candidate. */
const lastTriedIn = new Int32Array(clausePatterns.length);
let sentenceNumber = 0;

/**
 * Calls `visit` with the name of each pattern that matches a sentence, in the order of the table. A
 * pattern is tried only if the sentence has one of its required texts.
 */
export function matchPatterns(normalized: string, visit: (name: string) => void): void {
  sentenceNumber++;
  const candidates = [...unconditional];
  let window = 0;
  for (let next = 0; next < normalized.length; next++) {
    window = appendCharacter(window, normalized.charCodeAt(next));
    const at = next + 1 - minRequiredLength;
    if (at < 0) continue;
    const bucket = requiredByKey[hashWindow(window)];
    if (!bucket) continue;
    for (const required of bucket) {
      if (!normalized.startsWith(required.text, at)) continue;
      for (const index of required.patternIndexes) {
        if (lastTriedIn[index] === sentenceNumber) continue;
        lastTriedIn[index] = sentenceNumber;
        candidates.push(index);
      }
    }
  }
  for (const index of candidates.sort((a, b) => a - b)) {
    const { pattern, name } = clausePatterns[index]!;
    if (pattern.test(normalized)) visit(name);
  }
}
