import type { Span } from '../domain/documents.ts';
import { canonicalPartyKey } from './canonical-party-key.ts';
import { findJurisdictions } from './jurisdictions.ts';

/** A word of a name, or a mark between names. */
export interface Token extends Span {
  text: string;
}

/** Legal forms, and words for institutions. */
const legalForm =
  /^(?:inc|incorporated|corp|corporation|company|co|llc|l\.l\.c|lp|l\.p|llp|l\.l\.p|lllp|ltd|ltda|limited|plc|p\.l\.c|gmbh|ag|kg|se|s\.a|sa|sas|s\.a\.s|sarl|s\.a\.r\.l|s\/a|g\.i\.e|s\.p\.a|spa|s\.r\.l|srl|n\.v|nv|b\.v|bv|oy|oyj|ab|asa|a\/s|a\.s|a\.\u015f|aps|kk|k\.k|s\.l|s\.l\.u|s\.a\.b|s\.a\.u|s\.c\.a|sdn|c\.v|ltd\.\u015fti|d\.o\.o|s\.r\.o|jsc|pjsc|ooo|pte|pty|pvt|bhd|n\.a|partnership|aktiengesellschaft|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;
const connector =
  /^(?:of|the|for|de|la|du|del|di|von|van|der|den|do|da|dos|das|y|e|und|et|&|\/|\+|-|\u2013)$/i;
/** Capitalised, in capitals or with a digit first; or a domain such as "salesforce.com". */
const nameWord =
  /^(?:["\u201c@#]?[\p{Lu}0-9][\p{L}\p{M}\p{N}_.&'\u2018\u2019\u00b4\u00ae\u2122\u2010-\u2014/!+*-]*|[a-z][\w-]*\.(?:com|org|net|tv|biz|info|ca|de|co\.uk|ai|io)|[a-z]{1,3}-?[A-Z][\w.&'\u2019!-]*|[a-z]-[a-z]+)$/u;
/** Words that end a name even in capitals, where a whole opening is in capitals. */
const stopWord =
  /^(?:a|an|with|having|located|whose|which|residing|on|in|as|by|at|is|are|and|or|between|among|hereinafter|a\/k\/a|d\/b\/a|dba|f\/k\/a|formerly|dated|each|both|collectively|this|that|organized|duly|whereas|recitals|attn|attention|address|acting|together|its|their|effective|individually|who|whereby|hereby|referred|hereafter|herein|known|existing|telephone|tel|fax|registered|registration|c\/o|collectively|severally|jointly|to|from)$/i;

/** A full stop after a word of four letters or more ends the sentence, and so the name. */
const sentenceEnd = /[a-z0-9]{4}\.$/i;

export const isConnector = (text: string) => connector.test(text);
const isNameWord = (text: string) => nameWord.test(text);
export const isStopWord = (text: string) => stopWord.test(text);

/** Splits a span into words, commas, semicolons, colons and parentheses. */
export function tokenizeNames(text: string, span: Span): Token[] {
  const found: Token[] = [];
  for (const match of text.slice(span.start, span.end).matchAll(/[(),;:]|[^\s(),;:]+/g)) {
    const start = span.start + match.index;
    found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}

/** Words that are a legal form only with a capital: "incorporated in", "limited to" are not. */
const lowerCaseWord =
  /^(?:incorporated|limited|company|corporation|partnership|trust|association|foundation|institute|university|bank|fund|authority|se|as|co)\.?$/;

export function isLegalForm(token: Token | undefined): boolean {
  return token !== undefined && legalForm.test(token.text) && !lowerCaseWord.test(token.text);
}

/** Forms after which a name may continue: "Bank of …", "Company Ltd". */
const nonFinalForm =
  /^(?:company|co|partnership|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;

/** A legal form with which a name ends. */
function isFinalLegalForm(token: Token | undefined): boolean {
  return token !== undefined && isLegalForm(token) && !nonFinalForm.test(token.text);
}

/** Whether a token's full stop ends a sentence: not that of "Inc." or "No.". */
function endsSentence({ text }: Token): boolean {
  return sentenceEnd.test(text) && !/^(?:corp|ltda|mssrs|messrs|prof|univ|intl)\.$/i.test(text);
}

const legalFormOnly =
  /^(?:inc|llc|ltd|limited|corp|corporation|company|lp|llp|plc|trust|bank|association|university|institute|foundation|fund|authority|partnership)\.?$/i;
const nonName =
  /\b(?:agreement|contract|date|section|exhibit|article|act|schedule|period|term|territory|rights|shares|units|notes|plan|policy|parties|party|office)$|\bact of \d{4}|\bnumber \w*\d+$|\bexchange commission$/i;
/**
 * Two words that end in such a word are a defined term; three or more may be a firm: "Pell
 * Technical Services".
 */
const shortName = /^\S+(?:\s\S+)?$/;
const genericEnding = /\b(?:products?|services?|software|securities)$/i;
const roleWord =
  /^(?:the )?(?:company|agent|bank|trust|fund|adviser|advisor|developer|sponsor|promoter|producer|artist|athlete|celebrity|professional|publisher|shipper|transporter|carrier|operator|servicer|guarantor|guarantors|parent|subsidiary|executive|recipient|discloser|user|you|we|us|purchasers|sellers|content provider|service provider|merchant|holder|holders|depositor|trustee|administrator|investor|investors|underwriters?|stockholders?|shareholders?|undersigned|seller|buyer|purchaser|customer|client|supplier|distributor|licensor|licensee|consultant|contractor|lessor|lessee|landlord|tenant|owner|party|parties|affiliate|reseller|vendor|manufacturer|franchisor|franchisee|employer|employee|issuer|borrower|lender|software|member|members|state)$/i;

/** Words of an address that no name has. */
const address =
  /\b(?:suite|ste|floor|bldg|p\.?\s?o\.? box|postal code|zip|attn|telephone|tel|fax|unit \w?\d+)\b|\b(?:street|avenue|ave|road|boulevard|blvd|building)$|\d.*\b(?:street|avenue|ave|road|boulevard|blvd|building)\b|^#?\d+[a-z]{0,2} \S+ (?:st|dr|rd|drive|lane|way|court|parkway|place)\b|^[a-z]{2} \d{5}|\b\d{5}(?:-\d{4})?\.?$/i;

/**
 * Whether a name could be a party's: not a role, an address, a jurisdiction or a defined term
 * alone.
 */
export function isPartyName(name: string): boolean {
  if (legalFormOnly.test(name) || roleWord.test(name) || nonName.test(name)) return false;
  if (genericEnding.test(name) && shortName.test(name)) return false;
  if (address.test(name)) return false;
  if (
    /\s\d+\.\d+(?:\s|$)|^(?:[\p{Lu}]{4,} )?the (?:company|consultant|executive|employee)$/iu.test(
      name,
    )
  )
    return false;
  // "Delaware corporation" says where a company is incorporated.
  const key = canonicalPartyKey(name);
  const [jurisdiction] = findJurisdictions(key);
  const isJurisdictionAlone =
    jurisdiction?.start === 0 &&
    /^(?: ?\d[\d -]*| usa| us| \w\d\w \d\w\d)?$/.test(key.slice(jurisdiction.end));
  return !isJurisdictionAlone && /\p{L}{2}/u.test(name);
}

/** A name for display: white space collapsed, without quotes and a trailing comma. */
export function displayPartyName(text: string, { start, end }: Span): string {
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

/** A name and its span. */
export interface NameMention extends Span {
  /** Whether a legal form is in it: "Inc.", "GmbH". */
  hasLegalForm: boolean;
  /** Index of the token after it. */
  next: number;
}

export interface NameOptions {
  /** Whether "and" may join two parts of the name, as where each name has a line of its own. */
  allowsAnd?: boolean;
  /** Whether a number may stand first: "1661 Inc.". */
  allowsLeadingNumber?: boolean;
  /** Whether a name ends between two tokens. */
  isBoundary?: (last: Token, next: Token) => boolean;
}

/** Numbers, years and words that begin a sentence and not a name. */
const nonInitialWord =
  /^(?:\d[\d.,:/-]*(?:am|pm)?|if|such|no|any|all|section|article|exhibit|schedule|if|see|page)$/i;
/** The index after "(Hong Kong)" within a name, if a legal form follows soon; else -1. */
function indexAfterQualifier(tokens: Token[], at: number): number {
  if (tokens[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (tokens[i]?.text !== ')') {
      if (!tokens[i] || !isNameWord(tokens[i]!.text) || /["\u201c]|^\d{1,2}$/.test(tokens[i]!.text))
        return -1;
      continue;
    }
    if (i === at + 1) return -1;
    const next = tokens[i + 1]?.text === ',' ? i + 2 : i + 1;
    if (isLegalForm(tokens[next])) return i + 1;
    const rest = tokens.slice(i + 1, i + 5);
    const form = rest.findIndex((token) => isLegalForm(token));
    const areNameWords = rest
      .slice(0, form)
      .every(({ text }) => isNameWord(text) && !isStopWord(text));
    return form > 0 && areNameWords ? i + 1 : -1;
  }
  return -1;
}

/** Words after the comma that follows a person's name. */
const credential = /^(?:m\.?d|n\.d|ph\.?d|d\.o|d\.d\.s|d\.v\.m|m\.b\.a|esq|jr|sr|cpa|ii|iii)\.?$/i;

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function indexAfterComma(tokens: Token[], at: number): number {
  if (tokens[at]?.text !== ',') return -1;
  if (isLegalForm(tokens[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(tokens[at + 1]!.text))
    return at + 1;
  if (indexAfterQualifier(tokens, at + 1) > 0 || credential.test(tokens[at + 1]?.text ?? ''))
    return at + 1;
  return tokens[at + 2]?.text === '&' ? at + 1 : -1;
}

/** Reads the name that begins at token `at`; undefined if none begins there. */
export function parseName(
  tokens: Token[],
  at: number,
  { allowsAnd = false, allowsLeadingNumber = false, isBoundary = () => false }: NameOptions = {},
): NameMention | undefined {
  const first = tokens[at];
  const startsWithPreposition =
    first &&
    isStopWord(first.text) &&
    /^(?:At|In|On|By|A|As|With|To|From|Is|Its)$/.test(first.text) &&
    hasLegalFormAhead(tokens, at + 1);
  if (
    !first ||
    !isNameWord(first.text) ||
    (isStopWord(first.text) && !startsWithPreposition) ||
    nonInitialWord.test(first.text)
  ) {
    if (!allowsLeadingNumber || !first || !/^\d{1,4}$/.test(first.text)) return undefined;
    const name = parseName(tokens, at + 1, { allowsAnd, isBoundary });
    return name?.hasLegalForm ? { ...name, start: first.start } : undefined;
  }
  let next = at + 1;
  let isComplete = isLegalForm(first);
  for (let count = 1; count < 16; count++) {
    const token = tokens[next];
    const last = tokens[next - 1]!;
    if (
      !token ||
      (endsSentence(last) && (allowsAnd || !hasLegalFormAhead(tokens, next))) ||
      titleEnd.test(last.text) ||
      isBoundary(last, token)
    )
      break;
    const afterQualifier = indexAfterQualifier(tokens, next);
    const afterCommaIndex = indexAfterComma(tokens, next);
    if (afterQualifier > 0) next = afterQualifier;
    else if (afterCommaIndex > 0) next = afterCommaIndex;
    else if (isLegalForm(token) || (token.text === 'AS' && /[a-z]/.test(tokens[next - 1]!.text))) {
      isComplete = true;
      next++;
    } else if (isComplete && isFinalLegalForm(last) && !continuesAfterForm(tokens, next)) {
      if (allowsAnd || !hasLegalFormAhead(tokens, next)) break;
      next++;
    } else if (/^and$/i.test(token.text)) {
      if (!allowsAnd || !joinsNames(tokens, next)) break;
      next++;
    } else if (isConnector(token.text)) {
      // "of the University": two in a row.
      const after = isConnector(tokens[next + 1]?.text ?? '') ? next + 2 : next + 1;
      const word = tokens[after]?.text ?? '';
      const isAddress = /^(?:of|at)$/i.test(token.text) && /^\d/.test(word);
      if (!isNameWord(word) || isStopWord(word) || isAddress) break;
      next = after;
    } else if (nickname.test(token.text) && /^\p{Lu}/u.test(tokens[next + 1]?.text ?? ''))
      next += 2;
    else if (
      isNameWord(token.text) &&
      (!isStopWord(token.text) || isPrepositionInName(tokens, next))
    )
      next++;
    else if (
      /^[a-z]{3,}$/.test(token.text) &&
      !isStopWord(token.text) &&
      isFollowedByForm(tokens, next)
    )
      next++;
    else break;
  }
  while (next > at + 1 && isConnector(tokens[next - 1]!.text)) next--;
  const last = tokens[next - 1]!;
  return { start: first.start, end: last.end, hasLegalForm: isComplete, next };
}

/** Words that end a title, after which no name continues. */
const titleEnd = /^(?:agreement|contract|amendment|addendum|\d+\.\d+)$/i;
const nickname = /^["\u201c]\p{Lu}\p{L}+["\u201d]$/u;

/** Whether a legal form follows token `at`, with or without a comma. */
function isFollowedByForm(tokens: Token[], at: number): boolean {
  const next = tokens[at + 1]?.text === ',' ? at + 2 : at + 1;
  return isFinalLegalForm(tokens[next]);
}

/** Whether words of a name and, without a comma, a legal form follow within three tokens. */
function hasLegalFormAhead(tokens: Token[], at: number): boolean {
  for (let i = at; i < at + 3 && tokens[i]; i++) {
    if (!isNameWord(tokens[i]!.text) || isStopWord(tokens[i]!.text) || isLegalForm(tokens[i]))
      return false;
    if (isFinalLegalForm(tokens[i + 1])) return true;
  }
  return false;
}

/** "YOU ON DEMAND HOLDINGS, INC.": a preposition in capitals, the legal form within three words. */
function isPrepositionInName(tokens: Token[], at: number): boolean {
  if (!/^(?:ON|IN|AT|On|In|At)$/.test(tokens[at]!.text)) return false;
  for (let i = at + 1; i <= at + 4 && tokens[i]; i++) {
    if (isLegalForm(tokens[i]) || (tokens[i]!.text === ',' && isLegalForm(tokens[i + 1])))
      return i > at + 1;
    if (!isNameWord(tokens[i]!.text) || isStopWord(tokens[i]!.text)) return false;
  }
  return false;
}

/** After a legal form: "GmbH & Co.", "Corporation of America", but no "Ltd. of Beijing". */
function continuesAfterForm(tokens: Token[], at: number): boolean {
  if (/^de$/i.test(tokens[at]!.text))
    return /^(?:c\.?v|r\.?l)\.?$/i.test(tokens[at + 1]?.text ?? '');
  if (tokens[at]!.text === '&') return /^co\b/i.test(tokens[at + 1]?.text ?? '');
  return /^of$/i.test(tokens[at]!.text) && /^corporation$/i.test(tokens[at - 1]!.text);
}

/** "and" before a name with a legal form within four words: "Gamble Company". */
function joinsNames(tokens: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 4; i++) {
    if (!tokens[i] || !isNameWord(tokens[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(tokens[i])) return true;
  }
  return false;
}
