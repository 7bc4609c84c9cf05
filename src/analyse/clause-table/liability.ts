import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about liability, its limits, insurance and warranties. */
export const liabilityClauses = {
  uncapped_liability: {
    title: 'Uncapped liability',
    definition: 'A party’s liability is not limited, or not for some kinds of breach.',
    origin: 'cuad',
    cuadName: 'Uncapped Liability',
    headingPattern:
      /\b(?:limitations?|limits?|exclusions?|disclaimer)\b.{0,20}\b(?:liabilit|damages)|\bliability\b/,
    patterns: [
      /\b(?:do|does|shall|will) not (?:limit|apply|exclude|restrict)\b.{0,120}\b(?:liab|breach|indemn|negligence|fraud|infring)/,
      /\bwithout limit\b/,
      /\b(?:except|other than|exclu\w+|notwithstanding|save)\b.{0,300}\b(?:indemnif\w+|gross negligence|wil+ful|fraud|confidential\w*|intentional|death|personal injury)\b.{0,300}\b(?:liab(?:le|ility)|damages)\b/,
      /\b(?:limitations?|limits?|exclusions?|foregoing|nothing)\b.{0,160}\b(?:shall|will|do|does) not (?:apply|limit|exclude)\b.{0,200}/,
      /\b(?:unlimited|uncapped|without limit(?:ation)?)\b.{0,40}\bliab|\bliab(?:le|ility)\b.{0,40}\b(?:unlimited|uncapped|without limit)\b/,
      /\bliab(?:le|ility)\b.{0,400}\b(?:except|other than|provided)\b.{0,200}\b(?:indemnif\w+|negligence|wil+ful|fraud|confidential\w*|misconduct)\b/,
    ],
    queryPattern:
      /\b(?:un(?:capped|limited) (?:liabilit(?:y|ies)|damages)|liabilit(?:y|ies) .{0,40}\b(?:un(?:capped|limited)|without (?:a )?(?:limit|cap)|no (?:limit|cap))|(?:exceptions?|carve-?outs?) .{0,30}\b(?:liabilit|cap|limitation)|no (?:cap|limit|limitation) (?:on|of|to) (?:liability|damages))/,
  },
  cap_on_liability: {
    title: 'Cap on liability',
    definition:
      'A party’s liability is limited in amount, in kind of damage or in the time for claims.',
    origin: 'cuad',
    cuadName: 'Cap On Liability',
    headingPattern:
      /\b(?:limitations?|limits?|exclusions?|disclaimer)\b.{0,20}\b(?:liabilit|damages)|\bliability\b/,
    patterns: [
      /\b(?:in no event|under no circumstances|neither party|shall not be|not be|nor)\b.{0,160}\bliab(?:le|ility)\b.{0,200}\b(?:indirect|consequential|incidental|punitive|special|exemplary|lost profits|loss of)\b/,
      /\b(?:liability|damages)\b.{0,250}\b(?:not exceed|exceed|limited to|capped at|in excess of|no more than)\b/,
      /\b(?:sole|exclusive|only) (?:and exclusive )?(?:remed|liabilit)/,
      /\b(?:consequential|punitive|incidental|exemplary)\b.{0,60}\bdamages\b/,
      /\b(?:no (?:action|claim)|any (?:claim|action))\b.{0,160}\b(?:within|more than)\b.{0,40}\b(?:years?|months?|days)\b/,
    ],
    queryPattern:
      /\b(?:(?:caps?|limit(?:s|ed|ations?)?|ceiling|maximum)(?: (?:on|of|to))?(?: the| their| its| our)? (?:liabilit(?:y|ies)|damages)|liabilit(?:y|ies) .{0,40}\b(?:caps?|capped|limit(?:s|ed|ations?)?|exceed)|(?:consequential|indirect) damages|(?:cap|limit)\b.{0,30}\b(?:damages|liability|claims)|lol clause|liability\b|how much .{0,40}\bliable)/,
  },
  liquidated_damages: {
    title: 'Liquidated damages',
    definition: 'A sum fixed in advance is owed for a breach or for ending the contract.',
    origin: 'cuad',
    cuadName: 'Liquidated Damages',
    headingPattern: /\bliquidated|\bpenalt|\btermination fee/,
    patterns: [
      /\b(?:contractual|agreed) penalty\b|\bpenalty of\b/,
      /\bliquidated damages?\b/,
      /\b(?:early )?(?:termination|cancellation|break-?up) (?:fee|charge|payment|penalty)\b/,
      /\b(?:not (?:as )?a penalty|service (?:level )?credits?|late delivery)\b/,
      /\b(?:penalty|pay)\b.{0,60}(?:\$|percent|%).{0,80}\b(?:each|every|per) (?:day|week)\b.{0,40}\b(?:delay|late)/,
    ],
    queryPattern:
      /\b(?:liquidated damages?|penalt(?:y|ies)|(?:early )?(?:termination|cancellation|break-?up|exit) (?:fees?|charges?|payments?)|pre-?agreed damages|service credits?)\b/,
  },
  warranty_duration: {
    title: 'Warranty duration',
    definition: 'How long a warranty of goods, software or work lasts.',
    origin: 'cuad',
    cuadName: 'Warranty Duration',
    headingPattern: /\bwarrant/,
    patterns: [
      /\bwarrant\w*\b.{0,200}\b(?:for|within|during|period)\b.{0,60}\b(?:days|months?|years?)\b/,
      /\bwarranty period\b/,
      /\b(?:days|months?|years?)\b.{0,60}\bwarranty\b/,
      /\b(?:defects?|workmanship)\b.{0,160}\b(?:days|months?|years?)\b/,
    ],
    queryPattern:
      /\b(?:warrant(?:y|ies)(?:'s)? (?:periods?|durations?|terms?|lengths?|last|run|expire)|(?:how long|duration|length|period) .{0,40}\b(?:warrant(?:y|ies)|guarantee)|warranted for)\b/,
  },
  governing_law: {
    title: 'Governing law',
    definition: 'The law under which the contract is read.',
    origin: 'cuad',
    cuadName: 'Governing Law',
    headingPattern: /\b(?:governing|applicable|choice of) law|\blaw\b|\bjurisdiction\b/,
    patterns: [
      /\b(?:governed|construed|interpreted|enforced|determined)\b.{0,160}\blaws?\b/,
      /\blaws? of\b.{0,100}\b(?:shall|will) (?:govern|apply|control)/,
      /\b(?:governing|applicable) law\b.{0,60}\b(?:is|shall be|the law)/,
      /\bsubject to\b.{0,40}\blaws? of (?:the )?(?:state|commonwealth|province|republic|people)/,
    ],
    queryPattern:
      /\b(?:govern(?:ing|ed|s)?(?: by)?(?: the)? laws?|(?:which|what|whose) (?:state|country|jurisdiction|province)?(?:'s|s')? ?laws?|laws? .{0,20}\b(?:govern|appl(?:y|ies)|control)s?|applicable law|choice of law|governs?\b|proper law|governed by)/,
  },
} as const satisfies Record<string, ClauseDefinition>;
