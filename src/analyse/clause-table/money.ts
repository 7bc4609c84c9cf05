import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about money, volume and the checking of both. */
export const moneyClauses = {
  revenue_profit_sharing: {
    title: 'Revenue or profit sharing',
    definition:
      'A party shares revenue or profit with the other: royalties, commissions, percentages of sales.',
    origin: 'cuad',
    cuadName: 'Revenue/Profit Sharing',
    headingPattern: /\b(?:royalt|commission|revenue|profit|compensation)/,
    patterns: [
      /(?:%|percent|percentage)\)?.{0,80}\b(?:of|on)\b.{0,80}\b(?:net|gross|revenues?|sales|profits?|proceeds|receipts|income|fees)\b/,
      /\b(?:revenue|profit)s?[- ]?shar(?:e|es|ing)\b/,
      /\b(?:royalt(?:y|ies)|commissions?)\b.{0,120}(?:%|percent|equal to)/,
      /\bshare\w*\b.{0,60}\b(?:profits?|revenues?|losses|proceeds)\b/,
      /\bshall pay\b.{0,120}\b(?:royalt(?:y|ies)|commissions?)\b/,
    ],
    queryPattern:
      /\b(?:(?:revenue|profit)s?[- /]?(?:shar\w+|split)|(?:share|split|percentage) (?:of )?(?:the )?(?:revenues?|profits?|sales|proceeds)|royalt(?:y|ies)|commissions?)\b/,
  },
  price_restrictions: {
    title: 'Price restrictions',
    definition: 'A party’s power to raise or lower its prices is limited.',
    origin: 'cuad',
    cuadName: 'Price Restrictions',
    headingPattern: /\bpric(?:e|es|ing)\b|\bfee (?:increase|adjust)/,
    patterns: [
      /\b(?:prices?|rates?|fees?|charges?|royalt\w+)\b.{0,80}\b(?:not|no)\b.{0,60}\b(?:increas|exceed|rais|chang)\w*\b.{0,100}(?:%|percent|during|cpi|index)/,
      /\b(?:increas|adjust|rais)\w*\b.{0,100}\b(?:consumer price index|cpi|not (?:to )?exceed|no more than)\b/,
      /\b(?:price|pricing|fee) (?:increases?|changes?|adjustments?)\b/,
    ],
    queryPattern:
      /\b(?:(?:price|pricing|fee|rate)s?(?:'s)? (?:increases?|restrictions?|changes?|adjustments?|rises?|caps?|limits?|controls?)|(?:raise|raising|increase|increasing|change|changing|reduce|reducing|lower) .{0,30}\b(?:prices?|pricing|fees|rates)|price lock|cpi|(?:prices?|fees|rates) (?:go|be) (?:up|raised|increased))\b/,
  },
  minimum_commitment: {
    title: 'Minimum commitment',
    definition: 'A party must buy, pay or order at least a given amount.',
    origin: 'cuad',
    cuadName: 'Minimum Commitment',
    headingPattern: /\bminimum|\bcommitment|\bguarante/,
    patterns: [
      /\bguarantees?\b.{0,80}(?:\$|\bminimum|\bunits\b)/,
      /\bno (?:less|fewer) than\b.{0,60}\b(?:appearances|days|units|per (?:year|month|quarter)|annually)/,
      /\bminimum\b.{0,40}\b(?:purchase|order|quantit|commitment|royalt|payment|guarantee|fee|amount|volume|requirement|sales|annual|number|spend)/,
      /\b(?:shall|will|must|agrees? to|obligated to)\b.{0,60}\b(?:purchase|order|buy|pay|spend|sell)\b.{0,60}\b(?:at least|a minimum|not less than|no less than|no fewer than)\b/,
      /\b(?:at least|not less than|no fewer than|no less than)\b.{0,40}(?:\$|\bunits\b|\bhours\b|\bper (?:year|month|annum)\b)/,
      /\b(?:guaranteed|take[- ]or[- ]pay|shortfall)\b/,
    ],
    queryPattern:
      /\b(?:minimum (?:commitments?|orders?|purchases?|spend|quantit\w+|volumes?|royalt\w+|payments?|amounts?|guarantees?|annual|sales|fees?)|(?:have|required|oblig\w+|commit\w+|must) .{0,30}\b(?:buy|purchase|order|spend)|at least how much|take[- ]or[- ]pay|minimums)\b/,
  },
  volume_restriction: {
    title: 'Volume restriction',
    definition: 'Use, orders or output are limited in amount, or cost more beyond a threshold.',
    origin: 'cuad',
    cuadName: 'Volume Restriction',
    patterns: [
      /\b(?:maximum|up to|not (?:to )?exceed|no more than|not more than|limited to|in excess of)\b.{0,60}\b(?:units?|users?|hours|copies|per (?:year|month|week|day|annum)|quantit\w+|volume|servers?|seats|subscribers|days|appearances|sessions|posts)\b/,
      /\bexceeds?\b.{0,80}\b(?:threshold|forecast|capacity|volume|quantity|allot\w+|allowance|limit)\b/,
      /\bmaximum (?:daily|annual|monthly|number|quantity|volume|amount)\b/,
      /\b(?:additional|excess|overage) (?:fees?|charges?)\b/,
    ],
    queryPattern:
      /\b(?:volume (?:restrictions?|limits?|caps?|thresholds?)|(?:usage|use) (?:limits?|restrictions?|caps?|thresholds?|exceeds?)|maximum (?:number|quantity|volume|usage|users)|overage|quantity limits?|(?:limits?|caps?) on (?:use|usage|volume|quantity|orders))\b/,
  },
  audit_rights: {
    title: 'Audit rights',
    definition:
      'A party may inspect the books, records or premises of the other to check compliance.',
    origin: 'cuad',
    cuadName: 'Audit Rights',
    headingPattern: /\baudit|\bbooks|\brecords|\binspection/,
    patterns: [
      /\b(?:right|permit\w*|entitle\w*|allow\w*|may)\b.{0,100}\b(?:audit|inspect|examine)\b/,
      /\baudit\w*\b.{0,160}\b(?:books|records|accounts|premises|facilit|compliance|royalt|notice|expense|cost)/,
      /\b(?:inspect\w*|examin\w*|access to)\b.{0,80}\b(?:books|records|facilit\w+|premises|accounts)\b/,
      /\b(?:keep|maintain)\b.{0,60}\b(?:books|records|accounts)\b/,
      /\baudit (?:shows|reveals|discloses|rights?)\b|\bunderpayment\b/,
    ],
    queryPattern:
      /\b(?:audit(?:s|ed|ing|or|ors)?|inspect(?:s|ion|ions)?|(?:examine|review|check|access) .{0,30}\b(?:books|records|premises|facilities)|books and records)\b/,
  },
  insurance: {
    title: 'Insurance',
    definition: 'A party must have insurance for the other’s benefit.',
    origin: 'cuad',
    cuadName: 'Insurance',
    headingPattern: /\binsur/,
    patterns: [
      /\b(?:maintain|carry|obtain|procure|keep|provide|purchase)\w*\b.{0,160}\binsurance\b/,
      /\b(?:liability|casualty|workers'? compensation|property|umbrella|product\w*) insurance\b/,
      /\b(?:additional insured|certificates? of insurance|insurance (?:policy|policies|coverage)|named insured|insurer|combined single limit)\b/,
    ],
    queryPattern:
      /\b(?:insur(?:e|ed|er|ance)|additional insured|coverage (?:limits|amounts)|policy limits)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
