import type { Span } from '../domain/documents.ts';
import { givenNames } from './given-names.ts';
import { bareName, honorific, isNonNameWord, isJobTitle, isPersonName } from './person-names.ts';

/** A name that its context shows to be that of a natural person. */
export interface FoundName extends Span {
  name: string;
  /** Whether it has given and family name, so that it can be searched elsewhere; else it follows "Mr." or "/s/". */
  isComplete: boolean;
}

const capitalizedWord = String.raw`\p{Lu}[\p{L}\p{M}'’]*(?:-\p{Lu}?[\p{L}\p{M}'’]+)*`;
const particle =
  '(?:van|von|de|der|den|da|di|du|la|le|del|della|dos|ten|ter|bin|ibn|al|el|zu)(?=[ \\u00a0])';
/** Capitalised words with single spaces between them; a name is one of them or a part of one. */
const capitalizedRun = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${capitalizedWord}\\.?)(?:,?[ \\u00a0]{1,2}(?:${particle}|${capitalizedWord}\\.?))*`,
  'gu',
);
const nameToken = new RegExp(`${particle}|${capitalizedWord}\\.?`, 'gu');

/** Stands before a signature, or before a name in a list of signatures and addresses. */
const signatureMark = /\/\s?s\s?\/[\s"'_*|-]{0,20}$/;
const labelBefore =
  /(?<!\p{L})(?:(?:print(?:ed)?|typed?|full|legal)?\s?name|by|signed(?:\sby)?|signature|attention|attn|att|contact(?:\sperson)?|c\/o|witness(?:ed\sby)?|inventors?|author|artist|individual|care\sof)(?:\s\([^()\n]{1,20}\))?(?:\s?[:;.]|(?<=attention|attn|c\/o|care\sof))(?:[\s"'_*|-]|\/s\/){0,80}$/iu;
/** "The project manager shall be", before a name. */
const roleBefore =
  /(?<!\p{L})(?:manager|officer|director|personnel|contact|representative|coordinator|engineer|leader|designee|secretary|president|chair\p{L}*|inventor|employee|executive)s?\s(?:is|are|(?:shall|will)(?:\sinitially)?\sbe)\s{1,2}$/iu;
/** The end of a signature mark, a label or a form of address: a fast check before the precise patterns. */
const nameContextEnd =
  /(?:[.:;/"'_*|-]|(?<!\p{L})(?:attention|attn|c\/o|care\sof|[mdh]\p{L}{1,4}|professor|sir|is|are|be))\s*$/iu;
const honorificWord = new RegExp(`^${honorific}\\.?$`, 'u');
const honorificBefore = new RegExp(
  `(?<!\\p{L}|Notre )(?:${honorific}\\.|Mr|Mrs|Ms|Dr|Miss|Herr|Frau|Messrs|Professor|Sir|Dame)\\s{1,3}$`,
  'u',
);
/** Follows the name of a natural person. */
const personAfter =
  /^,?\s{0,3}(?:\(?an?\s(?:adult\s|natural\s)?(?:individual|person|married|single|citizen|resident)\b(?!\scapacity)|,?\s?(?:individually|personally|residing|resident|born|jr\b|sr\b|esq\b|m\.?d\.?\b(?!\s\d)|ph\.?d)|\(?(?:the\s|hereinafter[^()"“]{0,30})?["“'‘](?:employee|executive|consultant|artist|talent|athlete|author|celebrity|guarantor|spokesperson|host|inventor)["”'’])/i;
/** A job title after a name, on the same line after a comma, or on the next line. */
const jobTitleAfter = new RegExp(
  String.raw`^(?:,\s{0,3}(?:(?:its|our|the|as)\s)?|\s{0,20}\n\s{0,20}|\s{1,40}|\s?[|(–-]\s?)(?:Title\s?:\s?)?(?:(?:Senior|Executive|Managing|Assistant|Associate|Deputy|Corporate|Commercial|Regional|General|Group|Global|Interim|Acting|Co-|Sr\.|lead|senior|test|chief|project|technical|principal)\s?){0,3}(?:Vice[\s-]President|President|CEO|CFO|COO|CTO|CIO|EVP|SVP|VP|Chief\s\p{L}+|Chair(?:man|woman|person)?|Director|Manager|Member|Secretary|Treasurer|Counsel|Partner|Founder|Attorney|Solicitor|Signatory|Officer|Gesch(?:ä|ae)ftsf(?:ü|ue)hrer(?:in)?|Prokurist(?:in)?|engineer|manager|director|attorney|surveyor|solicitor|accountant|scientist|architect|analyst|counsel|president|secretary|officer|esquire)(?!\p{L})`,
  'u',
);
/** Follows the name of a place or a company. */
const nonPersonAfter =
  /^(?:\s?[&+/]|,?\s{1,2}(?:and\s(?:Company|Co|Sons|Brothers)\b|\d*\s?(?:St|Ave|Blvd|Rd|Hwy|Pkwy|Ln|Ct|Bldg|Bros|Inc|Corp|Co|Ltd|LLC|LLP|L\.L|LP|L\.P|N\.A|PLC|GmbH|AG|SA|S\.A)\b))/;

/** A text, and its lower-case words, computed on first use. */
class SourceText {
  readonly text: string;
  #lowercaseWords: Set<string> | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get lowercaseWords(): Set<string> {
    return (this.#lowercaseWords ??= collectLowercaseWords(this.text));
  }
}

interface Segment extends Span {
  words: { text: string; start: number; end: number }[];
  /** The word of contracts, job titles or organisations that follows it. */
  next: string | undefined;
}

const isCapitals = (text: string) => /^\p{Lu}{2,}[\p{Lu}'’-]*\.?$/u.test(text);

/** The parts of a run of capitalised words, split at words that stand in no name. */
function segments(text: string, start: number): Segment[] {
  const found: Segment[] = [];
  let words: Segment['words'] = [];
  const close = (next?: string) => {
    const [first, last] = [words[0], words.at(-1)];
    if (first && last) found.push({ start: first.start, end: last.end, words, next });
    words = [];
  };
  for (const match of text.matchAll(nameToken)) {
    // A full stop after a longer word ends a sentence.
    const initial = /^\p{Lu}\p{Ll}?\.$/u.test(match[0]) || /^(?:St|Jr|Sr)\.$/.test(match[0]);
    const word = initial ? match[0] : match[0].replace(/(?:['’]s)?\.?$/i, '');
    if (honorificWord.test(match[0])) {
      close();
      continue;
    }
    if (isNonNameWord(word)) {
      close(word);
      continue;
    }
    const at = start + match.index;
    const first = words[0];
    const isRepeated = words.length > 1 && word === first?.text;
    const changesCase = words.length > 1 && isCapitals(word) !== isCapitals(words[0]!.text);
    if (isRepeated || (changesCase && word.length > 3 && first!.text.length > 2)) close();
    words.push({ text: word, start: at, end: at + word.length });
    if (word !== match[0]) close();
  }
  close();
  return found;
}

/** The longest prefix of a segment that is a person's name; undefined where none is. */
function longestName(text: string, { words }: Segment): FoundName | undefined {
  for (let count = Math.min(words.length, 5); count >= 2; count--) {
    const [start, end] = [words[0]!.start, words[count - 1]!.end];
    const name = text.slice(start, end).replace(/\s+/g, ' ');
    if (isPersonName(name)) return { start, end, name: bareName(name), isComplete: true };
  }
  return undefined;
}

/** What follows "Mr." or "/s/", however short. */
function partOfName({ words }: Segment): FoundName | undefined {
  const [first] = words;
  const last = words[Math.min(words.length, 3) - 1];
  if (!first || !last || first.text.length < 2) return undefined;
  return { start: first.start, end: last.end, name: last.text, isComplete: false };
}

/** The words that occur in lower case in a text: ordinary words rather than names. */
export function collectLowercaseWords(text: string): Set<string> {
  return new Set(text.match(/(?<!\p{L})\p{Ll}+(?!\p{L})/gu));
}

/** A given name and the words after it, where none of these is an ordinary word of the text. */
function nameByGivenName(
  source: SourceText,
  segment: Segment,
  before: string,
): FoundName | undefined {
  const { words, next } = segment;
  if (!givenNames.has(words[0]!.text.toLowerCase()) || words.length > 4) return undefined;
  if ((next !== undefined && !isJobTitle(next)) || /[&@]\s?$/.test(before)) return undefined;
  if (nonPersonAfter.test(source.text.slice(segment.end, segment.end + 20))) return undefined;
  const unusualWords = words.filter(
    (each, at) => at === 0 || !source.lowercaseWords.has(each.text.toLowerCase()),
  );
  return unusualWords.length === words.length ? longestName(source.text, segment) : undefined;
}

function nameIn(source: SourceText, segment: Segment): FoundName | undefined {
  const text = source.text;
  const before = text.slice(Math.max(0, segment.start - 110), segment.start);
  const hasContext = nameContextEnd.test(before.slice(-20));
  if (hasContext && (signatureMark.test(before) || honorificBefore.test(before))) {
    return longestName(text, segment) ?? partOfName(segment);
  }
  if (segment.words.length < 2) return undefined;
  const following = text.slice(segment.words[1]!.end, segment.end + 90);
  const isLabelled = hasContext && (labelBefore.test(before) || roleBefore.test(before));
  if (isLabelled || segment.next !== undefined || /[,(\n|–-]|\s{2}|an? /.test(following)) {
    const found = longestName(text, segment);
    if (!found || isLabelled) return found;
    const after = text.slice(found.end, found.end + 90);
    if (personAfter.test(after) || jobTitleAfter.test(after)) return found;
  }
  return nameByGivenName(source, segment, before);
}

/**
 * The names of natural persons in a text, recognised by their context: a signature mark, "Name:",
 * "Attention:" or a form of address before them; "an individual" or a job title after them; or a common
 * given name.
 */
export function findNames(text: string): FoundName[] {
  const found: FoundName[] = [];
  const source = new SourceText(text);
  for (const { 0: runText, index } of text.matchAll(capitalizedRun)) {
    const isSingleWord = !/[\s]/.test(runText);
    if (isSingleWord && !nameContextEnd.test(text.slice(Math.max(0, index - 20), index))) continue;
    for (const segment of segments(runText, index)) {
      const name = nameIn(source, segment);
      if (name) found.push(name);
    }
  }
  return found;
}
