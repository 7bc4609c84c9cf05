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

export interface NameReading {
  joined?: boolean;
  /** Whether a number may stand first: "1661 Inc.". */
  numbered?: boolean;
  /** Whether a name ends between two tokens. */
  until?: (last: Token, next: Token) => boolean;
}

/** Also forms of an institution; "bank" and "company" may go on. */
const legalForm =
  /^(?:inc|incorporated|corp|corporation|company|co|llc|l\.l\.c|lp|l\.p|llp|l\.l\.p|lllp|ltd|ltda|limited|plc|p\.l\.c|gmbh|ag|kg|se|s\.a|sa|sas|s\.a\.s|sarl|s\.a\.r\.l|s\/a|g\.i\.e|s\.p\.a|spa|s\.r\.l|srl|n\.v|nv|b\.v|bv|oy|oyj|ab|asa|a\/s|a\.s|a\.\u015f|aps|kk|k\.k|s\.l|s\.l\.u|s\.a\.b|s\.a\.u|s\.c\.a|sdn|c\.v|ltd\.\u015fti|d\.o\.o|s\.r\.o|jsc|pjsc|ooo|pte|pty|pvt|bhd|n\.a|partnership|aktiengesellschaft|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;
const connector =
  /^(?:of|the|for|de|la|du|del|di|von|van|der|den|do|da|dos|das|y|e|und|et|&|\/|\+|-|\u2013)$/i;
/** Capitalised, in capitals or with a digit first; or a domain such as "salesforce.com". */
const word =
  /^(?:["\u201c@#]?[\p{Lu}0-9][\p{L}\p{M}\p{N}_.&'\u2018\u2019\u00b4/!+*-]*|[a-z]\w*\.(?:com|org|net)|[a-z]{1,2}-?[A-Z]\w*|[a-z]-[a-z]+)$/u;
/** Words in capitals that end a name where a whole opening is set in capitals. */
const stop =
  /^(?:a|an|with|having|located|whose|which|residing|on|in|as|by|at|is|are|and|or|between|among|hereinafter|a\/k\/a|d\/b\/a|dba|f\/k\/a|formerly|dated|each|both|collectively|this|that|organized|duly|whereas|recitals|attn|attention|address|acting|together|its|their|effective|individually|who|whereby|hereby|referred|hereafter|herein|known|existing|telephone|tel|fax|registered|registration|c\/o|collectively|severally|jointly|to|from)$/i;

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

/** Words that are a legal form only with a capital: "incorporated in", "limited to" are none. */
const plainWord =
  /^(?:incorporated|limited|company|corporation|partnership|trust|association|foundation|institute|university|bank|fund|authority|se|as|co)\.?$/;

export function isLegalForm(token: Token | undefined): boolean {
  return token !== undefined && legalForm.test(token.text) && !plainWord.test(token.text);
}

/** "(Hong Kong)" within a name, the legal form near behind it: the index after it, or -1. */
function afterPlace(list: Token[], at: number): number {
  if (list[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (list[i]?.text !== ')') {
      if (!list[i] || !word.test(list[i]!.text) || /["\u201c]|^\d{1,2}$/.test(list[i]!.text))
        return -1;
      continue;
    }
    if (i === at + 1) return -1;
    const next = list[i + 1]?.text === ',' ? i + 2 : i + 1;
    if (isLegalForm(list[next])) return i + 1;
    const goesOn = list.slice(i + 1, i + 5);
    const form = goesOn.findIndex((token) => isLegalForm(token));
    const named = goesOn.slice(0, form).every(({ text }) => word.test(text) && !stop.test(text));
    return form > 0 && named ? i + 1 : -1;
  }
  return -1;
}

/** What follows a person's name behind a comma. */
const credential = /^(?:m\.?d|n\.d|ph\.?d|d\.o|d\.d\.s|d\.v\.m|m\.b\.a|esq|jr|sr|cpa|ii|iii)\.?$/i;

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function afterComma(list: Token[], at: number): number {
  if (list[at]?.text !== ',') return -1;
  if (isLegalForm(list[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(list[at + 1]!.text))
    return at + 1;
  if (afterPlace(list, at + 1) > 0 || credential.test(list[at + 1]?.text ?? '')) return at + 1;
  return list[at + 2]?.text === '&' ? at + 1 : -1;
}

/**
 * The name that begins at token `at`; undefined where none begins there. "and" goes on only with
 * `joined`, as where every name has a line of its own; `until` says where else it ends.
 */
export function readName(
  list: Token[],
  at: number,
  { joined = false, numbered = false, until = () => false }: NameReading = {},
): NameMention | undefined {
  const first = list[at];
  const opens =
    first &&
    stop.test(first.text) &&
    /^(?:At|In|On|By|A|As|With|To|From|Is|Its)$/.test(first.text) &&
    nearsForm(list, at + 1);
  if (
    !first ||
    !word.test(first.text) ||
    (stop.test(first.text) && !opens) ||
    notFirst.test(first.text)
  ) {
    const number =
      first && /^\d{1,4}$/.test(first.text) ? readName(list, at + 1, { joined, until }) : undefined;
    return numbered && number?.legalForm ? { ...number, start: first!.start } : undefined;
  }
  let next = at + 1;
  let complete = isLegalForm(first);
  for (let read = 1; read < 16; read++) {
    const token = list[next];
    const last = list[next - 1]!;
    if (
      !token ||
      (endsSentence(last) && (joined || !nearsForm(list, next))) ||
      heading.test(last.text) ||
      until(last, token)
    )
      break;
    const place = afterPlace(list, next);
    const comma = afterComma(list, next);
    if (place > 0) next = place;
    else if (comma > 0) next = comma;
    else if (isLegalForm(token) || (token.text === 'AS' && /[a-z]/.test(list[next - 1]!.text))) {
      complete = true;
      next++;
    } else if (complete && endsWithForm(last) && !goesOn(list, next)) {
      if (joined || !nearsForm(list, next)) break;
      next++;
    } else if (/^and$/i.test(token.text)) {
      if (!joined || !joins(list, next)) break;
      next++;
    } else if (connector.test(token.text)) {
      // "of the University": two in a row.
      const after = connector.test(list[next + 1]?.text ?? '') ? next + 2 : next + 1;
      if (!list[after] || !word.test(list[after]!.text) || stop.test(list[after]!.text)) break;
      next = after;
    } else if (nickname.test(token.text) && /^\p{Lu}/u.test(list[next + 1]?.text ?? '')) next += 2;
    else if (word.test(token.text) && (!stop.test(token.text) || isWithin(list, next))) next++;
    else if (/^[a-z]{3,}$/.test(token.text) && !stop.test(token.text) && formFollows(list, next))
      next++;
    else break;
  }
  while (next > at + 1 && connector.test(list[next - 1]!.text)) next--;
  const last = list[next - 1]!;
  return { start: first.start, end: last.end, legalForm: complete, next };
}

/** What a title ends with, so that no name goes on behind it. */
const heading = /^(?:agreement|contract|amendment|addendum|\d+\.\d+)$/i;
const nickname = /^["\u201c]\p{Lu}\p{L}+["\u201d]$/u;

/** Forms after which a name may go on: "Bank of …", "Company Ltd". */
const mayGoOn =
  /^(?:company|co|partnership|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;

function endsWithForm(token: Token): boolean {
  return isLegalForm(token) && !mayGoOn.test(token.text);
}

/** Whether the legal form stands right behind token `at`, a comma between them or not. */
function formFollows(list: Token[], at: number): boolean {
  const next = list[at + 1]?.text === ',' ? at + 2 : at + 1;
  return isLegalForm(list[next]) && endsWithForm(list[next]!);
}

/** Whether words of a name and, without a comma, a legal form follow within three tokens. */
function nearsForm(list: Token[], at: number): boolean {
  for (let i = at; i < at + 3 && list[i]; i++) {
    if (!word.test(list[i]!.text) || stop.test(list[i]!.text) || isLegalForm(list[i])) return false;
    if (isLegalForm(list[i + 1]) && endsWithForm(list[i + 1]!)) return true;
  }
  return false;
}

/** "YOU ON DEMAND HOLDINGS, INC.": a preposition in capitals, the legal form within three words. */
function isWithin(list: Token[], at: number): boolean {
  if (!/^(?:ON|IN|AT|On|In|At)$/.test(list[at]!.text)) return false;
  for (let i = at + 1; i <= at + 4 && list[i]; i++) {
    if (isLegalForm(list[i]) || (list[i]!.text === ',' && isLegalForm(list[i + 1])))
      return i > at + 1;
    if (!word.test(list[i]!.text) || stop.test(list[i]!.text)) return false;
  }
  return false;
}

/** After a legal form: "GmbH & Co.", "Corporation of America", but no "Ltd. of Beijing". */
function goesOn(list: Token[], at: number): boolean {
  if (/^de$/i.test(list[at]!.text)) return /^(?:c\.?v|r\.?l)\.?$/i.test(list[at + 1]?.text ?? '');
  if (list[at]!.text === '&') return /^co\b/i.test(list[at + 1]?.text ?? '');
  return /^of$/i.test(list[at]!.text) && /^corporation$/i.test(list[at - 1]!.text);
}

/** A full stop that ends more than the word: not that of "Inc." or "No.". */
function endsSentence({ text }: Token): boolean {
  return fullStop.test(text) && !/^(?:corp|ltda|mssrs|messrs|prof|univ|intl)\.$/i.test(text);
}

/** "and" before a name with a legal form within four words: "Gamble Company". */
function joins(list: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 4; i++) {
    if (!list[i] || !word.test(list[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(list[i])) return true;
  }
  return false;
}

const onlyForms =
  /^(?:inc|llc|ltd|limited|corp|corporation|company|lp|llp|plc|trust|bank|association|university|institute|foundation|fund|authority|partnership)\.?$/i;
const noName =
  /\b(?:agreement|contract|date|section|exhibit|article|act|schedule|products?|services?|period|term|territory|software|rights|securities|shares|units|notes|plan|policy|parties|party|office)$|\bact of \d{4}|\bexchange commission$/i;
const oneWord =
  /^(?:the )?(?:company|agent|bank|trust|fund|adviser|advisor|developer|sponsor|promoter|producer|artist|athlete|celebrity|professional|publisher|shipper|transporter|carrier|operator|servicer|guarantor|guarantors|parent|subsidiary|executive|recipient|discloser|user|you|we|us|purchasers|sellers|content provider|service provider|merchant|holder|holders|depositor|trustee|administrator|investor|investors|underwriters?|stockholders?|shareholders?|undersigned|seller|buyer|purchaser|customer|client|supplier|distributor|licensor|licensee|consultant|contractor|lessor|lessee|landlord|tenant|owner|party|parties|affiliate|reseller|vendor|manufacturer|franchisor|franchisee|employer|employee|issuer|borrower|lender|software|member|members|state)$/i;

/** What stands in an address and never in a name. */
const address =
  /\b(?:suite|ste|floor|bldg|p\.?\s?o\.? box|postal code|zip|attn|telephone|tel|fax|unit \w?\d+)\b|\b(?:street|avenue|ave|road|boulevard|blvd|building)$|\d.*\b(?:street|avenue|ave|road|boulevard|blvd|building)\b|^#?\d+[a-z]{0,2} \S+ (?:st|dr|rd|drive|lane|way|court|parkway|place)\b|^[a-z]{2} \d{5}|\b\d{5}(?:-\d{4})?\.?$/i;

/** Whether a name that was read could be a party's: not a role, an address, a place or a defined term alone. */
export function isPartyName(name: string): boolean {
  if (onlyForms.test(name) || oneWord.test(name) || noName.test(name)) return false;
  if (address.test(name)) return false;
  if (
    /\s\d+\.\d+(?:\s|$)|^(?:[\p{Lu}]{4,} )?the (?:company|consultant|executive|employee)$/iu.test(
      name,
    )
  )
    return false;
  // "Delaware corporation" is where a company comes from.
  const bare = partyKey(name);
  const [place] = findPlaces(bare);
  const placeAlone =
    place?.at === 0 && /^(?: ?\d[\d -]*| usa| us| \w\d\w \d\w\d)?$/.test(bare.slice(place.end));
  return !placeAlone && /\p{L}{2}/u.test(name);
}

/** A name as it is shown: white space collapsed, quotes and a trailing comma dropped. */
export function shownName(text: string, { start, end }: Span): string {
  return text
    .slice(start, end)
    .replace(/\s+/g, ' ')
    .replace(/["\u201c\u201d]/g, '')
    .replace(/[\s,;:]+$/, '')
    .replace(/(?<=[a-z]{4})\.$/i, (dot: string, ...[, whole]: [number, string]) =>
      /\b(?:corp|ltda|prof|univ)\.$/i.test(whole) ? dot : '',
    )
    .trim();
}
