import type { Span } from '../documents.ts';
import { isPartyName, shownName } from './is-party-name.ts';
import { tokens, type Token } from './name-tokens.ts';
import { readName } from './party-names.ts';
import { mostParties, type PartyMention } from './party-roles.ts';

/** Words that close a contract, above its signatures. */
const closing =
  /\bin\s+witness\s+(?:whereof|thereof|of)\b|\bthe\s+(?:undersigned|parties(?:\s+hereto)?)\s+(?:hereby\s+)?(?:have|has|execute|hereunto)|\bsignature\s+page\b|\b(?:agreed|accepted)\s+(?:and|&)\s+(?:agreed|accepted|acknowledged)\b|\bby\s+signing\b|\b(?:duly\s+)?executed\s+(?:this|as\s+of|by|on|in)\b|\bthe\s+undersigned\b|\bdated\s*:/gi;
const longest = 8000;
/** What stands under the name of a company that signs. */
const signature =
  /^(?:by\s*[:;]|by\s+(?:\/s\/|_{3}|-{3})|by\b(?=\s)|\/s\/|_{3}|-{5}|signature\b|signed\b|name\s*:|print(?:ed)? name|authori[sz]ed sign)/i;
/** What may stand between the name and the signature: what kind of company, its role, its trustee. */
const between =
  /^[\s,.]*(?:\([^()]{1,60}\)|(?:an?|the)\s[^\n:;_]{3,90}?\b(?:corporation|company|partnership|association|trust|gmbh|bank)\b|as\s+(?:[\w-]+\s+){1,4}?(?=by\b|\/s\/)|(?:[\w-]+\s)?(?:organization|date)\s*:?[\s\d/.]{0,14})?[\s,.*|-]*/i;
/** The title of one signer runs into the name of the next party. */
const title =
  /^(?:officer|president|director|manager|secretary|signatory|counsel|treasurer|chairman|ceo|cfo|coo|cto|evp|svp|vp|esq|md|phd|title|name|date|by|its|attest|witness|accepted|agreed|signed|whereof|written)[.,:]?$/i;
/** Written before the name that signs in this role. */
const role =
  /^(?:company|licensor|licensee|distributor|customer|client|consultant|developer|sponsor|manufacturer|supplier|buyer|seller|purchaser|borrower|lender|landlord|tenant|parent|guarantor|contractor|employer|reseller|affiliate|franchisor|franchisee|agent)[.,:]?$/i;

const isCapitals = (text: string) => /^\P{Ll}+$/u.test(text) && /\p{Lu}{2}/u.test(text);

/** The name without a signer's title, or his name, that runs into it. */
function withoutTitle(list: Token[]): Token[] {
  let first = 0;
  for (let i = 0; i < list.length - 1; i++) {
    const ends = title.test(list[i]!.text) || (i === first && role.test(list[i]!.text));
    if (ends && list.length - i > 2) first = i + 1;
  }
  const rest = list.slice(first);
  const capitals = rest.findIndex(({ text }) => isCapitals(text));
  const inCapitals = rest
    .slice(capitals)
    .every(({ text }) => isCapitals(text) || text.length <= 4 || /^\W+$/.test(text));
  const words = rest.slice(capitals).filter(({ text }) => /\p{Lu}{3}/u.test(text));
  return capitals > 1 && inCapitals && words.length > 1 ? rest.slice(capitals) : rest;
}

/** Whether a signature follows at `at`, other names set beside the first one left out. */
function isSigned(text: string, at: number, beside: Map<number, number>): boolean {
  let from = at;
  for (let passed = 0; passed < 4; passed++) {
    const gap = between.exec(text.slice(from, from + 160))![0].length;
    if (signature.test(text.slice(from + gap, from + gap + 24))) return true;
    const end = beside.get(from + gap);
    if (end === undefined) return false;
    from = end;
  }
  return false;
}

/** The parties that stand over signature lines behind the words that close a contract at `from`. */
function signingFrom(text: string, from: number): PartyMention[] {
  const region = { start: from, end: Math.min(text.length, from + longest) };
  const list = tokens(text, region);
  const apart = (last: Token, next: Token) =>
    /\n\s*\n|\s{4,}|\t/.test(text.slice(last.end, next.start)) || title.test(last.text);
  const names: { span: Span; legalForm: boolean }[] = [];
  for (let at = 0; at < list.length; at++) {
    const name = readName(list, at, { joined: true, until: apart });
    if (!name) continue;
    const kept = withoutTitle(list.slice(at, name.next));
    const acting = /\bby\s*:?\s*$/i.test(text.slice(Math.max(0, name.start - 6), name.start));
    if (!acting) {
      names.push({ span: { start: kept[0]!.start, end: name.end }, legalForm: name.legalForm });
    }
    at = name.next - 1;
  }
  const beside = new Map(
    names.filter(({ legalForm }) => legalForm).map(({ span }) => [span.start, span.end]),
  );
  return names
    .filter(({ span, legalForm }) => legalForm && isPartyName(shownName(text, span)))
    .filter(({ span }) => isSigned(text, span.end, beside))
    .slice(0, mostParties)
    .map(({ span }) => ({ span }));
}

/** Words that close are read once within these characters, and so many times, from the end on. */
const apartBy = 2000;
const mostBlocks = 20;

/** Companies that stand over a signature line; of several signature blocks, the fullest. */
export function signing(text: string): PartyMention[] {
  const starts: number[] = [];
  for (const { index } of text.matchAll(closing)) {
    if (index - (starts.at(-1) ?? -apartBy) >= apartBy) starts.push(index);
  }
  let best: PartyMention[] = [];
  for (const from of starts.slice(-mostBlocks)) {
    const found = signingFrom(text, from);
    if (found.length > best.length) best = found;
  }
  return best;
}
