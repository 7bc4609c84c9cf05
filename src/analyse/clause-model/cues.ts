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

/** A text's characters up to one, the last four of which are in it; each is told by its low byte. */
const withNext = (read: number, next: number) => (read << 8) | (next & 0xff);

/** The first four characters of a required text, and of any place in a sentence, as a small number. */
const keyOf = (read: number) => Math.imul(read, 0x9e3779b1) >>> (32 - bits);

function firstKey(text: string): number {
  let read = 0;
  for (let at = 0; at < shortest; at++) read = withNext(read, text.charCodeAt(at));
  return keyOf(read);
}

const always: number[] = [];
const byKey: (Required[] | undefined)[] = Array.from({ length: 1 << bits });
cues.forEach(({ pattern }, cue) => {
  const texts = requiredTexts(pattern.source);
  if (!texts) always.push(cue);
  for (const text of texts ?? []) {
    const sharing = (byKey[firstKey(text)] ??= []);
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
  let read = 0;
  for (let next = 0; next < plain.length; next++) {
    read = withNext(read, plain.charCodeAt(next));
    const at = next + 1 - shortest;
    if (at < 0) continue;
    const sharing = byKey[keyOf(read)];
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
