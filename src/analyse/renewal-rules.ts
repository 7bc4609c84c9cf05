import type { PatternRow } from './pattern-row.ts';

/** Sentences that say how a contract goes on after its first term. */
export const renewalRows: PatternRow[] = [
  {
    id: 'renewed or extended',
    pattern:
      /\b(?:renew(?:s|ed|al|able)?|extend(?:s|ed)?|prolong(?:s|ed)?|prolongation|reconducted|(?:is|be) (?:automatically )?lengthened|roll(?:s|ed)? over|self-renewing|evergreen)\b/,
    mustMatch: ['it renews for one year each time', 'the term shall be prolonged by one year'],
    mustNotMatch: ['this agreement ends on 31 may 2037'],
  },
  {
    id: 'a successor term',
    pattern:
      /\bsuccessor (?:franchise|terms?)\b|\b(?:option|right) (?:for|to) (?:\w+ ){0,3}(?:additional|further|second) (?:\w+ ){0,3}(?:term|period)s?\b|\bnew (?:\w+ )?term of\b.{0,40}\b(?:begins?|commences?|starts?)\b/,
    mustMatch: ['a right to two additional terms', 'a new term of one year begins'],
    mustNotMatch: ['the first term of this agreement'],
  },
  {
    id: 'goes on after the term',
    pattern:
      /\b(?:thereafter|then)\b.{0,40}\b(?:continues?|runs?|successive|consecutive|year[- ]to[- ]year|month[- ]to)|\b(?:continue\w*|remain\w* in (?:full )?(?:force|effect))\b.{0,80}\b(?:successive|consecutive|subsequent|further|automatic\w*|additional|rolling|month[- ]to[- ]month|year[- ]to[- ]year|(?:yearly|annual|monthly|quarterly) basis)\b/,
    mustMatch: [
      'and thereafter continues for periods of one year',
      'it shall remain in force for successive periods of one year',
      'it shall continue on an annual basis',
    ],
    mustNotMatch: ['this agreement continues for two years'],
  },
  {
    id: 'from period to period',
    pattern:
      /\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year\b|\brolling (?:\w+ )?(?:terms?|periods?|basis)\b/,
    mustMatch: ['on a month-to-month basis', 'for rolling terms of twelve months'],
    mustNotMatch: ['twelve months'],
  },
];

/** The contract, as what is renewed. */
export const renewedRows: PatternRow[] = [
  {
    id: 'the contract',
    pattern:
      /\b(?:agreement|contract|lease|tenancy|terms?|licen[cs]e|subscription|franchise|engagement|appointment|membership|periods?)\b/,
    mustMatch: ['the membership renews', 'this agreement is extended'],
    mustNotMatch: ['the insurance is extended'],
  },
  {
    id: 'it',
    pattern:
      /\bit (?:shall |will |then |is |be |does |may |not |automatically |tacitly |thereafter )*(?:renew|extend|prolong|roll|continu)/,
    mustMatch: ['it renews for one year', 'it shall be tacitly renewed'],
    mustNotMatch: ['it pays the price'],
  },
];

/** The contract ends with its term. */
export const noRenewalRows: PatternRow[] = [
  {
    id: 'does not renew',
    pattern:
      /\b(?:shall|will|may|can|does|do|is|are)(?:not| not| in no event| never) (?:\w+ ){0,3}?(?:renew|extend|prolong)|\bno (?:\w+ ){0,2}?(?:renewals?|extensions?|prolongation)\b|\bwithout (?:any )?(?:automatic |tacit )?(?:renewal|extension)\b|\b(?:tacit|automatic|implied) (?:renewal|extension|prolongation)\b.{0,20}\bis (?:excluded|ruled out)\b/,
    mustMatch: [
      'it does not renew automatically',
      'there is no automatic renewal',
      'tacit renewal is excluded',
    ],
    mustNotMatch: ['it renews unless either party gives notice', 'not less than 90 days'],
  },
];

/** Words for a declaration against a renewal. */
export const declarationRows: PatternRow[] = [
  {
    id: 'a notice',
    pattern:
      /\b(?:notice|notif\w+|writing|written|advis\w+|inform\w*|registered (?:letter|mail|post)|letter|declar\w+|unless (?:\w+ ){0,4}(?:terminat|cancel)\w*)\b/,
    mustMatch: ['ninety days notice', 'by registered letter', 'unless it is terminated'],
    mustNotMatch: ['this agreement renews for one year'],
  },
  {
    id: 'an objection',
    pattern: /\b(?:object(?:s|ed|ion)?|denounc\w+|oppos\w+|contradict\w*|opts? out|withdraw\w*)\b/,
    mustMatch: ['unless a party objects', 'unless denounced'],
    mustNotMatch: ['this agreement renews for one year'],
  },
];
