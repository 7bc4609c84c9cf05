import type { Span } from '../domain/documents.ts';
import {
  tokenizeNames,
  parseName,
  isPartyName,
  displayPartyName,
  type Token,
} from './party-names.ts';

/** The span of a party's name, and its role: what the contract calls it from there on. */
export interface PartyMention {
  span: Span;
  role?: string;
}

/** The most parties to find in one contract. */
export const maxParties = 40;

const collectivePhrase = /\b(?:collectively|each|individually|together|either|jointly)\b/i;
/** Also with quotes as in old files: ``Acme'', ?Acme?. */
const quotedRole =
  /(?:``|''|["\u201c\u201d\u201e\u00ab\u2018'\u0093]|\?(?=[A-Z]))\s*([^"\u201c\u201d\u00bb?]{1,60}?)\s*(?:["\u201c\u201d\u00bb\u2019'\u0094]|\?(?!\w))/;
const bareRole = /^\((?:the |as )?([A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2})\s*\)$/;
const unquotedRole =
  /^\(\s*(?:hereinafter|hereafter)[\s,]+(?:(?:to be )?(?:referred to|called|known)\s+)?(?:as\s+)?(?:the\s+)?([A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2})\s*\)$/i;
const nonRole =
  /^(?:the )?(?:part(?:y|ies)|(?:this )?agreement|(?:.* )?date|contract|lease|.*\bact|.*\bplan|sec|[a-z]+ agreement|policy|.*\bcommission|filing|\W*)$/i;

/** The role a parenthesis gives, e.g. `(the "Company")`; undefined if it gives none. */
export function parseRole(content: string): string | undefined {
  const match = quotedRole.exec(content) ?? unquotedRole.exec(content) ?? bareRole.exec(content);
  if (!match || collectivePhrase.test(content.slice(0, match.index))) return undefined;
  const role = match[1]!
    .replace(/\s+/g, ' ')
    .replace(/^the /i, '')
    .replace(/[,.;]+$/, '')
    .trim();
  return role === '' || nonRole.test(role) ? undefined : role;
}

/** A letter's address and salutation after the addressee's name. */
const salutation = /^[^("\u201c;]{0,200}?\b(?:Ladies\s+and\s+Gentlemen|Gentlemen|Dear\s+\w+)\b/;

/** Companies followed by their role: `Acme, Inc., a Delaware corporation (the "Company")`. */
export function findDefinedParties(text: string, region: Span): PartyMention[] {
  const tokens = tokenizeNames(text, region);
  const found: PartyMention[] = [];
  for (let at = 0; at < tokens.length && found.length < maxParties; at++) {
    const name = parseName(tokens, at);
    if (!name) continue;
    at = name.next - 1;
    const following = text.slice(name.end, name.end + 300);
    if (!name.hasLegalForm) continue;
    const span = { start: name.start, end: name.end };
    if (salutation.test(following)) {
      found.push({ span });
      continue;
    }
    const parenthesis = /^[^("\u201c;]{0,200}\(/.exec(following);
    const role =
      parenthesis &&
      parseRole(following.slice(parenthesis[0].length - 1, parenthesis[0].length + 90));
    if (role) found.push({ span, role });
  }
  return found;
}

const labels =
  'Party [A-D1-4]|Licensor|Licensee|Buyer|Seller|Purchaser|Landlord|Tenant|Lessor|Lessee|Customer|Client|Supplier|Vendor|Provider|Company|Contractor|Consultant|Employer|Employee|Distributor|Disclosing Party|Receiving Party|Discloser|Recipient|Franchisor|Franchisee|Sponsor|Agent|Principal';
const labelPattern = new RegExp(
  `(?:^|[\\n.;:]|\\s{2})\\s?\\**(${labels}|${labels.toUpperCase()})\\**\\s*(?:\\([^()\\n]{1,30}\\)\\s*)?:\\**\\s*`,
  'g',
);

/** Parties on lines of their own with a label: "Licensor: Acme, Inc.", "Party A (Shipper): Acme". */
export function findLabelledParties(text: string, region: Span): PartyMention[] {
  const found: PartyMention[] = [];
  for (const match of text.slice(region.start, region.end).matchAll(labelPattern)) {
    const start = region.start + match.index + match[0].length;
    const next = text.slice(start, start + 200).search(/\n\s*[\w ]{2,25}:/);
    const end = Math.min(region.end, start + (next < 0 ? 200 : next));
    const name = parseName(tokenizeNames(text, { start, end }), 0);
    if (name && (name.hasLegalForm || name.next > 1)) {
      found.push({ span: { start: name.start, end: name.end }, role: match[1]! });
    }
    if (found.length === maxParties) break;
  }
  return found;
}

/** Closing words of a contract, above its signatures. */
const closingPhrase =
  /\bin\s+witness\s+(?:whereof|thereof|of)\b|\bthe\s+(?:undersigned|parties(?:\s+hereto)?)\s+(?:hereby\s+)?(?:have|has|execute|hereunto)|\bsignature\s+page\b|\b(?:agreed|accepted)\s+(?:and|&)\s+(?:agreed|accepted|acknowledged)\b|\bby\s+signing\b|\b(?:duly\s+)?executed\s+(?:this|as\s+of|by|on|in)\b|\bthe\s+undersigned\b|\bdated\s*:/gi;
const maxBlockLength = 8000;
/** The text under the name of a company that signs. */
const signatureStart =
  /^(?:by\s*[:;]|by\s+(?:\/s\/|_{3}|-{3})|by\b(?=\s)|\/s\/|_{3}|-{5}|signature\b|signed\b|name\s*:|print(?:ed)? name|authori[sz]ed sign)/i;
/** Text between the name and the signature: the kind of company, its role, its trustee. */
const betweenNameAndSignature =
  /^[\s,.]*(?:\([^()]{1,60}\)|(?:an?|the)\s[^\n:;_]{3,90}?\b(?:corporation|company|partnership|association|trust|gmbh|bank)\b|as\s+(?:[\w-]+\s+){1,4}?(?=by\b|\/s\/)|(?:[\w-]+\s)?(?:organization|date)\s*:?[\s\d/.]{0,14})?[\s,.*|-]*/i;
/** A signer's title, which may run into the name of the next party. */
const signerTitle =
  /^(?:officer|president|director|manager|secretary|signatory|counsel|treasurer|chairman|ceo|cfo|coo|cto|evp|svp|vp|esq|md|phd|title|name|date|by|its|attest|witness|accepted|agreed|signed|whereof|written)[.,:]?$/i;
/** A role, written before the name of the party that signs. */
const roleWord =
  /^(?:company|licensor|licensee|distributor|customer|client|consultant|developer|sponsor|manufacturer|supplier|buyer|seller|purchaser|borrower|lender|landlord|tenant|parent|guarantor|contractor|employer|reseller|affiliate|franchisor|franchisee|agent)[.,:]?$/i;

const isCapitals = (text: string) => /^\P{Ll}+$/u.test(text) && /\p{Lu}{2}/u.test(text);

/** Removes a signer's title or name that runs into the party's name. */
function stripSignerTitle(tokens: Token[]): Token[] {
  let first = 0;
  for (let i = 0; i < tokens.length - 1; i++) {
    const isTitleEnd =
      signerTitle.test(tokens[i]!.text) || (i === first && roleWord.test(tokens[i]!.text));
    if (isTitleEnd && tokens.length - i > 2) first = i + 1;
  }
  const rest = tokens.slice(first);
  const capitals = rest.findIndex(({ text }) => isCapitals(text));
  const inCapitals = rest
    .slice(capitals)
    .every(({ text }) => isCapitals(text) || text.length <= 4 || /^\W+$/.test(text));
  const words = rest.slice(capitals).filter(({ text }) => /\p{Lu}{3}/u.test(text));
  return capitals > 1 && inCapitals && words.length > 1 ? rest.slice(capitals) : rest;
}

/** Whether a signature follows at `at`, names in further columns skipped. */
function isFollowedBySignature(text: string, at: number, nameEnds: Map<number, number>): boolean {
  let from = at;
  for (let count = 0; count < 4; count++) {
    const offset = betweenNameAndSignature.exec(text.slice(from, from + 160))![0].length;
    if (signatureStart.test(text.slice(from + offset, from + offset + 24))) return true;
    const end = nameEnds.get(from + offset);
    if (end === undefined) return false;
    from = end;
  }
  return false;
}

/** The parties above signature lines, after the closing words at `from`. */
function findSignatoriesFrom(text: string, from: number): PartyMention[] {
  const region = { start: from, end: Math.min(text.length, from + maxBlockLength) };
  const tokens = tokenizeNames(text, region);
  const isSeparated = (last: Token, next: Token) =>
    /\n\s*\n|\s{4,}|\t/.test(text.slice(last.end, next.start)) || signerTitle.test(last.text);
  const names: { span: Span; hasLegalForm: boolean }[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const name = parseName(tokens, at, { allowsAnd: true, isBoundary: isSeparated });
    if (!name) continue;
    const nameTokens = stripSignerTitle(tokens.slice(at, name.next));
    const isRepresentative = /\bby\s*:?\s*$/i.test(
      text.slice(Math.max(0, name.start - 6), name.start),
    );
    if (!isRepresentative) {
      names.push({
        span: { start: nameTokens[0]!.start, end: name.end },
        hasLegalForm: name.hasLegalForm,
      });
    }
    at = name.next - 1;
  }
  const nameEnds = new Map(
    names.filter(({ hasLegalForm }) => hasLegalForm).map(({ span }) => [span.start, span.end]),
  );
  return names
    .filter(({ span, hasLegalForm }) => hasLegalForm && isPartyName(displayPartyName(text, span)))
    .filter(({ span }) => isFollowedBySignature(text, span.end, nameEnds))
    .slice(0, maxParties)
    .map(({ span }) => ({ span }));
}

/**
 * Of closing words within this many characters only the first count; the last `maxBlocks` are read.
 */
const minBlockDistance = 2000;
const maxBlocks = 20;

/** Finds the companies above signature lines, in the signature block that has the most. */
export function findSignatories(text: string): PartyMention[] {
  const starts: number[] = [];
  for (const { index } of text.matchAll(closingPhrase)) {
    if (index - (starts.at(-1) ?? -minBlockDistance) >= minBlockDistance) starts.push(index);
  }
  let best: PartyMention[] = [];
  for (const from of starts.slice(-maxBlocks)) {
    const found = findSignatoriesFrom(text, from);
    if (found.length > best.length) best = found;
  }
  return best;
}
