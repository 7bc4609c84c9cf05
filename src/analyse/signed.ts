import { partitionPoint } from '../domain/partition-point.ts';
import type { Analysis, Span } from '../domain/documents.ts';
import { trimWhitespace } from './prepared-text.ts';

/** A conformed signature, as in filed copies: "/s/ Ann Reed", "(signed) Ann Reed". */
const conformedSignature =
  /\/s\/[ \t:]*[^\s_:].{0,60}|[([](?:signed|sgd\.?)[)\]][ \t]*[A-Z].{0,60}|(?<![\w.])(?:gez\.|sgd\.?|signiert:)[ \t:]*[A-Z\u00c0-\u00dd].{0,60}/gi;
const electronicSignature =
  /\b(?:Document (?:e-)?signed by|Signature (?:Certificate|ID):|Certificate of Completion|Audit Trail\b.{0,40}\bsigned|DocuSign Envelope ID|DocuSigned by|Electronically signed by|E-?signed by|Digitally signed by|Document e-signed by|Adobe (?:Acrobat )?Sign(?: Transaction)?(?: Number)?|Signed with Adobe|HelloSign|Dropbox Sign)\b.{0,80}/gi;
/** Labels before a signature or a signature line. */
const signatureLabel =
  /\b(?:By|Signed(?:[ \t]+by)?|(?:Authori[sz]ed )?Signature)[ \t]*:[ \t]*|\bBy[ \t]+(?=_{3})/g;
/**
 * Where the text on a signature line ends: at the line's end, a gap before the next column, the
 * next label.
 */
const lineEnd =
  /\n|\S\s{3,}|\b(?:By|Name|Title|Its|Dated?|Print(?:ed)? Name|Signature|Witness)\b[ \t]*:?/;
const personName = /^\p{Lu}[\p{L}.'\u2019-]+(?: \p{Lu}[\p{L}.'\u2019-]*){1,3}$/u;
const companyWord =
  /\b(?:inc|llc|l\.l\.c|lp|l\.p|ltd|limited|corp|corporation|company|partner|member|manager)\b/i;
/** A rule without a label, above a name or a label for one. */
const blankRule =
  /(?<!_)_{8,}\s{0,80}(?=(?:Name|Title|Date|Print)\b|\p{Lu}\p{Ll}+ (?:\p{Lu}\.? )?\p{Lu}\p{Ll}+)/gu;
/** The signer's name in place of a signature, and again after "Name:". */
const printedSignature =
  /^[ \t]*(\p{Lu}[\p{L}.'-]+(?: \p{Lu}[\p{L}.'-]*){1,3})[ \t]*\n\s*Name:[ \t]*\1/gmu;
const closingPhrase =
  /\bin witness whereof\b|\bsignatures? (?:page|block)\b|\bexecuted (?:this|the|by)\b|\bhave (?:caused|signed|executed)\b/gi;
const maxEvidence = 6;
/** Blank lines farther than this from every signature belong to an exhibit's form. */
const maxBlockDistance = 600;
/** A signature within this many characters after a blank label is on its line. */
const maxSignatureDistance = 120;

/** The block under a blank signature line goes on, so that a later signature is another party's. */
const blockGoesOn = /\n[ \t]*(?:(?:Printed? )?Name|Title|Dated?|Position|Capacity)[ \t]*:/i;

/** Where to look for signatures: from the last closing words, or in the last third of the text. */
function findClosingStart(text: string): number {
  let at = -1;
  for (const match of text.matchAll(closingPhrase)) {
    at = match.index;
    if (at > text.length / 3) break;
  }
  const fallback = Math.floor((text.length * 2) / 3);
  return at < 0 ? fallback : Math.min(at, fallback);
}

function findSpans(text: string, pattern: RegExp, from = 0): Span[] {
  const found: Span[] = [];
  for (const match of text.slice(from).matchAll(pattern)) {
    const start = from + match.index;
    const span = trimWhitespace(text, { start, end: start + match[0].length });
    if (span) found.push(span);
  }
  return found;
}

interface SignatureLines {
  /** Signature lines with a person's name on them. */
  filled: Span[];
  blank: Span[];
}

/** Signature lines from `from` on; not those with "/s/", which are already counted. */
function findSignatureLines(text: string, from: number): SignatureLines {
  const lines: SignatureLines = { filled: [], blank: [] };
  for (const match of text.slice(from).matchAll(signatureLabel)) {
    const start = from + match.index;
    const at = start + match[0].length;
    const rest = text.slice(at, at + 80);
    const end = lineEnd.exec(rest);
    const lineText = rest.slice(0, end ? end.index + (/^\S\s/.test(end[0]) ? 1 : 0) : 80);
    const signer = lineText.replace(/[_[\]\s]+/g, ' ').trim();
    const span = trimWhitespace(text, { start, end: at + lineText.length });
    if (!span || /^\/s\//i.test(signer)) continue;
    if (/^[-\u2013.\s]*$/.test(signer)) lines.blank.push(span);
    else if (personName.test(signer) && !companyWord.test(signer)) lines.filled.push(span);
  }
  return lines;
}

/** Rules for a signature without "By:" before them; not those under a signature. */
function findUnlabelledLines(text: string, from: number): Span[] {
  return findSpans(text, blankRule, from).filter(({ start }) => {
    const before = text.slice(Math.max(0, start - 80), start);
    return !/\/s\/|:[ \t]*$/i.test(before);
  });
}

/** A test whether a span overlaps one of many, in time that grows with the logarithm of their number. */
function overlapTest(spans: Span[]): (span: Span) => boolean {
  const sorted = spans.toSorted((a, b) => a.start - b.start);
  let lastEnd = -Infinity;
  const lastEnds = sorted.map(({ end }) => (lastEnd = Math.max(lastEnd, end)));
  return ({ start, end }) => {
    const before = partitionPoint(sorted, (other) => other.start < end);
    return before > 0 && lastEnds[before - 1]! > start;
  };
}

/**
 * Whether the contract is signed. Conformed signatures ("/s/"), electronic envelopes and signature
 * lines with a name mean `signed`; blank signature lines mean `unsigned`. If a block has some of
 * each, or there is none, it is `unknown`. Blank lines far from every signature belong to forms in
 * exhibits and do not count.
 */
export function findSigned(text: string): Analysis['signed'] {
  const from = findClosingStart(text);
  const { filled, blank } = findSignatureLines(text, from);
  const envelopes = findSpans(text, electronicSignature);
  const certainSignatures = [...envelopes, ...findSpans(text, conformedSignature)];
  const signatures =
    certainSignatures.length > 0
      ? certainSignatures
      : [...filled, ...findSpans(text, printedSignature, from)];
  const startsSignature = overlapTest(
    certainSignatures.map(({ start }) => ({ start, end: start + 1 })),
  );
  const labelledLines = blank.filter(({ end }) => {
    const goesOn = blockGoesOn.exec(text.slice(end, end + maxSignatureDistance));
    const line = end + (goesOn ? Math.max(1, goesOn.index) : maxSignatureDistance);
    return !startsSignature({ start: end, end: line });
  });
  const lines =
    labelledLines.length > 0 || certainSignatures.length > 0
      ? labelledLines
      : findUnlabelledLines(text, from);
  // An envelope's number is on every page even before anyone has signed.
  const hasHandSignature = signatures.length > envelopes.length;
  const isNear = overlapTest(signatures);
  const blanks = hasHandSignature
    ? lines.filter(({ start, end }) =>
        isNear({ start: start - maxBlockDistance, end: end + maxBlockDistance }),
      )
    : lines;
  if (signatures.length > 0 && blanks.length === 0) {
    return { value: 'signed', evidence: signatures.slice(0, maxEvidence) };
  }
  if (signatures.length === 0 && blanks.length > 0) {
    return { value: 'unsigned', evidence: blanks.slice(0, maxEvidence) };
  }
  return { value: 'unknown', evidence: [...signatures.slice(0, 3), ...blanks.slice(0, 3)] };
}
