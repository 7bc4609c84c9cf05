import { foldText, wordsOf } from '../domain/fold-text.ts';
import type { StoredText } from '../store/records.ts';
import type { RankedPassage } from './fusion.ts';

/** What each further passage of a contract loses where a question asks over many. */
const repeatPenalty = 0.15;
/** Passages whose wording is compared with one that is shown, at most. */
const maxCompared = 20;
/** Contracts with the same wording that are named, at most. */
const maxOthers = 10;
/** Passages of the same wording differ in their evidence, and in their length by white space, by less. */
const maxDifference = 0.03;

export interface SelectedPassage {
  passage: RankedPassage;
  stored: StoredText;
  /** Other documents in which the same words stand, in the order of the ranking. */
  sameWording: string[];
}

/**
 * The passages so that those of one document do not fill the list: each further one of a document loses a
 * little of its score.
 * @param passages the best first
 */
export function spreadDocuments(passages: RankedPassage[]): RankedPassage[] {
  const seen = new Map<string, number>();
  return passages
    .map((passage) => {
      const before = seen.get(passage.documentId) ?? 0;
      seen.set(passage.documentId, before + 1);
      return { passage, score: passage.score - before * repeatPenalty };
    })
    .sort((a, b) => b.score - a.score || a.passage.passageId - b.passage.passageId)
    .map(({ passage }) => passage);
}

/**
 * A page of a ranking, in which the same words in several documents stand once.
 * @param textOf the text of a document; undefined where it was removed or replaced meanwhile
 * @returns the passages, and the offset at which the next page begins
 */
export async function selectPassages(
  ranked: RankedPassage[],
  { offset, limit }: { offset: number; limit: number },
  textOf: (passage: RankedPassage) => Promise<StoredText | undefined>,
): Promise<{ selected: SelectedPassage[]; end: number }> {
  const selected: SelectedPassage[] = [];
  const shown = new Set<number>();
  let at = offset;
  for (; at < ranked.length && selected.length < limit; at += 1) {
    const passage = ranked[at]!;
    const stored = shown.has(passage.passageId) ? undefined : await textOf(passage);
    if (!stored) continue;
    const wording = wordingOf(passage, stored);
    const sameWording = new Set<string>();
    const similar = ranked.slice(at + 1).filter((other) => isSimilar(passage, other));
    for (const other of similar.slice(0, maxCompared)) {
      const otherText = await textOf(other);
      if (!otherText || wordingOf(other, otherText) !== wording) continue;
      shown.add(other.passageId);
      if (other.documentId !== passage.documentId && sameWording.size < maxOthers) {
        sameWording.add(other.documentId);
      }
    }
    selected.push({ passage, stored, sameWording: [...sameWording] });
  }
  while (at < ranked.length && shown.has(ranked[at]!.passageId)) at += 1;
  return { selected, end: at };
}

/** Whether two passages may have the same words, by what is known without their texts. */
function isSimilar(one: RankedPassage, other: RankedPassage): boolean {
  const length = one.end - one.start;
  return (
    Math.abs(length - (other.end - other.start)) <= length * maxDifference &&
    Math.abs(one.features.dense - other.features.dense) <= maxDifference &&
    Math.abs(one.features.lexical - other.features.lexical) <= maxDifference
  );
}

const wordingOf = ({ start, end }: RankedPassage, { text }: StoredText) =>
  wordsOf(foldText(text.slice(start, end))).join(' ');
