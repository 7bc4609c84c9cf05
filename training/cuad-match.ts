/**
 * When a predicted span counts as a labelled one, as CUAD's paper (arXiv 2103.06268, section 4) and
 * its published evaluation have it: the sets of words are alike by Jaccard at 0.5 or more; for
 * Parties it is also enough that the prediction contains the label.
 */

/** From this Jaccard index on, two spans match. */
const minJaccard = 0.5;

/** Splits a text into lower-case words at white space and `/`, without `.`, `,`, `;` and `:`. */
export function tokenizeWords(text: string): ReadonlySet<string> {
  const normalized = text
    .toLowerCase()
    .replaceAll(/[.,;:]/g, '')
    .replaceAll('/', ' ');
  return new Set(normalized.split(/\s+/).filter((word) => word !== ''));
}

function countShared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let count = 0;
  for (const word of small) if (large.has(word)) count++;
  return count;
}

/** Intersection over union; 0 where neither has a word. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const sharedCount = countShared(a, b);
  return sharedCount === 0 ? 0 : sharedCount / (a.size + b.size - sharedCount);
}

const toOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** A span prepared for comparison. */
export interface ComparedSpan {
  words: ReadonlySet<string>;
  line: string;
}

export function toComparedSpan(text: string): ComparedSpan {
  return { words: tokenizeWords(text), line: toOneLine(text) };
}

export function isMatch(category: string, prediction: ComparedSpan, label: ComparedSpan): boolean {
  const [a, b] = [prediction.words.size, label.words.size];
  // Fast path: the sizes exclude most pairs.
  if (
    Math.min(a, b) >= minJaccard * Math.max(a, b) &&
    jaccard(prediction.words, label.words) >= minJaccard
  )
    return true;
  return category === 'Parties' && label.line !== '' && prediction.line.includes(label.line);
}

/**
 * Whether two spans share more than half of the words of the shorter one: "overlap" without
 * offsets.
 */
export function sharesMostWords(prediction: ComparedSpan, label: ComparedSpan): boolean {
  const smallerSize = Math.min(prediction.words.size, label.words.size);
  return countShared(prediction.words, label.words) > smallerSize / 2;
}
