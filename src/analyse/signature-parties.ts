import type { Span } from '../domain/documents.ts';
import { isPartyName, displayName } from './is-party-name.ts';
import { tokenizeNames, type Token } from './name-tokens.ts';
import { parseName } from './party-names.ts';
import { maxParties, type PartyMention } from './party-roles.ts';

/** Words that close a contract, above its signatures. */
const closingPhrase =
  /\bin\s+witness\s+(?:whereof|thereof|of)\b|\bthe\s+(?:undersigned|parties(?:\s+hereto)?)\s+(?:hereby\s+)?(?:have|has|execute|hereunto)|\bsignature\s+page\b|\b(?:agreed|accepted)\s+(?:and|&)\s+(?:agreed|accepted|acknowledged)\b|\bby\s+signing\b|\b(?:duly\s+)?executed\s+(?:this|as\s+of|by|on|in)\b|\bthe\s+undersigned\b|\bdated\s*:/gi;
const maxBlockLength = 8000;
/** What stands under the name of a company that signs. */
const signatureStart =
  /^(?:by\s*[:;]|by\s+(?:\/s\/|_{3}|-{3})|by\b(?=\s)|\/s\/|_{3}|-{5}|signature\b|signed\b|name\s*:|print(?:ed)? name|authori[sz]ed sign)/i;
/** What may stand between the name and the signature: what kind of company, its role, its trustee. */
const betweenNameAndSignature =
  /^[\s,.]*(?:\([^()]{1,60}\)|(?:an?|the)\s[^\n:;_]{3,90}?\b(?:corporation|company|partnership|association|trust|gmbh|bank)\b|as\s+(?:[\w-]+\s+){1,4}?(?=by\b|\/s\/)|(?:[\w-]+\s)?(?:organization|date)\s*:?[\s\d/.]{0,14})?[\s,.*|-]*/i;
/** The title of one signer runs into the name of the next party. */
const signerTitle =
  /^(?:officer|president|director|manager|secretary|signatory|counsel|treasurer|chairman|ceo|cfo|coo|cto|evp|svp|vp|esq|md|phd|title|name|date|by|its|attest|witness|accepted|agreed|signed|whereof|written)[.,:]?$/i;
/** Written before the name that signs in this role. */
const roleWord =
  /^(?:company|licensor|licensee|distributor|customer|client|consultant|developer|sponsor|manufacturer|supplier|buyer|seller|purchaser|borrower|lender|landlord|tenant|parent|guarantor|contractor|employer|reseller|affiliate|franchisor|franchisee|agent)[.,:]?$/i;

const isCapitals = (text: string) => /^\P{Ll}+$/u.test(text) && /\p{Lu}{2}/u.test(text);

/** The name without a signer's title, or his name, that runs into it. */
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

/** Whether a signature follows at `at`, other names set beside the first one left out. */
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

/** The parties that stand over signature lines behind the words that close a contract at `from`. */
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
    .filter(({ span, hasLegalForm }) => hasLegalForm && isPartyName(displayName(text, span)))
    .filter(({ span }) => isFollowedBySignature(text, span.end, nameEnds))
    .slice(0, maxParties)
    .map(({ span }) => ({ span }));
}

/** Words that close are read once within these characters, and so many times, from the end on. */
const minBlockDistance = 2000;
const maxBlocks = 20;

/** Companies that stand over a signature line; of several signature blocks, the fullest. */
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
