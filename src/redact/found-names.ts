import type { Span } from '../documents.ts';
import { givenNames } from './given-names.ts';
import { bareName, honorific, isNoName, isOffice, isPersonName } from './person-names.ts';

/** A natural person's name where a text shows that it is one. */
export interface FoundName extends Span {
  name: string;
  /** Whether it is whole, so that it can be looked for elsewhere; else it is what follows "Mr." or "/s/". */
  whole: boolean;
}

const word = String.raw`\p{Lu}[\p{L}\p{M}'’]*(?:-\p{Lu}?[\p{L}\p{M}'’]+)*`;
const particle =
  '(?:van|von|de|der|den|da|di|du|la|le|del|della|dos|ten|ter|bin|ibn|al|el|zu)(?=[ \\u00a0])';
/** Capitalised words with single spaces between them; a name is one of them or a part of one. */
const run = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${word}\\.?)(?:,?[ \\u00a0]{1,2}(?:${particle}|${word}\\.?))*`,
  'gu',
);
const token = new RegExp(`${particle}|${word}\\.?`, 'gu');

/** Stands before a signature, or before a name in a list of signatures and addresses. */
const signed = /\/\s?s\s?\/[\s"'_*|-]{0,20}$/;
const label =
  /(?<!\p{L})(?:(?:print(?:ed)?|typed?|full|legal)?\s?name|by|signed(?:\sby)?|signature|attention|attn|att|contact(?:\sperson)?|c\/o|witness(?:ed\sby)?|inventors?|author|artist|individual|care\sof)(?:\s\([^()\n]{1,20}\))?(?:\s?[:;.]|(?<=attention|attn|c\/o|care\sof))(?:[\s"'_*|-]|\/s\/){0,80}$/iu;
/** "The project manager shall be", before a name. */
const named =
  /(?<!\p{L})(?:manager|officer|director|personnel|contact|representative|coordinator|engineer|leader|designee|secretary|president|chair\p{L}*|inventor|employee|executive)s?\s(?:is|are|(?:shall|will)(?:\sinitially)?\sbe)\s{1,2}$/iu;
/** With what a signature, a label or a form of address ends, to look closer at those alone. */
const cue =
  /(?:[.:;/"'_*|-]|(?<!\p{L})(?:attention|attn|c\/o|care\sof|[mdh]\p{L}{1,4}|professor|sir|is|are|be))\s*$/iu;
const address = new RegExp(`^${honorific}\\.?$`, 'u');
const mister = new RegExp(
  `(?<!\\p{L}|Notre )(?:${honorific}\\.|Mr|Mrs|Ms|Dr|Miss|Herr|Frau|Messrs|Professor|Sir|Dame)\\s{1,3}$`,
  'u',
);
/** Stands behind the name of a natural person. */
const person =
  /^,?\s{0,3}(?:\(?an?\s(?:adult\s|natural\s)?(?:individual|person|married|single|citizen|resident)\b(?!\scapacity)|,?\s?(?:individually|personally|residing|resident|born|jr\b|sr\b|esq\b|m\.?d\.?\b(?!\s\d)|ph\.?d)|\(?(?:the\s|hereinafter[^()"“]{0,30})?["“'‘](?:employee|executive|consultant|artist|talent|athlete|author|celebrity|guarantor|spokesperson|host|inventor)["”'’])/i;
/** An office behind a name, on the same line after a comma, or on the next one. */
const inOffice = new RegExp(
  String.raw`^(?:,\s{0,3}(?:(?:its|our|the|as)\s)?|\s{0,20}\n\s{0,20}|\s{1,40}|\s?[|(–-]\s?)(?:Title\s?:\s?)?(?:(?:Senior|Executive|Managing|Assistant|Associate|Deputy|Corporate|Commercial|Regional|General|Group|Global|Interim|Acting|Co-|Sr\.|lead|senior|test|chief|project|technical|principal)\s?){0,3}(?:Vice[\s-]President|President|CEO|CFO|COO|CTO|CIO|EVP|SVP|VP|Chief\s\p{L}+|Chair(?:man|woman|person)?|Director|Manager|Member|Secretary|Treasurer|Counsel|Partner|Founder|Attorney|Solicitor|Signatory|Officer|Gesch(?:ä|ae)ftsf(?:ü|ue)hrer(?:in)?|Prokurist(?:in)?|engineer|manager|director|attorney|surveyor|solicitor|accountant|scientist|architect|analyst|counsel|president|secretary|officer|esquire)(?!\p{L})`,
  'u',
);
/** What makes a place or a company of the name before it. */
const otherwise =
  /^(?:\s?[&+/]|,?\s{1,2}(?:and\s(?:Company|Co|Sons|Brothers)\b|\d*\s?(?:St|Ave|Blvd|Rd|Hwy|Pkwy|Ln|Ct|Bldg|Bros|Inc|Corp|Co|Ltd|LLC|LLP|L\.L|LP|L\.P|N\.A|PLC|GmbH|AG|SA|S\.A)\b))/;

/** A text, and its words once they are asked for. */
class Read {
  readonly whole: string;
  #small: Set<string> | undefined;

  constructor(whole: string) {
    this.whole = whole;
  }

  get small(): Set<string> {
    return (this.#small ??= smallWords(this.whole));
  }
}

interface Segment extends Span {
  words: { text: string; start: number; end: number }[];
  /** The word of contracts, offices or organisations that ends it. */
  next: string | undefined;
}

const isCapitals = (text: string) => /^\p{Lu}{2,}[\p{Lu}'’-]*\.?$/u.test(text);

/** The parts of a run between words that stand in no name. */
function segments(text: string, start: number): Segment[] {
  const found: Segment[] = [];
  let words: Segment['words'] = [];
  const close = (next?: string) => {
    const [first, last] = [words[0], words.at(-1)];
    if (first && last) found.push({ start: first.start, end: last.end, words, next });
    words = [];
  };
  for (const match of text.matchAll(token)) {
    // a full stop behind a longer word ends a sentence
    const initial = /^\p{Lu}\p{Ll}?\.$/u.test(match[0]) || /^(?:St|Jr|Sr)\.$/.test(match[0]);
    const shown = initial ? match[0] : match[0].replace(/(?:['’]s)?\.?$/i, '');
    if (address.test(match[0])) {
      close();
      continue;
    }
    if (isNoName(shown)) {
      close(shown);
      continue;
    }
    const at = start + match.index;
    const first = words[0];
    const again = words.length > 1 && shown === first?.text;
    const changes = words.length > 1 && isCapitals(shown) !== isCapitals(words[0]!.text);
    if (again || (changes && shown.length > 3 && first!.text.length > 2)) close();
    words.push({ text: shown, start: at, end: at + shown.length });
    if (shown !== match[0]) close();
  }
  close();
  return found;
}

/** The longest beginning of a segment that is a person's name; undefined where none is. */
function longestName(text: string, { words }: Segment): FoundName | undefined {
  for (let count = Math.min(words.length, 5); count >= 2; count--) {
    const [start, end] = [words[0]!.start, words[count - 1]!.end];
    const name = text.slice(start, end).replace(/\s+/g, ' ');
    if (isPersonName(name)) return { start, end, name: bareName(name), whole: true };
  }
  return undefined;
}

/** What follows "Mr." or "/s/", however short. */
function partOfName({ words }: Segment): FoundName | undefined {
  const [first] = words;
  const last = words[Math.min(words.length, 3) - 1];
  if (!first || !last || first.text.length < 2) return undefined;
  return { start: first.start, end: last.end, name: last.text, whole: false };
}

/** The words that are written small somewhere in a text, as the words of a language are. */
export function smallWords(text: string): Set<string> {
  return new Set(text.match(/(?<!\p{L})\p{Ll}+(?!\p{L})/gu));
}

/** A given name and what follows it, as far as that is nothing else in the text. */
function byGivenName(text: Read, segment: Segment, before: string): FoundName | undefined {
  const { words, next } = segment;
  if (!givenNames.has(words[0]!.text.toLowerCase()) || words.length > 4) return undefined;
  if ((next !== undefined && !isOffice(next)) || /[&@]\s?$/.test(before)) return undefined;
  if (otherwise.test(text.whole.slice(segment.end, segment.end + 20))) return undefined;
  const kept = words.filter((each, at) => at === 0 || !text.small.has(each.text.toLowerCase()));
  return kept.length === words.length ? longestName(text.whole, segment) : undefined;
}

function nameIn(read: Read, segment: Segment): FoundName | undefined {
  const text = read.whole;
  const before = text.slice(Math.max(0, segment.start - 110), segment.start);
  const cued = cue.test(before.slice(-20));
  if (cued && (signed.test(before) || mister.test(before))) {
    return longestName(text, segment) ?? partOfName(segment);
  }
  if (segment.words.length < 2) return undefined;
  const behind = text.slice(segment.words[1]!.end, segment.end + 90);
  const labelled = cued && (label.test(before) || named.test(before));
  if (labelled || segment.next !== undefined || /[,(\n|–-]|\s{2}|an? /.test(behind)) {
    const found = longestName(text, segment);
    if (!found || labelled) return found;
    const after = text.slice(found.end, found.end + 90);
    if (person.test(after) || inOffice.test(after)) return found;
  }
  return byGivenName(read, segment, before);
}

/**
 * The names of natural persons that a text shows to be such: by a signature, "Name:" or "Attention:"
 * before them, a form of address, "an individual" or an office behind them, or a common given name.
 */
export function foundNames(text: string): FoundName[] {
  const found: FoundName[] = [];
  const read = new Read(text);
  for (const { 0: matched, index } of text.matchAll(run)) {
    const single = !/[\s]/.test(matched);
    if (single && !cue.test(text.slice(Math.max(0, index - 20), index))) continue;
    for (const segment of segments(matched, index)) {
      const name = nameIn(read, segment);
      if (name) found.push(name);
    }
  }
  return found;
}
