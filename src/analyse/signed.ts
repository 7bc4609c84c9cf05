import type { Analysis, Span } from '../documents.ts';
import { trimmed } from './reading.ts';

const conformed = /\/s\/[ \t]*[^\s_].{0,60}/gi;
const electronic =
  /\b(?:DocuSign Envelope ID|DocuSigned by|Electronically signed by|Digitally signed by|Adobe (?:Acrobat )?Sign(?: Transaction)?(?: Number)?|Signed with Adobe|HelloSign|Dropbox Sign)\b.{0,80}/gi;
/** A signature line with what stands on it up to the next label or line end. */
const line = /\b(?:By|Signed|Signature|Signed by)[ \t]*:[ \t]*(.{0,80})/g;
const label = /^(?:(?:Name|Title|Its|Date|Print(?:ed)? Name)\b|$)/i;
const closing =
  /\bin witness whereof\b|\bsignatures? (?:page|block)\b|\bexecuted (?:this|the|by)\b|\bhave (?:caused|signed|executed)\b/gi;
const most = 6;

/** Where signatures are looked for: from the last words that close a contract, or its last third. */
function closingStart(text: string): number {
  let at = -1;
  for (const match of text.matchAll(closing)) {
    at = match.index;
    if (at > text.length / 3) break;
  }
  const fallback = Math.floor((text.length * 2) / 3);
  return at < 0 ? fallback : Math.min(at, fallback);
}

function spans(text: string, matches: Iterable<RegExpExecArray>): Span[] {
  const found: Span[] = [];
  for (const match of matches) {
    const span = trimmed(text, { start: match.index, end: match.index + match[0].length });
    if (span) found.push(span);
    if (found.length === most) break;
  }
  return found;
}

/**
 * Whether the contract is signed: conformed signatures ("/s/"), electronic envelopes and filled
 * signature lines say yes, signature lines left blank say no; some of each, or no signature block
 * at all, is unknown.
 */
export function findSigned(text: string): Analysis['signed'] {
  const from = closingStart(text);
  const tail = text.slice(from);
  const inTail = (span: Span) => ({ start: span.start + from, end: span.end + from });
  const signatures = [
    ...spans(text, text.matchAll(electronic)),
    ...spans(text, text.matchAll(conformed)),
  ];
  const blanks: Span[] = [];
  for (const match of tail.matchAll(line)) {
    const on = match[1]!.replace(/[_.\s]+$/, '').replace(/^[_.\s]+/, '');
    const [span] = spans(tail, [match]);
    if (!span || /^\/s\//i.test(on)) continue;
    if (label.test(on)) blanks.push(inTail(span));
    else if (
      signatures.length === 0 &&
      /^[A-Z][\w.]+ (?:[A-Z]\.? )?[A-Z][\w.]+/.test(on) &&
      !/_{3}/.test(match[1]!)
    ) {
      signatures.push(inTail(span));
    }
  }
  const evidence = (of: Span[]) => of.slice(0, most);
  if (signatures.length > 0 && blanks.length === 0)
    return { value: 'signed', evidence: evidence(signatures) };
  if (signatures.length === 0 && blanks.length > 0)
    return { value: 'unsigned', evidence: evidence(blanks) };
  return {
    value: 'unknown',
    evidence: evidence([...signatures.slice(0, 3), ...blanks.slice(0, 3)]),
  };
}
