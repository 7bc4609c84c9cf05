import type { Span } from '../domain/documents.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';
import { findRow, type PatternRow } from './pattern-row.ts';

/**
 * Whose date it is, by the words before it on its line and in its sentence: rows for dates of something
 * other than the contract.
 */
export const otherDates: PatternRow[] = [
  {
    id: 'a person or a thing',
    pattern:
      /\b(?:birth|born|birthday|d\.?o\.?b\.?|deceased|died|passport|identity card|id card|licen[cs]e no|incorporat\w+|registered|registration|founded|hire|hired|joined|delivery|delivered|shipping|shipment|shipped|order|invoice|invoiced|due|payment|payable|paid|closing|meeting|printed|published|posted|approv\w+|version|revised|revision|last updated|updated|accessed|issue|issued|grant|granted|filed|filing|received|launch\w*|scheduled|take place|takes place|held|survey|inspection|valuation|balance sheet|financial statements?|fiscal year|year ended|quarter ended|as amended through)\b(?: (?:date|on|of|by|at|no later than|before|is|was|as of|for|the|and|no\.?|to|with|under|in|a|an|ended|ending))*[ :,.#|-]*$/,
    mustMatch: [
      'date of birth: ',
      'the delivery date is ',
      'invoice date: ',
      'the fiscal year ended ',
    ],
    mustNotMatch: ['this agreement is made on ', 'dated ', 'entered into as of '],
  },
  {
    id: 'a law, a plan or another paper',
    pattern:
      /\b(?:acts?|laws?|statutes?|regulations?|directives?|ordinances?|rules?|codes?|plans?|polic(?:y|ies)|programs?|programmes?|guidance|guidelines?|standards?|permits?|patents?|prospectus|resolutions?|judgments?|decrees?|notice|letter of intent|power of attorney|articles|by-?laws|minutes|certificates?|reports?)\b(?: (?:19|20)\d\d)?(?:,? (?:\([^()]{0,60}\) )?(?:as |which |that |has |had |was |were |is |are |\()*(?:amended(?: and restated)?|restated|dated|effective|adopted|enacted|passed|issued|released|published|filed|approved|promulgated|in (?:force|effect)|(?:came|come|comes|entered|enters) into (?:force|effect|operation)|took effect|takes effect|commenced)(?: (?:as of|on|since|from|with effect from|and effective|effective))*)[ ,(]*$/,
    mustMatch: [
      'as defined in the severance benefit plan effective ',
      'the data act 2018 came into force on ',
      'the severance plan (as amended and restated effective ',
      'the power of attorney dated ',
    ],
    mustNotMatch: [
      'this agreement is effective ',
      'this lease dated ',
      'this plan of merger is made on ',
    ],
  },
  {
    id: 'an event in the past',
    pattern:
      /\b(?:(?:ends?|ended|terminat\w+|resign\w*|retire\w*|ceases?)\b[^;]{0,40}\beffective|commenced|began|started|became effective|came into (?:force|effect)|took effect|resigned|retired|terminated|released|announced|adopted|acquired|sold)\b(?: [\w']+){0,6}?[ ,]*$/,
    mustMatch: ['whose employment commenced on ', 'the agency released guidance on '],
    mustNotMatch: ['this agreement commences on ', 'shall become effective on '],
  },
  {
    id: 'a limit',
    pattern:
      /\b(?:on or (?:after|before|prior to)|prior to|before|after|since|until|through|no later than|not later than|by|between|ending(?: on)?|ended(?: on)?|ends(?: on)?|end on|expir\w+(?: on)?|terminates?(?: on)?|up to and including|for the (?:year|period|month|quarter))[ ,]*$/,
    mustMatch: ['in effect on or after ', 'this agreement ends on ', 'expiring on '],
    mustNotMatch: ['this agreement is made on ', 'executed by the parties on '],
  },
];

/** The most characters before a date that tell whose it is. */
const maxWordsBefore = 160;

/** Whether the words before a date say that it is of something other than the contract. */
export function isOtherDate(text: string, { start }: Span): boolean {
  const near = text.slice(Math.max(0, start - maxWordsBefore), start);
  const line = near.slice(near.lastIndexOf('\n\n') + 1);
  const before = `${normalizeForMatching(line)} `;
  return findRow(otherDates, before) !== undefined;
}
