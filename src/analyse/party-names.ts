import type { Span } from '../documents.ts';
import { partyKey } from './party-key.ts';
import { findPlaces } from './places.ts';

/** A name where it stands, read token by token. */
export interface NameMention extends Span {
  /** Whether a legal form is in it: "Inc.", "GmbH". */
  legalForm: boolean;
  /** Index of the token after it. */
  next: number;
}

export interface Token extends Span {
  text: string;
}

const legalForm =
  /^(?:inc|incorporated|corp|corporation|company|co|llc|l\.l\.c|lp|l\.p|llp|l\.l\.p|lllp|ltd|ltda|limited|plc|p\.l\.c|gmbh|ag|kg|se|s\.a|sa|sas|s\.a\.s|sarl|s\.a\.r\.l|s\/a|g\.i\.e|s\.p\.a|spa|s\.r\.l|srl|n\.v|nv|b\.v|bv|oy|oyj|ab|asa|a\/s|aps|kk|k\.k|pte|pty|pvt|bhd|n\.a|partnership|aktiengesellschaft|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;
const connector = /^(?:of|the|for|de|la|du|del|di|von|van|der|den|y|e|und|et|&|\/|\+)$/i;
/** Capitalised, in capitals or with a digit first; or a domain such as "salesforce.com". */
const word =
  /^(?:["\u201c]?[A-Z0-9\u00c0-\u00de][\w.&'\u2019\u00c0-\u024f/!+-]*|[a-z]\w*\.(?:com|org|net)|[a-z][A-Z]\w*)$/;
/** Words in capitals that end a name where a whole opening is set in capitals. */
const stop =
  /^(?:a|an|with|having|located|whose|which|residing|on|in|as|by|at|is|are|and|or|between|among|hereinafter|a\/k\/a|d\/b\/a|dba|f\/k\/a|formerly|dated|each|both|collectively|this|that|organized|duly|whereas|recitals|attn|attention|address|acting|together|its|their|effective)$/i;

/** Numbers, years and what opens a sentence rather than a name. */
const notFirst =
  /^(?:\d[\d.,:/-]*(?:am|pm)?|if|such|no|any|all|section|article|exhibit|schedule|if|see|page)$/i;
/** A full stop behind a word of four letters or more ends the sentence, and with it the name. */
const fullStop = /[a-z0-9]{4}\.$/i;

export function tokens(text: string, span: Span): Token[] {
  const found: Token[] = [];
  for (const match of text.slice(span.start, span.end).matchAll(/[(),;:]|[^\s(),;:]+/g)) {
    const start = span.start + match.index;
    found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}

export function isLegalForm(token: Token | undefined): boolean {
  return token !== undefined && legalForm.test(token.text);
}

/** "(Hong Kong)" within a name: the index after it, or -1. */
function afterPlace(list: Token[], at: number): number {
  if (list[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (list[i]?.text === ')') return i > at + 1 && isLegalForm(list[i + 1]) ? i + 1 : -1;
    if (!list[i] || !word.test(list[i]!.text)) return -1;
  }
  return -1;
}

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function afterComma(list: Token[], at: number): number {
  if (list[at]?.text !== ',') return -1;
  if (isLegalForm(list[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(list[at + 1]!.text))
    return at + 1;
  if (afterPlace(list, at + 1) > 0) return at + 1;
  return list[at + 2]?.text === '&' ? at + 1 : -1;
}

/**
 * The name that begins at token `at`; undefined where none begins there. With `joined`, "and" may
 * stand after several words of it, as where every name has a line of its own.
 */
export function readName(
  list: Token[],
  at: number,
  { joined = false } = {},
): NameMention | undefined {
  const first = list[at];
  if (!first || !word.test(first.text) || stop.test(first.text) || notFirst.test(first.text)) {
    return undefined;
  }
  let next = at + 1;
  let complete = isLegalForm(first);
  for (let read = 1; read < 16; read++) {
    const token = list[next];
    if (!token || (fullStop.test(list[next - 1]!.text) && !isLegalForm(list[next - 1]))) break;
    const place = afterPlace(list, next);
    const comma = afterComma(list, next);
    if (place > 0) next = place;
    else if (comma > 0) next = comma;
    else if (isLegalForm(token) || (token.text === 'AS' && /[a-z]/.test(list[next - 1]!.text))) {
      complete = true;
      next++;
    } else if (complete && !connector.test(token.text) && endsWithForm(list[next - 1]!)) break;
    else if (/^and$/i.test(token.text)) {
      if ((next !== at + 1 && !joined) || !joins(list, next)) break;
      next++;
    } else if (connector.test(token.text)) {
      if (!list[next + 1] || !word.test(list[next + 1]!.text) || stop.test(list[next + 1]!.text))
        break;
      next++;
    } else if (word.test(token.text) && !stop.test(token.text)) next++;
    else break;
  }
  while (next > at + 1 && connector.test(list[next - 1]!.text)) next--;
  const last = list[next - 1]!;
  return { start: first.start, end: last.end, legalForm: complete, next };
}

/** Forms after which nothing of a name follows; "Bank" and "Company" may go on. */
function endsWithForm(token: Token): boolean {
  return /^(?:inc|incorporated|llc|l\.l\.c|ltd|limited|plc|gmbh|lp|l\.p|llp|corp|corporation|ag|n\.v|b\.v)\.?$/i.test(
    token.text,
  );
}

/** "Procter and Gamble Company": one word, "and", and a name with a legal form within three words. */
function joins(list: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 3; i++) {
    if (!list[i] || !word.test(list[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(list[i])) return true;
  }
  return false;
}

const onlyForms =
  /^(?:inc|llc|ltd|limited|corp|corporation|company|lp|llp|plc|trust|bank|association|university|institute|foundation|fund|authority|partnership)\.?$/i;
const noName =
  /\b(?:agreement|contract|date|section|exhibit|article|act|schedule|products?|services?|period|term|territory|software|rights|securities|shares|units|notes|plan)$/i;
const oneWord =
  /^(?:the )?(?:company|agent|bank|trust|seller|buyer|purchaser|customer|client|supplier|distributor|licensor|licensee|consultant|contractor|lessor|lessee|landlord|tenant|owner|party|parties|affiliate|reseller|vendor|manufacturer|franchisor|franchisee|employer|employee|issuer|borrower|lender|software|member|members|state)$/i;

/** Whether a name that was read could be a party's: not a role, a place or a defined term alone. */
export function isPartyName(name: string): boolean {
  if (onlyForms.test(name) || oneWord.test(name) || noName.test(name)) return false;
  // "Delaware corporation" is where a company comes from.
  const bare = partyKey(name);
  const [place] = findPlaces(bare);
  return !(place && place.at === 0 && place.end === bare.length) && /\p{L}{2}/u.test(name);
}

/** A name as it is shown: white space collapsed, quotes and a trailing comma dropped. */
export function shownName(text: string, { start, end }: Span): string {
  return text
    .slice(start, end)
    .replace(/\s+/g, ' ')
    .replace(/["\u201c\u201d]/g, '')
    .replace(/[\s,;:]+$/, '')
    .trim();
}
