/**
 * When a predicted span counts as a labelled one, as CUAD's paper (arXiv 2103.06268, section 4) and
 * its published evaluation have it: the sets of words are alike by Jaccard at 0.5 or more; for
 * Parties it is also enough that the prediction contains the label.
 */

/** From this Jaccard index on, two spans match. */
const alike = 0.5;

/** `.`, `,`, `;` and `:` go, `/` parts words, and case does not count; other signs belong to words. */
export function words(text: string): ReadonlySet<string> {
  const plain = text
    .toLowerCase()
    .replaceAll(/[.,;:]/g, '')
    .replaceAll('/', ' ');
  return new Set(plain.split(/\s+/).filter((word) => word !== ''));
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  let count = 0;
  for (const word of small) if (large.has(word)) count++;
  return count;
}

/** Intersection over union; 0 where neither has a word. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = shared(a, b);
  return both === 0 ? 0 : both / (a.size + b.size - both);
}

const onOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** A span as it is compared, cut into words once. */
export interface ComparedSpan {
  words: ReadonlySet<string>;
  line: string;
}

export function compared(text: string): ComparedSpan {
  return { words: words(text), line: onOneLine(text) };
}

export function matches(category: string, prediction: ComparedSpan, label: ComparedSpan): boolean {
  const [a, b] = [prediction.words.size, label.words.size];
  // The sizes alone rule most pairs out.
  if (Math.min(a, b) >= alike * Math.max(a, b) && jaccard(prediction.words, label.words) >= alike)
    return true;
  return category === 'Parties' && label.line !== '' && prediction.line.includes(label.line);
}

/** The two share more than half of the words of the shorter one: what "overlap" is without offsets. */
export function sharesMostWords(prediction: ComparedSpan, label: ComparedSpan): boolean {
  const least = Math.min(prediction.words.size, label.words.size);
  return shared(prediction.words, label.words) > least / 2;
}
