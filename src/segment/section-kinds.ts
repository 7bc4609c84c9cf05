import type { Span } from '../domain/documents.ts';
import { isCapitals, isUpper } from './characters.ts';
import { readNumbering } from './numbering.ts';

/** The words that begin the kinds of sections: recitals, agreement, signatures, exhibits. */

const exhibitPattern =
  /(EXHIBIT|Exhibit|SCHEDULE|Schedule|ANNEX|Annex|ANNEXURE|APPENDIX|Appendix|ATTACHMENT|Attachment|ADDENDUM|Addendum) ((?:No\. ?)?(?:["“]?[A-Z]{1,2}(?:[-.]?\d{1,2}){0,2}["”]?|\d{1,2}(?:\.\d{1,2}){0,2}(?:[-(]?[A-Za-z]\)?)?|[IVX]{1,5}))(?= |$|[-–—:.,;)])/y;
const witnessPattern = /IN WITNESS (?:WHEREOF|THEREOF|HEREOF)|In [Ww]itness [Ww]hereof/y;
/** How a signature block without these words begins, after names and "Executed as of". */
const signaturePattern =
  /(?:By|BY|Per|PER|Signed|Signature|SIGNATURE) ?:(?= |$)|(?:By|BY) (?=\/s\/|_{3})|\/s\/ ?(?=\p{Lu})/uy;
const signatureField = /(?:Name|NAME|Title|TITLE|Its|ITS|Date|DATE|By|BY) ?:|\/s\/|_{6}/;
const executionPattern =
  /^(?:executed|signed|agreed|accepted|acknowledged|approved|the parties|this agreement|\[?signature)/i;
const thereforePattern = /NOW,? ?THEREFORE|Now,? ?[Tt]herefore/y;
const recitalPattern =
  /(?:RECITALS?|Recitals|BACKGROUND|Background|WITNESSETH|W I T N E S S E T H|PREAMBLE|Preamble)(?=[ :;,.]|$)/y;
const whereasPattern = /WHEREAS(?=[ ,:;])|Whereas(?=[ ,:])/y;
const definitionsPattern =
  /^(?:certain |general )?(?:definitions?|defined terms|definitions? and .*|interpretation|glossary)\b/i;
const preamblePattern =
  /\b(?:between|among|entered into|made (?:and|as of|effective)|dated as of|part(?:y|ies)|agrees?)\b/i;

/** How near to "By:" a name, a title or another signature must be, in characters. */
const maxSignatureLength = 300;
/** How many paragraphs of names and addresses may stand above "By:". */
const maxParagraphsAbove = 4;
const maxNameLength = 90;
const maxExecutionLength = 250;
/** How far after an exhibit's label to look for its title, in characters. */
const maxTitleLength = 130;

export const startsWitness = (chars: string, at: number): boolean =>
  matchesAt(witnessPattern, chars, at);
export const startsAgreement = (chars: string, at: number): boolean =>
  matchesAt(thereforePattern, chars, at);
export const startsWhereas = (chars: string, at: number): boolean =>
  matchesAt(whereasPattern, chars, at);
export const isDefinitions = (title: string): boolean => definitionsPattern.test(title);
/** Whether a paragraph says who agrees with whom, so that cover and title are before it. */
export const isPreamble = (paragraph: string): boolean => preamblePattern.test(paragraph);
export const startsExhibitLabel = (chars: string, at: number): boolean =>
  matchesAt(exhibitPattern, chars, at);

/** Whether "By:" or the like stands at `at` and the fields of a signature follow. */
export function startsSignature(chars: string, at: number): boolean {
  return (
    matchesAt(signaturePattern, chars, at) &&
    signatureField.test(chars.slice(at + 3, at + maxSignatureLength))
  );
}

/** Where the signature block begins whose first "By:" is at `at`: with the names above it. */
export function findSignatureStart(
  chars: string,
  paragraphs: Span[],
  index: number,
  at: number,
): number {
  let first = index;
  while (
    first > 0 &&
    index - first < maxParagraphsAbove &&
    isAboveSignature(chars, paragraphs[first - 1]!)
  ) {
    first--;
  }
  return first < index ? paragraphs[first]!.start : at;
}

function isAboveSignature(chars: string, { start, end }: Span): boolean {
  const words = chars.slice(start, Math.min(end, start + maxExecutionLength));
  if (readNumbering(chars, start) || words.includes('@')) return false;
  if (end - start < maxNameLength) return !/[a-z]{3}[.;]$/.test(words);
  return end - start < maxExecutionLength && executionPattern.test(words);
}

/** Reads the title "RECITALS", "Background" or the like at `at`; undefined for the mere word. */
export function readRecitalsTitle(chars: string, at: number): string | undefined {
  recitalPattern.lastIndex = at;
  const title = recitalPattern.exec(chars)?.[0];
  if (title === undefined || isCapitals(title)) return title;
  const rest = chars.slice(at + title.length, at + title.length + 12);
  return /^[:.]?(?:$| (?:A\.|1\.|\([Aa1]\)|WHEREAS))/.test(rest) ? title : undefined;
}

/** Reads the label of an exhibit that begins at `at`, and where its title would begin. */
export function readExhibitLabel(
  chars: string,
  at: number,
  paragraph: Span,
): { number: string; titleStart: number } | undefined {
  exhibitPattern.lastIndex = at;
  const match = exhibitPattern.exec(chars);
  if (!match) return undefined;
  const number = match[0];
  const after = at + number.length;
  const startsParagraph = at === paragraph.start;
  const isInCapitals = isCapitals(match[1]!);
  const rest = chars.slice(after, Math.min(paragraph.end, after + maxTitleLength));
  const isSeparated = /^(?: ?[-–—:.]{1,2} | ?\()/.test(rest);
  const opening = rest.replace(/^[ \-–—:.]+/, '');
  const hasTitle = opening === '' || isUpper(opening[0]!);
  // "Exhibit A is attached", "Schedule 1, which": a sentence, not a heading.
  const isHeading =
    rest.length < 3 || (startsParagraph && (isSeparated || hasTitle)) || (isInCapitals && hasTitle);
  if (!isHeading || !(startsParagraph || isInCapitals)) return undefined;
  return { number, titleStart: after + rest.length - opening.length };
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}
