import type { ClauseDefinition } from './clause-type.ts';

/** Types beyond CUAD that lawyers ask for: what the parties must do for each other. */
export const obligationClauses = {
  confidentiality: {
    title: 'Confidentiality',
    definition: 'A party must keep information of the other secret.',
    origin: 'deedbox',
    headingPattern: /\bconfidential|\bnon-?disclosure|\bsecrecy|\bproprietary information/,
    patterns: [
      /\b(?:shall|will|agrees? to|must)\b.{0,120}\b(?:confidence|confidential\w*|secret|secrecy|not disclose)\b/,
      /\bconfidential information\b/,
      /\b(?:receiving|disclosing|recipient) party\b/,
      /\bnot\b.{0,60}\bdisclos\w+\b.{0,100}\b(?:third|any person|information)/,
    ],
    queryPattern:
      /\b(?:confidential\w*|non-?disclosure|secre(?:t|cy)|disclos(?:e|ed|ing) .{0,30}\b(?:information|third part)|trade secrets?)\b/,
  },
  indemnification: {
    title: 'Indemnification',
    definition: 'A party must hold the other harmless against claims or losses.',
    origin: 'deedbox',
    headingPattern: /\bindemn|\bhold harmless/,
    patterns: [
      /\b(?:shall|will|agrees? to|must|hereby)\b.{0,60}\b(?:indemnif(?:y|ies)|hold\b.{0,60}\bharmless)/,
      /\bindemn(?:if\w+|it\w+)\b/,
    ],
    queryPattern: /\b(?:indemn\w+|hold(?:s)? harmless|defend .{0,20}\bclaims)\b/,
  },
  force_majeure: {
    title: 'Force majeure',
    definition: 'A party is excused where events beyond its control prevent performance.',
    origin: 'deedbox',
    headingPattern: /\bforce majeure|\bacts? of god|\bexcusable delay/,
    patterns: [
      /\bforce majeure\b/,
      /\bbeyond\b.{0,40}\b(?:reasonable )?control\b/,
      /\bacts? of god\b/,
    ],
    queryPattern:
      /\b(?:force majeure|acts? of god|beyond .{0,30}\bcontrol|pandemic|natural disasters?)\b/,
  },
  payment_terms: {
    title: 'Payment terms',
    definition: 'When and how money owed under the contract is paid.',
    origin: 'deedbox',
    headingPattern: /\bpayment|\bfees\b|\binvoic|\bcompensation|\brent\b/,
    patterns: [
      /\b(?:pay|payable|payment|paid|due|invoice[sd]?)\b.{0,100}\bwithin\b.{0,30}\bdays\b/,
      /\bnet (?:thirty|sixty|ninety|\d{2})\b/,
      /\b(?:late|overdue|past due|unpaid)\b.{0,100}\b(?:interest|charge|rate)\b/,
      /\b(?:shall|will) (?:pay|invoice|reimburse)\b/,
    ],
    queryPattern:
      /\b(?:payment (?:terms?|schedule|due|dates?|period|conditions)|when .{0,40}\b(?:pay|paid|payment|invoice)|invoic\w+|net (?:30|60|90|thirty|sixty)|late (?:payment|fees?|interest)|how (?:much|long) .{0,30}\bpay|due dates? for payment)\b/,
  },
  data_protection: {
    title: 'Data protection',
    definition: 'How personal data must be handled and kept safe.',
    origin: 'deedbox',
    headingPattern:
      /\bdata (?:protection|privacy|security)|\bprivacy|\bpersonal (?:data|information)/,
    patterns: [
      /\b(?:personal(?:ly identifiable)? (?:data|information)|data protection|gdpr|data (?:controller|processor|subject)|general data protection)\b/,
      /\b(?:data security|privacy (?:laws?|policy|policies)|security (?:breach|incident)|hipaa|protected health information|customer data)\b/,
    ],
    queryPattern:
      /\b(?:data (?:protection|privacy|security|processing|breach\w*)|personal (?:data|information)|gdpr|privacy|hipaa|dpa|security (?:breach\w*|incidents?))\b/,
  },
  warranties: {
    title: 'Warranties',
    definition: 'What a party represents or warrants, or declines to warrant.',
    origin: 'deedbox',
    headingPattern: /\bwarrant|\brepresentations/,
    patterns: [
      /\b(?:represents?|warrants?)\b.{0,40}\b(?:warrants?|represents?|covenants?|that|to)\b/,
      /\b(?:disclaims?|no (?:other )?warrant|as is|merchantability|fitness for a particular)\b/,
      /\bwarrant(?:y|ies)\b/,
    ],
    queryPattern:
      /\b(?:warrant(?:y|ies|s|ed)|represent(?:s|ations?)\b|guarantees?|as[- ]is\b|merchantability)/,
  },
  termination_for_cause: {
    title: 'Termination for cause',
    definition: 'A party may end the contract because the other broke it or became insolvent.',
    origin: 'deedbox',
    headingPattern: /\btermination|\bdefault|\bbreach/,
    patterns: [
      /\bterminat\w*\b.{0,250}\b(?:breach\w*|default\w*|bankrupt\w*|insolven\w*|for cause|fails? to)\b/,
      /\b(?:breach\w*|default\w*|bankrupt\w*|insolven\w*)\b.{0,250}\bterminat/,
      /\b(?:cure|remed(?:y|ied))\b.{0,100}\b(?:within|days)\b/,
    ],
    queryPattern:
      /\b(?:terminat\w* .{0,40}\b(?:for cause|breach\w*|default\w*|insolven\w*|bankrupt\w*)|for cause|(?:material )?breach(?:es|ed)?|events? of default|cure period|insolven\w*|bankrupt\w*)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
