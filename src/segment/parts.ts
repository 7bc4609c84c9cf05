import type { Span } from '../documents.ts';
import { isUpper } from './characters.ts';
import { readNumbering } from './numbering.ts';
import { isCapitals } from './titles.ts';

/** The words with which the parts of a contract begin: recitals, agreement, signatures, exhibits. */

const label =
  /(EXHIBIT|Exhibit|SCHEDULE|Schedule|ANNEX|Annex|ANNEXURE|APPENDIX|Appendix|ATTACHMENT|Attachment|ADDENDUM|Addendum) ((?:No\. ?)?(?:["“]?[A-Z]{1,2}(?:[-.]?\d{1,2}){0,2}["”]?|\d{1,2}(?:\.\d{1,2}){0,2}(?:[-(]?[A-Za-z]\)?)?|[IVX]{1,5}))(?= |$|[-–—:.,;)])/y;
const witness = /IN WITNESS (?:WHEREOF|THEREOF|HEREOF)|In [Ww]itness [Ww]hereof/y;
/** How a signature block without these words begins, after names and "Executed as of". */
const signing =
  /(?:By|BY|Per|PER|Signed|Signature|SIGNATURE) ?:(?= |$)|(?:By|BY) (?=\/s\/|_{3})|\/s\/ ?(?=\p{Lu})/uy;
const signatureField = /(?:Name|NAME|Title|TITLE|Its|ITS|Date|DATE|By|BY) ?:|\/s\/|_{6}/;
const execution =
  /^(?:executed|signed|agreed|accepted|acknowledged|approved|the parties|this agreement|\[?signature)/i;
const therefore = /NOW,? ?THEREFORE|Now,? ?[Tt]herefore/y;
const recital =
  /(?:RECITALS?|Recitals|BACKGROUND|Background|WITNESSETH|W I T N E S S E T H|PREAMBLE|Preamble)(?=[ :;,.]|$)/y;
const whereas = /WHEREAS(?=[ ,:;])|Whereas(?=[ ,:])/y;
const definitions =
  /^(?:certain |general )?(?:definitions?|defined terms|definitions? and .*|interpretation|glossary)\b/i;
const preamble =
  /\b(?:between|among|entered into|made (?:and|as of|effective)|dated as of|part(?:y|ies)|agrees?)\b/i;

/** How near to "By:" a name, a title or another signature must stand. */
const maxSignature = 300;
/** How many paragraphs of names and addresses may stand above "By:". */
const maxAbove = 4;
const maxName = 90;
const maxExecution = 250;
/** How far the title of an exhibit is looked for. */
const maxTitle = 130;

export const startsWitness = (chars: string, at: number): boolean => matches(witness, chars, at);
export const startsAgreement = (chars: string, at: number): boolean =>
  matches(therefore, chars, at);
export const startsWhereas = (chars: string, at: number): boolean => matches(whereas, chars, at);
export const isDefinitions = (title: string): boolean => definitions.test(title);
/** Whether a paragraph says who agrees with whom, so that the cover and title lie behind. */
export const isPreamble = (paragraph: string): boolean => preamble.test(paragraph);
export const startsExhibitLabel = (chars: string, at: number): boolean => matches(label, chars, at);

/** Whether "By:" or the like stands at `at` and the fields of a signature follow. */
export function startsSignature(chars: string, at: number): boolean {
  return matches(signing, chars, at) && signatureField.test(chars.slice(at + 3, at + maxSignature));
}

/** Where the signature block begins whose first "By:" is at `at`: with the names above it. */
export function signatureStart(
  chars: string,
  paragraphs: Span[],
  index: number,
  at: number,
): number {
  let first = index;
  while (first > 0 && index - first < maxAbove && isAboveSignature(chars, paragraphs[first - 1]!)) {
    first--;
  }
  return first < index ? paragraphs[first]!.start : at;
}

function isAboveSignature(chars: string, { start, end }: Span): boolean {
  const words = chars.slice(start, Math.min(end, start + maxExecution));
  if (readNumbering(chars, start) || words.includes('@')) return false;
  if (end - start < maxName) return !/[a-z]{3}[.;]$/.test(words);
  return end - start < maxExecution && execution.test(words);
}

/** The title "RECITALS", "Background" and the like at `at`, where it is one and not just a word. */
export function recitalsTitle(chars: string, at: number): string | undefined {
  recital.lastIndex = at;
  const title = recital.exec(chars)?.[0];
  if (title === undefined || isCapitals(title)) return title;
  const rest = chars.slice(at + title.length, at + title.length + 12);
  return /^[:.]?(?:$| (?:A\.|1\.|\([Aa1]\)|WHEREAS))/.test(rest) ? title : undefined;
}

/** The label of an exhibit that begins at `at`, and where its title would begin. */
export function exhibitLabel(
  chars: string,
  at: number,
  paragraph: Span,
): { number: string; titleStart: number } | undefined {
  label.lastIndex = at;
  const match = label.exec(chars);
  if (!match) return undefined;
  const number = match[0];
  const after = at + number.length;
  const strong = at === paragraph.start;
  const capital = isCapitals(match[1]!);
  const rest = chars.slice(after, Math.min(paragraph.end, after + maxTitle));
  const separated = /^(?: ?[-–—:.]{1,2} | ?\()/.test(rest);
  const opening = rest.replace(/^[ \-–—:.]+/, '');
  const titled = opening === '' || isUpper(opening[0]!);
  // "Exhibit A is attached", "Schedule 1, which": a sentence, not a heading.
  const heads = rest.length < 3 || (strong && (separated || titled)) || (capital && titled);
  if (!heads || !(strong || capital)) return undefined;
  return { number, titleStart: after + rest.length - opening.length };
}

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
