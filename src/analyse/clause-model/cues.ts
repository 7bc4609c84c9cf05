import { clauseTypes } from '../clause-types.ts';
import { requiredTexts, shortest } from './required-text.ts';

/** A cue with its place in the table. */
interface Cue {
  pattern: RegExp;
  /** The id of its type and its number there: "governing_law 2". */
  name: string;
}

const cues: Cue[] = clauseTypes.flatMap((type) =>
  type.cues.map((pattern, at) => ({ pattern, name: `${type.id} ${at}` })),
);

/** A text that some cues require, and which. */
interface Required {
  text: string;
  cues: number[];
}

const bits = 14;

/** The first characters of a required text, and where a sentence has them, as a small number. */
function keyAt(text: string, at: number): number {
  let key = 0;
  for (let i = at; i < at + shortest; i++) key = Math.imul(key ^ text.charCodeAt(i), 0x01000193);
  return (key ^ (key >>> bits)) & ((1 << bits) - 1);
}

const always: number[] = [];
const byKey: (Required[] | undefined)[] = Array.from({ length: 1 << bits });
cues.forEach(({ pattern }, cue) => {
  const texts = requiredTexts(pattern.source);
  if (!texts) always.push(cue);
  for (const text of texts ?? []) {
    const sharing = (byKey[keyAt(text, 0)] ??= []);
    const known = sharing.find((one) => one.text === text);
    if (known) known.cues.push(cue);
    else sharing.push({ text, cues: [cue] });
  }
});

/** When each cue was last found worth trying, by the count of sentences. */
const triedIn = new Int32Array(cues.length);
let sentence = 0;

/**
 * Calls `take` with the name of each cue that matches a sentence, in the order of the table. A cue
 * is tried only where one of the texts stands that it requires.
 */
export function matchCues(plain: string, take: (name: string) => void): void {
  sentence++;
  const tried = [...always];
  for (let at = 0; at + shortest <= plain.length; at++) {
    const sharing = byKey[keyAt(plain, at)];
    if (!sharing) continue;
    for (const required of sharing) {
      if (!plain.startsWith(required.text, at)) continue;
      for (const cue of required.cues) {
        if (triedIn[cue] === sentence) continue;
        triedIn[cue] = sentence;
        tried.push(cue);
      }
    }
  }
  for (const cue of tried.sort((a, b) => a - b)) {
    const { pattern, name } = cues[cue]!;
    if (pattern.test(plain)) take(name);
  }
}
