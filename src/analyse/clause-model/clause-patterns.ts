import { clauseTypes } from '../clause-types.ts';

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

/** A cue with its place in the table. */
interface ClausePattern {
  pattern: RegExp;
  /** The id of its type and its number there: "governing_law 2". */
  name: string;
}

const clausePatterns: ClausePattern[] = clauseTypes.flatMap((type) =>
  type.patterns.map((pattern, at) => ({ pattern, name: `${type.id} ${at}` })),
);

/** A text that some cues require, and which. */
interface RequiredText {
  text: string;
  patternIndexes: number[];
}

const keyBits = 14;

/** A text's characters up to one, the last four of which are in it; each is told by its low byte. */
const appendCharacter = (window: number, next: number) => (window << 8) | (next & 0xff);

/** The first four characters of a required text, and of any place in a sentence, as a small number. */
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

/** When each cue was last found worth trying, by the count of sentences. */
const lastTriedIn = new Int32Array(clausePatterns.length);
let sentenceNumber = 0;

/**
 * Calls `take` with the name of each cue that matches a sentence, in the order of the table. A cue
 * is tried only where one of the texts stands that it requires.
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
