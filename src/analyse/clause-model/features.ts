import { clauseTypes } from '../clause-types.ts';
import type { Reading } from '../reading.ts';
import { matchCues } from './cues.ts';
import { combine, hashWord, wordsOf } from './words.ts';

/**
 * What a sentence is described by. Each group is weighed and brought to unit length by itself, so
 * that a long neighbour does not drown a short sentence.
 */
export const groups = ['words', 'before', 'after', 'heading', 'place', 'cues'] as const;
export const headingGroup = groups.indexOf('heading');
const placeGroup = groups.indexOf('place');
const cueGroup = groups.indexOf('cues');
/** Groups whose features are yes or no; the others are weighed by inverse document frequency. */
export const unweighed: ReadonlySet<number> = new Set([placeGroup, cueGroup]);

/** Takes the features of a sentence one by one; the same one may come more than once. */
export type Emit = (group: number, hash: number) => void;

/** A word's n-grams may not meet features of other kinds. */
const salt = hashWord;
const [oneWord, twoWords, threeWords, opening, nothing] = ['1', '2', '3', '^', 'none'].map(salt);
const [innermost, wholeHeading, outer, kindOf, first] = ['h', 'H', 'up', 'kind', 'first'].map(salt);
const [placeInText, ordinal, length] = ['place', 'nth', 'length'].map(salt);

const headingCues = clauseTypes.flatMap(({ id, heading }) =>
  heading ? [{ heading, hash: salt(`${id} heading`) }] : [],
);
/** Hashes of the names of cues. */
const cueHashes = new Map<string, number>();

/** The n-grams of a sentence, hashed once for all groups that they are features of. */
interface Ngrams {
  words: Uint32Array;
  ones: Uint32Array;
  twos: Uint32Array;
  threes: Uint32Array;
}

function ngramsOf(plain: string): Ngrams {
  const words = Uint32Array.from(wordsOf(plain), hashWord);
  const { length: count } = words;
  const ones = words.map((word) => combine(oneWord!, word));
  const pairs = new Uint32Array(Math.max(0, count - 1));
  for (let at = 0; at < pairs.length; at++) pairs[at] = combine(words[at]!, words[at + 1]!);
  const threes = new Uint32Array(Math.max(0, count - 2));
  for (let at = 0; at < threes.length; at++) {
    threes[at] = combine(threeWords!, combine(pairs[at]!, words[at + 2]!));
  }
  return { words, ones, twos: pairs.map((pair) => combine(twoWords!, pair)), threes };
}

function emitAll(emit: Emit, group: number, ...lists: Uint32Array[]): void {
  for (const list of lists) {
    for (let at = 0; at < list.length; at++) emit(group, combine(group, list[at]!));
  }
}

/**
 * The features of every sentence of a contract, in order.
 * @param begin called before the features of each sentence
 */
export function describeSentences(
  reading: Reading,
  begin: (sentence: number) => void,
  emit: Emit,
): void {
  const { sentences, text } = reading;
  const ngrams = sentences.map(({ plain }) => ngramsOf(plain));
  const headings = new Map<string, Uint32Array>();
  const add = (group: number, hash: number) => emit(group, combine(group, hash));
  sentences.forEach((sentence, at) => {
    begin(at);
    const { words, ones, twos, threes } = ngrams[at]!;
    emitAll(emit, 0, ones, twos, threes);
    add(0, combine(opening!, combine(words[0] ?? 0, words[1] ?? 0)));
    for (const group of [1, 2]) {
      const neighbour = ngrams[group === 1 ? at - 1 : at + 1];
      if (neighbour) emitAll(emit, group, neighbour.ones, neighbour.twos);
      else add(group, nothing!);
    }
    let heading = headings.get(sentence.heading);
    if (!heading) headings.set(sentence.heading, (heading = headingFeatures(sentence.heading)));
    emitAll(emit, headingGroup, heading);
    add(headingGroup, combine(kindOf!, hashWord(sentence.kind)));
    const startsSection = sentence.section !== sentences[at - 1]?.section;
    add(headingGroup, combine(first!, Number(startsSection)));
    const place = Math.floor((sentence.start / text.length) * 20);
    add(placeGroup, combine(placeInText!, place));
    add(placeGroup, combine(ordinal!, Math.min(30, Math.floor(Math.log2(at + 1) * 2))));
    const size = Math.floor(Math.log2(words.length + 1) * 1.5);
    add(placeGroup, combine(length!, Math.min(9, size)));
    matchCues(sentence.plain, (name) => {
      let hash = cueHashes.get(name);
      if (hash === undefined) cueHashes.set(name, (hash = salt(name)));
      add(cueGroup, hash);
    });
  });
}

/** Words and pairs of the innermost heading, that heading as a whole, words of the outer ones, cues. */
function headingFeatures(heading: string): Uint32Array {
  const levels = heading.split(' > ').map((level) =>
    wordsOf(level)
      .filter((word) => word.length > 1 && /[a-z]/.test(word))
      .map(hashWord),
  );
  const own = levels.at(-1)!;
  return Uint32Array.from([
    ...own.map((word) => combine(innermost!, word)),
    ...own.slice(1).map((word, at) => combine(innermost!, combine(own[at]!, word))),
    own.reduce(combine, wholeHeading!),
    ...levels.slice(0, -1).flatMap((level) => level.map((word) => combine(outer!, word))),
    ...headingCues
      .filter((cue) => cue.heading.test(heading))
      .map(({ hash }) => combine(cueGroup, hash)),
  ]);
}
