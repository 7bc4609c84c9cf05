import type { ClauseDefinition } from './clause-type.ts';

/** Types beyond CUAD that lawyers ask for: what the parties owe each other. */
export const obligationClauses = {
  confidentiality: {
    title: 'Confidentiality',
    definition: 'A party must keep information of the other secret.',
    origin: 'deedbox',
    heading: /\bconfidential|\bnon-?disclosure|\bsecrecy|\bproprietary information/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:shall|will|agrees? to|must)\b.{0,120}\b(?:confidence|confidential\w*|secret|secrecy|not disclose)\b/,
        weight: 0.6,
      },
      { pattern: /\bconfidential information\b/, weight: 0.4 },
      { pattern: /\b(?:receiving|disclosing|recipient) party\b/, weight: 0.25 },
      {
        pattern: /\bnot\b.{0,60}\bdisclos\w+\b.{0,100}\b(?:third|any person|information)/,
        weight: 0.35,
      },
    ],
    asks: /\b(?:confidential\w*|non-?disclosure|secre(?:t|cy)|disclos(?:e|ed|ing) .{0,30}\b(?:information|third part)|trade secrets?)\b/,
  },
  indemnification: {
    title: 'Indemnification',
    definition: 'A party must hold the other harmless against claims or losses.',
    origin: 'deedbox',
    heading: /\bindemn|\bhold harmless/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:shall|will|agrees? to|must|hereby)\b.{0,60}\b(?:indemnif(?:y|ies)|hold\b.{0,60}\bharmless)/,
        weight: 0.75,
      },
      { pattern: /\bindemn(?:if\w+|it\w+)\b/, weight: 0.35 },
    ],
    asks: /\b(?:indemn\w+|hold(?:s)? harmless|defend .{0,20}\bclaims)\b/,
  },
  force_majeure: {
    title: 'Force majeure',
    definition: 'A party is excused where events beyond its control prevent performance.',
    origin: 'deedbox',
    heading: /\bforce majeure|\bacts? of god|\bexcusable delay/,
    evident: 0.4,
    cues: [
      { pattern: /\bforce majeure\b/, weight: 0.6 },
      { pattern: /\bbeyond\b.{0,40}\b(?:reasonable )?control\b/, weight: 0.45 },
      { pattern: /\bacts? of god\b/, weight: 0.6 },
    ],
    asks: /\b(?:force majeure|acts? of god|beyond .{0,30}\bcontrol|pandemic|natural disasters?)\b/,
  },
  payment_terms: {
    title: 'Payment terms',
    definition: 'When and how money owed under the contract is paid.',
    origin: 'deedbox',
    heading: /\bpayment|\bfees\b|\binvoic|\bcompensation|\brent\b/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:pay|payable|payment|paid|due|invoice[sd]?)\b.{0,100}\bwithin\b.{0,30}\bdays\b/,
        weight: 0.7,
      },
      { pattern: /\bnet (?:thirty|sixty|ninety|\d{2})\b/, weight: 0.6 },
      {
        pattern: /\b(?:late|overdue|past due|unpaid)\b.{0,100}\b(?:interest|charge|rate)\b/,
        weight: 0.5,
      },
      { pattern: /\b(?:shall|will) (?:pay|invoice|reimburse)\b/, weight: 0.3 },
    ],
    asks: /\b(?:payment (?:terms?|schedule|due|dates?|period|conditions)|when .{0,40}\b(?:pay|paid|payment|invoice)|invoic\w+|net (?:30|60|90|thirty|sixty)|late (?:payment|fees?|interest)|how (?:much|long) .{0,30}\bpay|due dates? for payment)\b/,
  },
  data_protection: {
    title: 'Data protection',
    definition: 'How personal data must be handled and kept safe.',
    origin: 'deedbox',
    heading: /\bdata (?:protection|privacy|security)|\bprivacy|\bpersonal (?:data|information)/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:personal(?:ly identifiable)? (?:data|information)|data protection|gdpr|data (?:controller|processor|subject)|general data protection)\b/,
        weight: 0.6,
      },
      {
        pattern:
          /\b(?:data security|privacy (?:laws?|policy|policies)|security (?:breach|incident)|hipaa|protected health information|customer data)\b/,
        weight: 0.45,
      },
    ],
    asks: /\b(?:data (?:protection|privacy|security|processing|breach\w*)|personal (?:data|information)|gdpr|privacy|hipaa|dpa|security (?:breach\w*|incidents?))\b/,
  },
  warranties: {
    title: 'Warranties',
    definition: 'What a party represents or warrants, or declines to warrant.',
    origin: 'deedbox',
    heading: /\bwarrant|\brepresentations/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:represents?|warrants?)\b.{0,40}\b(?:warrants?|represents?|covenants?|that|to)\b/,
        weight: 0.6,
      },
      {
        pattern:
          /\b(?:disclaims?|no (?:other )?warrant|as is|merchantability|fitness for a particular)\b/,
        weight: 0.6,
      },
      { pattern: /\bwarrant(?:y|ies)\b/, weight: 0.3 },
    ],
    asks: /\b(?:warrant(?:y|ies|s|ed)|represent(?:s|ations?)\b|guarantees?|as[- ]is\b|merchantability)/,
  },
  termination_for_cause: {
    title: 'Termination for cause',
    definition: 'A party may end the contract because the other broke it or became insolvent.',
    origin: 'deedbox',
    heading: /\btermination|\bdefault|\bbreach/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\bterminat\w*\b.{0,250}\b(?:breach\w*|default\w*|bankrupt\w*|insolven\w*|for cause|fails? to)\b/,
        weight: 0.6,
      },
      {
        pattern: /\b(?:breach\w*|default\w*|bankrupt\w*|insolven\w*)\b.{0,250}\bterminat/,
        weight: 0.5,
      },
      { pattern: /\b(?:cure|remed(?:y|ied))\b.{0,100}\b(?:within|days)\b/, weight: 0.35 },
    ],
    asks: /\b(?:terminat\w* .{0,40}\b(?:for cause|breach\w*|default\w*|insolven\w*|bankrupt\w*)|for cause|(?:material )?breach(?:es|ed)?|events? of default|cure period|insolven\w*|bankrupt\w*)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
