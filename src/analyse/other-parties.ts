import type { Span } from '../domain/documents.ts';
import { tokenizeNames } from './name-tokens.ts';
import { parseName } from './party-names.ts';
import { maxParties, parseRole, type PartyMention } from './party-roles.ts';

/** A letter's address behind the name of whom it is written to. */
const salutation = /^[^("\u201c;]{0,200}?\b(?:Ladies\s+and\s+Gentlemen|Gentlemen|Dear\s+\w+)\b/;

/** Companies with a role right behind them: `Acme, Inc., a Delaware corporation (the "Company")`. */
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
  `(?:^|[\\n.;:]|\\s{2})\\s*\\**(${labels}|${labels.toUpperCase()})\\**\\s*(?:\\([^()\\n]{1,30}\\)\\s*)?:\\**\\s*`,
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
