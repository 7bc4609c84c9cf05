import { clauseTypes } from '../clause-types.ts';
import type { Reading } from '../reading.ts';
import { matchCues } from './cues.ts';
import { combine, hashWord, wordsOf } from './words.ts';

/**
 * What a sentence is described by. Each group is weighed and brought to unit length by itself, so
 * that a long neighbour does not drown a short sentence.
 */
export const groups = ['words', 'before', 'after', 'heading', 'place', 'cues'] as const;
const headingGroup = groups.indexOf('heading');
const placeGroup = groups.indexOf('place');
const cueGroup = groups.indexOf('cues');
/** Whether a group's features are weighed by inverse document frequency; the others are yes or no. */
export const isWeighed = groups.map((_, group) => group !== placeGroup && group !== cueGroup);

/** Takes the features of a sentence one by one; the same one may come more than once. */
export type Emit = (group: number, hash: number) => void;

/** A word's n-grams may not meet features of other kinds. */
const salt = hashWord;
const [oneWord, twoWords, threeWords, opening, nothing] = ['1', '2', '3', '^', 'none'].map(salt);
const [innermost, wholeHeading, outer, kindOf, opens] = ['h', 'H', 'up', 'kind', 'first'].map(salt);
const [placeInText, ordinal, length] = ['place', 'nth', 'length'].map(salt);

const headingCues = clauseTypes.flatMap(({ id, heading }) =>
  heading ? [{ heading, hash: salt(`${id} heading`) }] : [],
);
/** Hashes of the names of cues. */
const cueHashes = new Map<string, number>();

/** Hashes of the words of all sentences; those of sentence `s` are from `starts[s]` to `starts[s + 1]`. */
interface Words {
  hashes: Int32Array;
  starts: Int32Array;
}

function wordsOfAll({ sentences }: Reading): Words {
  const starts = new Int32Array(sentences.length + 1);
  const lists = sentences.map(({ plain }) => wordsOf(plain));
  lists.forEach((words, at) => (starts[at + 1] = starts[at]! + words.length));
  const hashes = new Int32Array(starts[sentences.length]!);
  let at = 0;
  for (const words of lists) for (const word of words) hashes[at++] = hashWord(word);
  return { hashes, starts };
}

/** The n-grams of one sentence, up to three words long, as features of a group. */
function emitNgrams(
  emit: Emit,
  group: number,
  { hashes, starts }: Words,
  sentence: number,
  longest: number,
): void {
  const end = starts[sentence + 1]!;
  for (let at = starts[sentence]!; at < end; at++) {
    const first = hashes[at]!;
    emit(group, combine(group, combine(oneWord!, first)));
    if (at + 1 >= end) continue;
    const pair = combine(first, hashes[at + 1]!);
    emit(group, combine(group, combine(twoWords!, pair)));
    if (at + 2 >= end || longest < 3) continue;
    emit(group, combine(group, combine(threeWords!, combine(pair, hashes[at + 2]!))));
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
  const words = wordsOfAll(reading);
  const { hashes, starts } = words;
  const headings = new Map<string, Int32Array>();
  const add = (group: number, hash: number) => emit(group, combine(group, hash));
  sentences.forEach((sentence, at) => {
    begin(at);
    const count = starts[at + 1]! - starts[at]!;
    emitNgrams(emit, 0, words, at, 3);
    const [one, other] = [0, 1].map((nth) => (nth < count ? hashes[starts[at]! + nth]! : 0));
    add(0, combine(opening!, combine(one!, other!)));
    for (const [group, neighbour] of [
      [1, at - 1],
      [2, at + 1],
    ] as const) {
      if (sentences[neighbour]) emitNgrams(emit, group, words, neighbour, 2);
      else add(group, nothing!);
    }
    let heading = headings.get(sentence.heading);
    if (!heading) headings.set(sentence.heading, (heading = headingFeatures(sentence.heading)));
    for (const hash of heading) add(headingGroup, hash);
    add(headingGroup, combine(kindOf!, hashWord(sentence.kind)));
    const startsSection = sentence.section !== sentences[at - 1]?.section;
    add(headingGroup, combine(opens!, Number(startsSection)));
    const place = Math.floor((sentence.start / text.length) * 20);
    add(placeGroup, combine(placeInText!, place));
    add(placeGroup, combine(ordinal!, Math.min(30, Math.floor(Math.log2(at + 1) * 2))));
    const size = Math.floor(Math.log2(count + 1) * 1.5);
    add(placeGroup, combine(length!, Math.min(9, size)));
    matchCues(sentence.plain, (name) => {
      let hash = cueHashes.get(name);
      if (hash === undefined) cueHashes.set(name, (hash = salt(name)));
      add(cueGroup, hash);
    });
  });
}

/** Words and pairs of the innermost heading, that heading as a whole, words of the outer ones, cues. */
function headingFeatures(heading: string): Int32Array {
  const levels = heading.split(' > ').map((level) =>
    wordsOf(level)
      .filter((word) => word.length > 1 && /[a-z]/.test(word))
      .map(hashWord),
  );
  const own = levels.at(-1)!;
  return Int32Array.from([
    ...own.map((word) => combine(innermost!, word)),
    ...own.slice(1).map((word, at) => combine(innermost!, combine(own[at]!, word))),
    own.reduce(combine, wholeHeading!),
    ...levels.slice(0, -1).flatMap((level) => level.map((word) => combine(outer!, word))),
    ...headingCues
      .filter((cue) => cue.heading.test(heading))
      .map(({ hash }) => combine(cueGroup, hash)),
  ]);
}
