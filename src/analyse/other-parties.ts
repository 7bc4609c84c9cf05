import type { Span } from '../documents.ts';
import { tokens } from './name-tokens.ts';
import { readName } from './party-names.ts';
import { mostParties, roleIn, type PartyMention } from './party-roles.ts';

/** A letter's address behind the name of whom it is written to. */
const addressed = /^[^("\u201c;]{0,200}?\b(?:Ladies\s+and\s+Gentlemen|Gentlemen|Dear\s+\w+)\b/;

/** Companies with a role right behind them: `Acme, Inc., a Delaware corporation (the "Company")`. */
export function definedIn(text: string, region: Span): PartyMention[] {
  const list = tokens(text, region);
  const found: PartyMention[] = [];
  for (let at = 0; at < list.length && found.length < mostParties; at++) {
    const name = readName(list, at);
    if (!name) continue;
    at = name.next - 1;
    const behind = text.slice(name.end, name.end + 300);
    if (!name.legalForm) continue;
    const span = { start: name.start, end: name.end };
    if (addressed.test(behind)) {
      found.push({ span });
      continue;
    }
    const open = /^[^("\u201c;]{0,200}\(/.exec(behind);
    const role = open && roleIn(behind.slice(open[0].length - 1, open[0].length + 90));
    if (role) found.push({ span, role });
  }
  return found;
}

const labels =
  'Party [A-D1-4]|Licensor|Licensee|Buyer|Seller|Purchaser|Landlord|Tenant|Lessor|Lessee|Customer|Client|Supplier|Vendor|Provider|Company|Contractor|Consultant|Employer|Employee|Distributor|Disclosing Party|Receiving Party|Discloser|Recipient|Franchisor|Franchisee|Sponsor|Agent|Principal';
const label = new RegExp(
  `(?:^|[\\n.;:]|\\s{2})\\s*\\**(${labels}|${labels.toUpperCase()})\\**\\s*(?:\\([^()\\n]{1,30}\\)\\s*)?:\\**\\s*`,
  'g',
);

/** Parties on lines of their own with a label: "Licensor: Acme, Inc.", "Party A (Shipper): Acme". */
export function labelledIn(text: string, region: Span): PartyMention[] {
  const found: PartyMention[] = [];
  for (const match of text.slice(region.start, region.end).matchAll(label)) {
    const start = region.start + match.index + match[0].length;
    const next = text.slice(start, start + 200).search(/\n\s*[\w ]{2,25}:/);
    const end = Math.min(region.end, start + (next < 0 ? 200 : next));
    const name = readName(tokens(text, { start, end }), 0);
    if (name && (name.legalForm || name.next > 1)) {
      found.push({ span: { start: name.start, end: name.end }, role: match[1]! });
    }
    if (found.length === mostParties) break;
  }
  return found;
}
