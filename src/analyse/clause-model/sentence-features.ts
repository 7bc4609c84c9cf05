import { clauseTypes } from '../clause-types.ts';
import { combineHashes, hashString } from '../feature-hash.ts';
import type { PreparedText } from '../prepared-text.ts';
import { matchPatterns } from './clause-patterns.ts';
import { hashSentenceWords, tokenizeWords, type WordHashes } from './word-hashes.ts';

/**
 * Groups of features of a sentence: n-grams of the sentence and its neighbours, its headings, its
 * position, and the patterns that match. Each group is weighted and normalized by itself, so that a
 * long neighbour does not outweigh a short sentence.
 */
export const featureGroups = [
  'words',
  'before',
  'after',
  'heading',
  'position',
  'patterns',
] as const;
const headingGroup = featureGroups.indexOf('heading');
const positionGroup = featureGroups.indexOf('position');
const patternGroup = featureGroups.indexOf('patterns');
/**
 * Whether the features of a group are weighted by inverse document frequency; the others are
 * binary.
 */
export const isWeighed = featureGroups.map(
  (_, group) => group !== positionGroup && group !== patternGroup,
);

/** Receives the features of a sentence one by one; a feature may occur more than once. */
export type Emit = (group: number, hash: number) => void;

/**
 * Salts keep the hashes of different kinds of features apart. They are part of trained models, so
 * they must not change.
 */
const salt = hashString;
const [oneWord, twoWords, threeWords, opening, noNeighbour] = ['1', '2', '3', '^', 'none'].map(
  salt,
);
const [innermostHeading, wholeHeading, outerHeading, sectionKind, opensSection] = [
  'h',
  'H',
  'up',
  'kind',
  'first',
].map(salt);
const [relativePosition, ordinal, length] = ['place', 'nth', 'length'].map(salt);

const headingPatterns = clauseTypes.flatMap(({ id, headingPattern: heading }) =>
  heading ? [{ heading, hash: salt(`${id} heading`) }] : [],
);
/** Hashes of pattern names, cached. */
const patternHashes = new Map<string, number>();

/** Emits the n-grams of one sentence, up to `maxLength` words long, as features of a group. */
function emitNgrams(
  emit: Emit,
  group: number,
  { hashes, starts }: WordHashes,
  sentence: number,
  maxLength: number,
): void {
  const end = starts[sentence + 1]!;
  for (let at = starts[sentence]!; at < end; at++) {
    const first = hashes[at]!;
    emit(group, combineHashes(group, combineHashes(oneWord!, first)));
    if (at + 1 >= end) continue;
    const pair = combineHashes(first, hashes[at + 1]!);
    emit(group, combineHashes(group, combineHashes(twoWords!, pair)));
    if (at + 2 >= end || maxLength < 3) continue;
    emit(
      group,
      combineHashes(group, combineHashes(threeWords!, combineHashes(pair, hashes[at + 2]!))),
    );
  }
}

/**
 * Emits the features of every sentence of a contract, in order.
 * @param onSentence called before the features of each sentence
 */
export function emitSentenceFeatures(
  prepared: PreparedText,
  onSentence: (sentence: number) => void,
  emit: Emit,
): void {
  const { sentences, text } = prepared;
  const words = hashSentenceWords(prepared);
  const { hashes, starts } = words;
  const headings = new Map<string, Int32Array>();
  const add = (group: number, hash: number) => emit(group, combineHashes(group, hash));
  sentences.forEach((sentence, at) => {
    onSentence(at);
    const count = starts[at + 1]! - starts[at]!;
    emitNgrams(emit, 0, words, at, 3);
    const firstWord = count > 0 ? hashes[starts[at]!]! : 0;
    const secondWord = count > 1 ? hashes[starts[at]! + 1]! : 0;
    add(0, combineHashes(opening!, combineHashes(firstWord, secondWord)));
    if (at > 0) emitNgrams(emit, 1, words, at - 1, 2);
    else add(1, noNeighbour!);
    if (at + 1 < sentences.length) emitNgrams(emit, 2, words, at + 1, 2);
    else add(2, noNeighbour!);
    let heading = headings.get(sentence.heading);
    if (!heading) headings.set(sentence.heading, (heading = headingFeatures(sentence.heading)));
    for (const hash of heading) add(headingGroup, hash);
    add(headingGroup, combineHashes(sectionKind!, hashString(sentence.kind)));
    const startsSection = sentence.section !== sentences[at - 1]?.section;
    add(headingGroup, combineHashes(opensSection!, Number(startsSection)));
    const position = Math.floor((sentence.start / text.length) * 20);
    add(positionGroup, combineHashes(relativePosition!, position));
    add(positionGroup, combineHashes(ordinal!, Math.min(30, Math.floor(Math.log2(at + 1) * 2))));
    const size = Math.floor(Math.log2(count + 1) * 1.5);
    add(positionGroup, combineHashes(length!, Math.min(9, size)));
    matchPatterns(sentence.normalized, (name) => {
      let hash = patternHashes.get(name);
      if (hash === undefined) patternHashes.set(name, (hash = salt(name)));
      add(patternGroup, hash);
    });
  });
}

/**
 * Hashes of a heading path: words and pairs of words of the innermost heading, that heading as a
 * whole, words of the outer ones, and heading patterns of the clause types.
 */
function headingFeatures(heading: string): Int32Array {
  const levels = heading.split(' > ').map((level) =>
    tokenizeWords(level)
      .filter((word) => word.length > 1 && /[a-z]/.test(word))
      .map(hashString),
  );
  const innermostWords = levels.at(-1)!;
  return Int32Array.from([
    ...innermostWords.map((word) => combineHashes(innermostHeading!, word)),
    ...innermostWords
      .slice(1)
      .map((word, at) =>
        combineHashes(innermostHeading!, combineHashes(innermostWords[at]!, word)),
      ),
    innermostWords.reduce(combineHashes, wholeHeading!),
    ...levels
      .slice(0, -1)
      .flatMap((level) => level.map((word) => combineHashes(outerHeading!, word))),
    ...headingPatterns
      .filter((entry) => entry.heading.test(heading))
      .map(({ hash }) => combineHashes(patternGroup, hash)),
  ]);
}
