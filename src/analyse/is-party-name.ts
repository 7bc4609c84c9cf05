import type { Span } from '../domain/documents.ts';
import { canonicalPartyKey } from './canonical-party-key.ts';
import { findJurisdictions } from './jurisdictions.ts';

const legalFormOnly =
  /^(?:inc|llc|ltd|limited|corp|corporation|company|lp|llp|plc|trust|bank|association|university|institute|foundation|fund|authority|partnership)\.?$/i;
const nonName =
  /\b(?:agreement|contract|date|section|exhibit|article|act|schedule|period|term|territory|rights|shares|units|notes|plan|policy|parties|party|office)$|\bact of \d{4}|\bnumber \w*\d+$|\bexchange commission$/i;
/** In two words a defined term, in three or more perhaps a firm: "Pell Technical Services". */
const shortName = /^\S+(?:\s\S+)?$/;
const genericEnding = /\b(?:products?|services?|software|securities)$/i;
const roleWord =
  /^(?:the )?(?:company|agent|bank|trust|fund|adviser|advisor|developer|sponsor|promoter|producer|artist|athlete|celebrity|professional|publisher|shipper|transporter|carrier|operator|servicer|guarantor|guarantors|parent|subsidiary|executive|recipient|discloser|user|you|we|us|purchasers|sellers|content provider|service provider|merchant|holder|holders|depositor|trustee|administrator|investor|investors|underwriters?|stockholders?|shareholders?|undersigned|seller|buyer|purchaser|customer|client|supplier|distributor|licensor|licensee|consultant|contractor|lessor|lessee|landlord|tenant|owner|party|parties|affiliate|reseller|vendor|manufacturer|franchisor|franchisee|employer|employee|issuer|borrower|lender|software|member|members|state)$/i;

/** What stands in an address and never in a name. */
const address =
  /\b(?:suite|ste|floor|bldg|p\.?\s?o\.? box|postal code|zip|attn|telephone|tel|fax|unit \w?\d+)\b|\b(?:street|avenue|ave|road|boulevard|blvd|building)$|\d.*\b(?:street|avenue|ave|road|boulevard|blvd|building)\b|^#?\d+[a-z]{0,2} \S+ (?:st|dr|rd|drive|lane|way|court|parkway|place)\b|^[a-z]{2} \d{5}|\b\d{5}(?:-\d{4})?\.?$/i;

/** Whether a name that was read could be a party's: not a role, an address, a place or a defined term alone. */
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
  // "Delaware corporation" is where a company comes from.
  const key = canonicalPartyKey(name);
  const [jurisdiction] = findJurisdictions(key);
  const isJurisdictionAlone =
    jurisdiction?.start === 0 &&
    /^(?: ?\d[\d -]*| usa| us| \w\d\w \d\w\d)?$/.test(key.slice(jurisdiction.end));
  return !isJurisdictionAlone && /\p{L}{2}/u.test(name);
}

/** A name as it is shown: white space collapsed, quotes and a trailing comma dropped. */
export function displayName(text: string, { start, end }: Span): string {
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
