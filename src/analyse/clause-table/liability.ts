import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about who answers for what, and how far. */
export const liabilityClauses = {
  uncapped_liability: {
    title: 'Uncapped liability',
    definition: 'A party’s liability is not limited, or not for some kinds of breach.',
    origin: 'cuad',
    cuadName: 'Uncapped Liability',
    heading:
      /\b(?:limitations?|limits?|exclusions?|disclaimer)\b.{0,20}\b(?:liabilit|damages)|\bliability\b/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:do|does|shall|will) not (?:limit|apply|exclude|restrict)\b.{0,120}\b(?:liab|breach|indemn|negligence|fraud|infring)/,
        weight: 0.15,
      },
      { pattern: /\bwithout limit\b/, weight: 0.25 },
      {
        pattern:
          /\b(?:except|other than|exclu\w+|notwithstanding|save)\b.{0,300}\b(?:indemnif\w+|gross negligence|wil+ful|fraud|confidential\w*|intentional|death|personal injury)\b.{0,300}\b(?:liab(?:le|ility)|damages)\b/,
        weight: 0.4,
      },
      {
        pattern:
          /\b(?:limitations?|limits?|exclusions?|foregoing|nothing)\b.{0,160}\b(?:shall|will|do|does) not (?:apply|limit|exclude)\b.{0,200}/,
        weight: 0.1,
      },
      {
        pattern:
          /\b(?:unlimited|uncapped|without limit(?:ation)?)\b.{0,40}\bliab|\bliab(?:le|ility)\b.{0,40}\b(?:unlimited|uncapped|without limit)\b/,
        weight: 0.1,
      },
      {
        pattern:
          /\bliab(?:le|ility)\b.{0,400}\b(?:except|other than|provided)\b.{0,200}\b(?:indemnif\w+|negligence|wil+ful|fraud|confidential\w*|misconduct)\b/,
        weight: 0.1,
      },
    ],
    asks: /\b(?:un(?:capped|limited) (?:liabilit(?:y|ies)|damages)|liabilit(?:y|ies) .{0,40}\b(?:un(?:capped|limited)|without (?:a )?(?:limit|cap)|no (?:limit|cap))|(?:exceptions?|carve-?outs?) .{0,30}\b(?:liabilit|cap|limitation)|no (?:cap|limit|limitation) (?:on|of|to) (?:liability|damages))/,
  },
  cap_on_liability: {
    title: 'Cap on liability',
    definition:
      'A party’s liability is limited in amount, in kind of damage or in the time for claims.',
    origin: 'cuad',
    cuadName: 'Cap On Liability',
    heading:
      /\b(?:limitations?|limits?|exclusions?|disclaimer)\b.{0,20}\b(?:liabilit|damages)|\bliability\b/,
    evident: 0.65,
    cues: [
      {
        pattern:
          /\b(?:in no event|under no circumstances|neither party|shall not be|not be|nor)\b.{0,160}\bliab(?:le|ility)\b.{0,200}\b(?:indirect|consequential|incidental|punitive|special|exemplary|lost profits|loss of)\b/,
        weight: 0.85,
      },
      {
        pattern:
          /\b(?:liability|damages)\b.{0,250}\b(?:not exceed|exceed|limited to|capped at|in excess of|no more than)\b/,
        weight: 0.55,
      },
      { pattern: /\b(?:sole|exclusive|only) (?:and exclusive )?(?:remed|liabilit)/, weight: 0.5 },
      {
        pattern: /\b(?:consequential|punitive|incidental|exemplary)\b.{0,60}\bdamages\b/,
        weight: 0.7,
      },
      {
        pattern:
          /\b(?:no (?:action|claim)|any (?:claim|action))\b.{0,160}\b(?:within|more than)\b.{0,40}\b(?:years?|months?|days)\b/,
        weight: 0.5,
      },
    ],
    asks: /\b(?:(?:caps?|limit(?:s|ed|ations?)?|ceiling|maximum)(?: (?:on|of|to))?(?: the| their| its| our)? (?:liabilit(?:y|ies)|damages)|liabilit(?:y|ies) .{0,40}\b(?:caps?|capped|limit(?:s|ed|ations?)?|exceed)|(?:consequential|indirect) damages|(?:cap|limit)\b.{0,30}\b(?:damages|liability|claims)|lol clause|liability\b|how much .{0,40}\bliable)/,
  },
  liquidated_damages: {
    title: 'Liquidated damages',
    definition: 'A sum fixed in advance is owed for a breach or for ending the contract.',
    origin: 'cuad',
    cuadName: 'Liquidated Damages',
    heading: /\bliquidated|\bpenalt|\btermination fee/,
    evident: 0.3,
    cues: [
      { pattern: /\b(?:contractual|agreed) penalty\b|\bpenalty of\b/, weight: 0.4 },
      { pattern: /\bliquidated damages?\b/, weight: 0.55 },
      {
        pattern:
          /\b(?:early )?(?:termination|cancellation|break-?up) (?:fee|charge|payment|penalty)\b/,
        weight: 0.3,
      },
      {
        pattern: /\b(?:not (?:as )?a penalty|service (?:level )?credits?|late delivery)\b/,
        weight: 0.1,
      },
      {
        pattern:
          /\b(?:penalty|pay)\b.{0,60}(?:\$|percent|%).{0,80}\b(?:each|every|per) (?:day|week)\b.{0,40}\b(?:delay|late)/,
        weight: 0.4,
      },
    ],
    asks: /\b(?:liquidated damages?|penalt(?:y|ies)|(?:early )?(?:termination|cancellation|break-?up|exit) (?:fees?|charges?|payments?)|pre-?agreed damages|service credits?)\b/,
  },
  warranty_duration: {
    title: 'Warranty duration',
    definition: 'How long a warranty of goods, software or work lasts.',
    origin: 'cuad',
    cuadName: 'Warranty Duration',
    heading: /\bwarrant/,
    evident: 0.4,
    cues: [
      {
        pattern:
          /\bwarrant\w*\b.{0,200}\b(?:for|within|during|period)\b.{0,60}\b(?:days|months?|years?)\b/,
        weight: 0.35,
      },
      { pattern: /\bwarranty period\b/, weight: 0.5 },
      { pattern: /\b(?:days|months?|years?)\b.{0,60}\bwarranty\b/, weight: 0.65 },
      { pattern: /\b(?:defects?|workmanship)\b.{0,160}\b(?:days|months?|years?)\b/, weight: 0.6 },
    ],
    asks: /\b(?:warrant(?:y|ies)(?:'s)? (?:periods?|durations?|terms?|lengths?|last|run|expire)|(?:how long|duration|length|period) .{0,40}\b(?:warrant(?:y|ies)|guarantee)|warranted for)\b/,
  },
  governing_law: {
    title: 'Governing law',
    definition: 'The law under which the contract is read.',
    origin: 'cuad',
    cuadName: 'Governing Law',
    heading: /\b(?:governing|applicable|choice of) law|\blaw\b|\bjurisdiction\b/,
    evident: 0.65,
    cues: [
      {
        pattern: /\b(?:governed|construed|interpreted|enforced|determined)\b.{0,160}\blaws?\b/,
        weight: 0.7,
      },
      { pattern: /\blaws? of\b.{0,100}\b(?:shall|will) (?:govern|apply|control)/, weight: 0.5 },
      { pattern: /\b(?:governing|applicable) law\b.{0,60}\b(?:is|shall be|the law)/, weight: 0.1 },
      {
        pattern:
          /\bsubject to\b.{0,40}\blaws? of (?:the )?(?:state|commonwealth|province|republic|people)/,
        weight: 0.4,
      },
    ],
    asks: /\b(?:govern(?:ing|ed|s)?(?: by)?(?: the)? laws?|(?:which|what|whose) (?:state|country|jurisdiction|province)?(?:'s|s')? ?laws?|laws? .{0,20}\b(?:govern|appl(?:y|ies)|control)s?|applicable law|choice of law|governs?\b|proper law|governed by)/,
  },
} as const satisfies Record<string, ClauseDefinition>;
