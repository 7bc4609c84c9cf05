import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about money, volume and the checking of both. */
export const moneyClauses = {
  revenue_profit_sharing: {
    title: 'Revenue or profit sharing',
    definition:
      'A party shares revenue or profit with the other: royalties, commissions, percentages of sales.',
    origin: 'cuad',
    cuadName: 'Revenue/Profit Sharing',
    heading: /\b(?:royalt|commission|revenue|profit|compensation)/,
    evident: 0.5,
    cues: [
      {
        pattern:
          /(?:%|percent|percentage)\)?.{0,80}\b(?:of|on)\b.{0,80}\b(?:net|gross|revenues?|sales|profits?|proceeds|receipts|income|fees)\b/,
        weight: 0.65,
      },
      { pattern: /\b(?:revenue|profit)s?[- ]?shar(?:e|es|ing)\b/, weight: 0.2 },
      {
        pattern: /\b(?:royalt(?:y|ies)|commissions?)\b.{0,120}(?:%|percent|equal to)/,
        weight: 0.75,
      },
      { pattern: /\bshare\w*\b.{0,60}\b(?:profits?|revenues?|losses|proceeds)\b/, weight: 0.3 },
      { pattern: /\bshall pay\b.{0,120}\b(?:royalt(?:y|ies)|commissions?)\b/, weight: 0.65 },
    ],
    asks: /\b(?:(?:revenue|profit)s?[- /]?(?:shar\w+|split)|(?:share|split|percentage) (?:of )?(?:the )?(?:revenues?|profits?|sales|proceeds)|royalt(?:y|ies)|commissions?)\b/,
  },
  price_restrictions: {
    title: 'Price restrictions',
    definition: 'A party’s power to raise or lower its prices is limited.',
    origin: 'cuad',
    cuadName: 'Price Restrictions',
    heading: /\bpric(?:e|es|ing)\b|\bfee (?:increase|adjust)/,
    evident: 0.3,
    cues: [
      {
        pattern:
          /\b(?:prices?|rates?|fees?|charges?|royalt\w+)\b.{0,80}\b(?:not|no)\b.{0,60}\b(?:increas|exceed|rais|chang)\w*\b.{0,100}(?:%|percent|during|cpi|index)/,
        weight: 0.25,
      },
      {
        pattern:
          /\b(?:increas|adjust|rais)\w*\b.{0,100}\b(?:consumer price index|cpi|not (?:to )?exceed|no more than)\b/,
        weight: 0.35,
      },
      { pattern: /\b(?:price|pricing|fee) (?:increases?|changes?|adjustments?)\b/, weight: 0.05 },
    ],
    asks: /\b(?:(?:price|pricing|fee|rate)s?(?:'s)? (?:increases?|restrictions?|changes?|adjustments?|rises?|caps?|limits?|controls?)|(?:raise|raising|increase|increasing|change|changing|reduce|reducing|lower) .{0,30}\b(?:prices?|pricing|fees|rates)|price lock|cpi|(?:prices?|fees|rates) (?:go|be) (?:up|raised|increased))\b/,
  },
  minimum_commitment: {
    title: 'Minimum commitment',
    definition: 'A party must buy, pay or order at least a given amount.',
    origin: 'cuad',
    cuadName: 'Minimum Commitment',
    heading: /\bminimum|\bcommitment|\bguarante/,
    evident: 0.15,
    cues: [
      { pattern: /\bguarantees?\b.{0,80}(?:\$|\bminimum|\bunits\b)/, weight: 0.25 },
      {
        pattern:
          /\bno (?:less|fewer) than\b.{0,60}\b(?:appearances|days|units|per (?:year|month|quarter)|annually)/,
        weight: 0.15,
      },
      {
        pattern:
          /\bminimum\b.{0,40}\b(?:purchase|order|quantit|commitment|royalt|payment|guarantee|fee|amount|volume|requirement|sales|annual|number|spend)/,
        weight: 0.35,
      },
      {
        pattern:
          /\b(?:shall|will|must|agrees? to|obligated to)\b.{0,60}\b(?:purchase|order|buy|pay|spend|sell)\b.{0,60}\b(?:at least|a minimum|not less than|no less than|no fewer than)\b/,
        weight: 0.45,
      },
      {
        pattern:
          /\b(?:at least|not less than|no fewer than|no less than)\b.{0,40}(?:\$|\bunits\b|\bhours\b|\bper (?:year|month|annum)\b)/,
        weight: 0.1,
      },
      { pattern: /\b(?:guaranteed|take[- ]or[- ]pay|shortfall)\b/, weight: 0.2 },
    ],
    asks: /\b(?:minimum (?:commitments?|orders?|purchases?|spend|quantit\w+|volumes?|royalt\w+|payments?|amounts?|guarantees?|annual|sales|fees?)|(?:have|required|oblig\w+|commit\w+|must) .{0,30}\b(?:buy|purchase|order|spend)|at least how much|take[- ]or[- ]pay|minimums)\b/,
  },
  volume_restriction: {
    title: 'Volume restriction',
    definition: 'Use, orders or output are limited in amount, or cost more beyond a threshold.',
    origin: 'cuad',
    cuadName: 'Volume Restriction',
    evident: 0.15,
    cues: [
      {
        pattern:
          /\b(?:maximum|up to|not (?:to )?exceed|no more than|not more than|limited to|in excess of)\b.{0,60}\b(?:units?|users?|hours|copies|per (?:year|month|week|day|annum)|quantit\w+|volume|servers?|seats|subscribers|days|appearances|sessions|posts)\b/,
        weight: 0.2,
      },
      {
        pattern:
          /\bexceeds?\b.{0,80}\b(?:threshold|forecast|capacity|volume|quantity|allot\w+|allowance|limit)\b/,
        weight: 0.05,
      },
      {
        pattern: /\bmaximum (?:daily|annual|monthly|number|quantity|volume|amount)\b/,
        weight: 0.2,
      },
      { pattern: /\b(?:additional|excess|overage) (?:fees?|charges?)\b/, weight: 0.05 },
    ],
    asks: /\b(?:volume (?:restrictions?|limits?|caps?|thresholds?)|(?:usage|use) (?:limits?|restrictions?|caps?|thresholds?|exceeds?)|maximum (?:number|quantity|volume|usage|users)|overage|quantity limits?|(?:limits?|caps?) on (?:use|usage|volume|quantity|orders))\b/,
  },
  audit_rights: {
    title: 'Audit rights',
    definition:
      'A party may inspect the books, records or premises of the other to check compliance.',
    origin: 'cuad',
    cuadName: 'Audit Rights',
    heading: /\baudit|\bbooks|\brecords|\binspection/,
    evident: 0.3,
    cues: [
      {
        pattern:
          /\b(?:right|permit\w*|entitle\w*|allow\w*|may)\b.{0,100}\b(?:audit|inspect|examine)\b/,
        weight: 0.8,
      },
      {
        pattern:
          /\baudit\w*\b.{0,160}\b(?:books|records|accounts|premises|facilit|compliance|royalt|notice|expense|cost)/,
        weight: 0.6,
      },
      {
        pattern:
          /\b(?:inspect\w*|examin\w*|access to)\b.{0,80}\b(?:books|records|facilit\w+|premises|accounts)\b/,
        weight: 0.5,
      },
      { pattern: /\b(?:keep|maintain)\b.{0,60}\b(?:books|records|accounts)\b/, weight: 0.05 },
      { pattern: /\baudit (?:shows|reveals|discloses|rights?)\b|\bunderpayment\b/, weight: 0.2 },
    ],
    asks: /\b(?:audit(?:s|ed|ing|or|ors)?|inspect(?:s|ion|ions)?|(?:examine|review|check|access) .{0,30}\b(?:books|records|premises|facilities)|books and records)\b/,
  },
  insurance: {
    title: 'Insurance',
    definition: 'A party must have insurance for the other’s benefit.',
    origin: 'cuad',
    cuadName: 'Insurance',
    heading: /\binsur/,
    evident: 0.75,
    cues: [
      {
        pattern:
          /\b(?:maintain|carry|obtain|procure|keep|provide|purchase)\w*\b.{0,160}\binsurance\b/,
        weight: 0.7,
      },
      {
        pattern:
          /\b(?:liability|casualty|workers'? compensation|property|umbrella|product\w*) insurance\b/,
        weight: 0.85,
      },
      {
        pattern:
          /\b(?:additional insured|certificates? of insurance|insurance (?:policy|policies|coverage)|named insured|insurer|combined single limit)\b/,
        weight: 0.65,
      },
    ],
    asks: /\b(?:insur(?:e|ed|er|ance)|additional insured|coverage (?:limits|amounts)|policy limits)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
