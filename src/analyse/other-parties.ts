import type { Span } from '../documents.ts';
import { readName, tokens, type Token } from './party-names.ts';
import { mostParties, roleIn, type PartyMention } from './party-roles.ts';

/** Companies with a role right behind them: `Acme, Inc., a Delaware corporation (the "Company")`. */
export function definedIn(text: string, region: Span): PartyMention[] {
  const list = tokens(text, region);
  const found: PartyMention[] = [];
  for (let at = 0; at < list.length && found.length < mostParties; at++) {
    const name = readName(list, at);
    if (!name) continue;
    at = name.next - 1;
    const behind = text.slice(name.end, name.end + 300);
    const open = name.legalForm ? /^[^("\u201c;]{0,200}\(/.exec(behind) : null;
    const role = open && roleIn(behind.slice(open[0].length - 1, open[0].length + 90));
    if (role) found.push({ span: { start: name.start, end: name.end }, role });
  }
  return found;
}

const label =
  /(?:^|[\n.;:]|\s{2})\s*\**((?:Party|PARTY) [A-D1-4]|Licensor|Licensee|Buyer|Seller|Purchaser|Landlord|Tenant|Lessor|Lessee|Customer|Client|Supplier|Vendor|Provider|Company|Contractor|Consultant|Employer|Employee|Distributor|Disclosing Party|Receiving Party|Discloser|Recipient|Franchisor|Franchisee|Sponsor|Agent|Principal)\**\s*(?:\([^()\n]{1,30}\)\s*)?:\**\s*/g;

/** Parties on lines of their own with a label: "Licensor: Acme, Inc.", "Party A (Shipper): Acme". */
export function labelledIn(text: string, region: Span): PartyMention[] {
  const found: PartyMention[] = [];
  for (const match of text.slice(region.start, region.end).matchAll(label)) {
    const start = region.start + match.index + match[0].length;
    const name = readName(tokens(text, { start, end: Math.min(region.end, start + 200) }), 0);
    if (name && (name.legalForm || name.next > 1)) {
      found.push({ span: { start: name.start, end: name.end }, role: match[1]! });
    }
    if (found.length === mostParties) break;
  }
  return found;
}

const witness = /\bin\s+witness\s+whereof\b|\bthe\s+undersigned\b|\bsignature\s+page\b/gi;
const signature = /^[\s,]{0,40}(?:By\b|\/s\/|_{3}|Signature|Name:)/;

/** Companies that stand over a signature line. */
export function signing(text: string): PartyMention[] {
  let from = -1;
  for (const match of text.matchAll(witness)) from = match.index;
  if (from < 0) return [];
  const list = tokens(text, { start: from, end: Math.min(text.length, from + 8000) });
  const found: PartyMention[] = [];
  for (let at = 0; at < list.length && found.length < mostParties; at++) {
    const name = readName(list, at, { joined: true });
    if (!name) continue;
    if (name.legalForm && signature.test(text.slice(name.end, name.end + 60))) {
      found.push({ span: withoutTitle(list.slice(at, name.next)) });
    }
    at = name.next - 1;
  }
  return found;
}

/** "Chief Legal Officer ACME, L.P.": one signer's title runs into the next name, which is in capitals. */
function withoutTitle(list: Token[]): Span {
  const first = list.findIndex(({ text }) => /^[\p{Lu}&.'-]{2,}$/u.test(text));
  const rest = first < 0 ? [] : list.slice(first);
  const inCapitals = rest.every(({ text }) => /^\P{Ll}+$/u.test(text) || text.length <= 4);
  const start = first > 0 && inCapitals && rest.length > 1 ? rest[0]!.start : list[0]!.start;
  return { start, end: list.at(-1)!.end };
}
