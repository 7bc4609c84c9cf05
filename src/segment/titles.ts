import { isDigit, isLower, isUpper } from './characters.ts';

const smallWord =
  /^(?:a|an|and|any|as|at|by|de|for|from|if|in|into|its|no|not|of|on|or|other|out|over|per|than|the|their|to|under|upon|use|via|vs|with|within|without|between|against|during|after|before|following|etc)$/;
/** Words that make a sentence of what might look like a title. */
const sentenceVerb =
  /\b(?:shall|will|may|must|is|are|was|were|has|have|had|agrees?|means|hereby|does|do|can|should|would|been|includes?)\b/;
const maxTitleLength = 110;
const maxWords = 14;

/**
 * Whether a string reads like a heading: capitals, or words that begin with capitals but for small
 * ones, short, and without a full stop or verb of a sentence in it.
 */
export function isTitle(candidate: string): boolean {
  if (candidate.length > maxTitleLength || candidate.length < 3) return false;
  if (/[.?!] |[_=]{2}|[.;,]$|@|\/s\/|\$/.test(candidate)) return false;
  const words = candidate.split(' ');
  if (words.length > maxWords) return false;
  const first = candidate[0]!;
  if (!isUpper(first) && !/^["“'(]/.test(candidate)) return false;
  if (isCapitals(candidate)) return /\p{Lu}{3}/u.test(candidate);
  if (sentenceVerb.test(candidate)) return false;
  let capitalized = 0;
  let uncapitalized = 0;
  let digits = 0;
  for (const word of words) {
    const letter = word.replace(/^["“'(]+/, '')[0] ?? '';
    if (isUpper(letter)) capitalized++;
    else if (isDigit(letter)) digits++;
    else if (isLower(letter) && !smallWord.test(word.replace(/\W+$/, ''))) uncapitalized++;
  }
  return capitalized > 0 && uncapitalized === 0 && digits <= 1 && /\p{L}{3}/u.test(candidate);
}

/** Two and more letters, all of them capitals (a plural or possessive s apart). */
export function isCapitals(candidate: string): boolean {
  const letters = candidate.replace(/(?<=\p{Lu}{2})['’]?s\b/gu, '').replace(/\P{L}+/gu, '');
  return (
    letters.length > 1 && letters === letters.toUpperCase() && letters !== letters.toLowerCase()
  );
}

/** Words with which a sentence goes on after a run-in heading that lost its full stop. */
const sentenceStart =
  /^(?:The|This|These|Each|Neither|Either|In|If|Any|All|No|Upon|Subject|Except|Unless|Notwithstanding|During|For|Without|Nothing|It|Such|Both|Other|Where|When|At|As|To|On|After|Before|Within|Following|You|We|Should|Either)$/;

const nextNumber =
  /(?<!\d|No\.) (?:\d{1,2}(?:\.\d{1,2})+\.? ["“(]?\p{L}|(?:\d{1,2}[.)]|\([a-z1]\)|[A-Z]\.) ["“(]?\p{Lu})/u;

/**
 * The end of the heading that starts at `start`, where one does and text of its own follows or ends
 * there; undefined where there is none. `hardEnd` is where its paragraph ends, `softEnd` where the
 * first wide gap is.
 */
export function findTitleEnd(
  chars: string,
  start: number,
  hardEnd: number,
  softEnd: number,
): number | undefined {
  let limit = Math.min(hardEnd, start + maxTitleLength + 2);
  // "2. TERM 2.1 The Agreement": a number within is the next section's.
  const numberAt = nextNumber.exec(chars.slice(start, limit))?.index;
  if (numberAt !== undefined && isTitle(chars.slice(start, start + numberAt)))
    return start + numberAt;
  limit = Math.min(limit, start + (numberAt ?? maxTitleLength + 2));
  const text = chars.slice(start, limit);
  // "Limitation of Liability. In no event", "Term: The term", "Notices - All notices".
  const stop = /[.:](?=["”’)]? )|[.:]["”’)]?$| [-–—]{1,2} |(?<=[a-z])[-–—]{1,2} /.exec(text);
  if (stop) {
    const title = text.slice(0, stop.index);
    // "Harrow buys grain." alone is a sentence; "Governing law. This" is a heading.
    const continues = start + stop.index + stop[0].length < hardEnd;
    if (isTitle(title) || (continues && isPhrase(title, 5))) {
      return start + stop.index + (stop[0].trim().match(/^[.:]/) ? 1 : 0);
    }
  }
  if (softEnd <= limit && softEnd > start && isTitle(chars.slice(start, softEnd))) return softEnd;
  if (hardEnd <= limit && (isTitle(text) || isPhrase(text, 10))) return hardEnd;
  return findCapitalsEnd(text, start) ?? findSentenceStart(text, start);
}

/** "Governing law", "Return and destruction": a heading of few words and nothing of a sentence. */
function isPhrase(title: string, maxPhraseWords: number): boolean {
  const words = title.split(' ');
  return (
    words.length <= maxPhraseWords &&
    title.length >= 4 &&
    title.length <= maxTitleLength &&
    isUpper(title[0]!) &&
    (maxPhraseWords > 5 || !sentenceVerb.test(title)) &&
    words.every((word) => /^[\p{L}'’/&-]+,?$/u.test(word)) &&
    !title.endsWith(',')
  );
}

/** "TERM AND TERMINATION The term of": capitals up to a sentence in mixed case. */
function findCapitalsEnd(text: string, start: number): number | undefined {
  const words = text.split(' ');
  let length = 0;
  let count = 0;
  for (const word of words) {
    if (/\p{Ll}/u.test(word)) break;
    length += word.length + 1;
    count++;
  }
  if (count === words.length || count === 0) return undefined;
  // "A" and "I" may be capitals and still the first word of the sentence.
  const last = words[count - 1]!;
  if (last.length === 1 && /\p{L}/u.test(last)) {
    length -= 2;
    count--;
  }
  // "ACME shall": a name in capitals is no heading.
  const next = words[count]!;
  if (!isUpper(next.replace(/^["“(]/, '')[0] ?? '')) return undefined;
  if (count < 2 && !/^["“(]/.test(next) && !sentenceStart.test(next)) return undefined;
  const title = text
    .slice(0, Math.max(0, length - 1))
    .replace(/["“(]+$/, '')
    .trimEnd();
  const stripped = title.replace(/[-–—:.]$/, '');
  return isCapitals(stripped) && /\p{Lu}{4}/u.test(stripped) && isTitle(stripped.trimEnd())
    ? start + title.length
    : undefined;
}

/** "Records The Supplier shall": words with capitals up to one that starts a sentence. */
function findSentenceStart(text: string, start: number): number | undefined {
  const words = text.split(' ');
  let length = 0;
  for (let i = 0; i < words.length && i < 9; i++) {
    const word = words[i]!;
    if (i > 0 && sentenceStart.test(word) && !smallWord.test(words[i - 1]!)) {
      const title = text.slice(0, length - 1);
      const rest = words[i + 1] ?? '';
      return isTitle(title) && rest !== '' && !sentenceStart.test(words[0]!)
        ? start + length - 1
        : undefined;
    }
    if (!isUpper(word[0] ?? '') && !smallWord.test(word)) return undefined;
    length += word.length + 1;
  }
  return undefined;
}
