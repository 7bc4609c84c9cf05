import type { DocumentType, Span } from '../domain/documents.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';

/**
 * Patterns for titles, the more specific first: "distribution and license agreement" is
 * `distribution`.
 */
const titlePatterns: [DocumentType, RegExp][] = [
  [
    'amendment',
    /\bamend(?:ment|ing)?\b|\baddendum\b|\bmodification (?:no|agreement)|\bside letter\b/,
  ],
  [
    'nda',
    /\bnon-?disclosure\b|\bnda\b|\bconfidentiality (?:agreement|undertaking)|\bconfidential disclosure\b|\bsecrecy\b/,
  ],
  ['joint_filing', /\bjoint filing\b/],
  ['sow', /\bstatements? of work\b|\bsow\b|\bwork order\b|\btask order\b/],
  ['msa', /\bmaster (?:\w+ ){0,3}(?:services?|agreement)\b|\bmsa\b/],
  ['joint_venture', /\bjoint venture\b/],
  ['strategic_alliance', /\balliance\b/],
  ['co_branding', /\bco-?brand(?:ing|ed)?\b/],
  ['employment', /\bemployment\b|\bemployee agreement|\boffer letter\b/],
  ['endorsement', /\bendorsement\b/],
  ['sponsorship', /\bsponsor(?:ship)?\b(?!ed research)/],
  ['franchise', /\bfranchis/],
  ['affiliate', /\baffiliate\b/],
  ['reseller', /\bresell(?:er|ing)\b|\bremarket(?:er|ing)\b|\bvar agreement\b/],
  ['distribution', /\bdistribut(?:ion|or|orship)\b/],
  ['outsourcing', /\boutsourc/],
  ['hosting', /\bhosting\b|\bhosted\b|\bcolocation\b/],
  ['maintenance', /\bmaintenance\b|\bsupport (?:services )?agreement\b/],
  ['manufacturing', /\bmanufactur/],
  ['transportation', /\btransport(?:ation)?\b|\bfreight\b|\bcarriage\b|\bshipping\b|\bcharter\b/],
  [
    'software_license',
    /\bsoftware licen[sc]e\b|\bend[- ]user licen[sc]e\b|\bsaas\b|\bsubscription agreement\b/,
  ],
  ['supply', /\bsupply\b|\bsupplier\b/],
  ['development', /\bdevelopment\b|\bresearch\b/],
  ['collaboration', /\bcollaborat|\bco-?operation\b|\bpartnership\b|\bteaming\b/],
  ['promotion', /\bpromotion\b|\bco-?promotion\b|\bpromotional\b/],
  ['marketing', /\bmarketing\b|\badvertising\b/],
  [
    'agency',
    /\bagency\b|\bagent\b|\bsales representative\b|\brepresentation agreement\b|\bunderwrit/,
  ],
  [
    'intellectual_property',
    /\bintellectual property\b|\bpatent assignment\b|\btrademark assignment\b|\bip\b|\bassignment of (?:patents?|trademarks?|copyrights?)/,
  ],
  ['license', /\blicen[sc](?:e|ing)\b/],
  ['non_compete', /\bnon-?compet|\bnon-?solicit|\brestrictive covenant/],
  ['lease', /\b(?:sub)?lease\b|\btenancy\b|\brental\b/],
  ['consulting', /\bconsult(?:ing|ancy|ant)\b|\badvisory\b/],
  ['loan', /\bloan\b|\bcredit (?:agreement|facility)\b|\bpromissory\b|\bnote purchase\b/],
  ['purchase', /\bpurchase\b|\bsale\b|\bacquisition\b|\bmerger\b/],
  ['services', /\bservic(?:e|es|ing)\b|\boutplacement\b/],
];

/** The type that a title or a file name states; undefined if it states none. */
export function classifyTitle(title: string): DocumentType | undefined {
  const normalized = normalizeForMatching(title.replaceAll('_', ' '));
  return titlePatterns.find(([, pattern]) => pattern.test(normalized))?.[0];
}

/**
 * The type of a contract: by its title, else by what the opening calls it, else by its file name. A
 * type from the file name has no evidence.
 */
export function findDocumentType(
  text: string,
  title: { value: string; span?: Span },
  fileName: string,
): { type: DocumentType; evidence: Span[] } {
  const byTitle = classifyTitle(title.value);
  if (byTitle) return { type: byTitle, evidence: title.span ? [title.span] : [] };
  const openingMatch = /\bthis\s+((?:[\w&/-]+\s+){1,6}(?:agreement|contract|lease))\b/i.exec(
    text.slice(0, 6000),
  );
  const byOpening = openingMatch ? classifyTitle(openingMatch[1]!) : undefined;
  if (openingMatch && byOpening) {
    return {
      type: byOpening,
      evidence: [{ start: openingMatch.index, end: openingMatch.index + openingMatch[0].length }],
    };
  }
  return { type: classifyTitle(fileName) ?? 'other', evidence: [] };
}
