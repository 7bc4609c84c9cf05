import { clauseTypes } from '../clause-types.ts';
import { requiredTexts, minRequiredLength } from './required-text.ts';

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
