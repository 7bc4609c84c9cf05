import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about how a contract ends, passes to others, and what follows its end. */
export const termClauses = {
  termination_for_convenience: {
    title: 'Termination for convenience',
    definition: 'A party may end the contract without cause, by giving notice.',
    origin: 'cuad',
    cuadName: 'Termination For Convenience',
    headingPattern: /\btermination\b.{0,40}\b(?:convenience|without cause|notice)|\btermination\b/,
    patterns: [
      /\bterminat\w*\b.{0,160}\b(?:without cause|for convenience|for any reason|any reason or no reason|at any time|at will|without (?:any )?reason|with or without cause|in its (?:sole|absolute) discretion)/,
      /\b(?:at any time|for any reason|without cause|for convenience)\b.{0,120}\bterminat/,
      /\bmay (?:also )?(?:be )?terminated?\b.{0,120}\b(?:upon|by|with|on) .{0,60}\bnotice\b/,
    ],
    queryPattern:
      /\b(?:(?:terminat\w*|cancel\w*|end|exit|leave|walk away|get out|break) .{0,50}\b(?:convenience|without (?:cause|reason|penalty)|at will|any time|early|for any reason|no reason)|for convenience|without cause|at[- ]will|(?:can|may) .{0,40}\b(?:terminate|cancel|end|exit|leave)\b|get out of|early termination|break clause|how (?:can|do) .{0,20}\b(?:terminate|cancel))/,
  },
  rofr_rofo_rofn: {
    title: 'Right of first refusal, offer or negotiation',
    definition: 'A party must be offered a deal, or be negotiated with, before third parties.',
    origin: 'cuad',
    cuadName: 'Rofr/Rofo/Rofn',
    headingPattern: /\bfirst (?:refusal|offer|negotiation|opportunity)|\bpre-?empti/,
    patterns: [
      /\b(?:rights?|option|opportunity) (?:of|to|for) first (?:refusal|offer|negotiat\w+|opportunity|look)\b/,
      /\bfirst (?:right|option|opportunity|refusal|offer)\b/,
      /\b(?:matching right|match (?:the|such) (?:offer|terms)|pre-?empti(?:ve|on) rights?|same terms and conditions)\b/,
      /\b(?:third[- ]party offer|bona fide offer|offer notice|(?:ne|rofr|rofn|rofo)gotiation period|exclusive negotiation)\b/,
      /\b(?:negotiate (?:exclusively|in good faith))\b.{0,120}\b(?:days|period)\b/,
    ],
    queryPattern:
      /\b(?:rofr|rofo|rofn|first refusal|first offer|first negotiation|right of first|first (?:right|option|look|opportunity)|pre-?empti\w+|matching right)\b/,
  },
  change_of_control: {
    title: 'Change of control',
    definition:
      'What a merger, an acquisition or a sale of control gives the other party: consent, notice, termination.',
    origin: 'cuad',
    cuadName: 'Change Of Control',
    headingPattern: /\bchange (?:of|in) (?:control|ownership)|\bmerger/,
    patterns: [
      /\b(?:transfer|sale|acqui\w+) of\b.{0,60}\b(?:majority|percent|%|substantially all)\b.{0,80}\b(?:shares?|stock|voting|assets|equity|interests?)\b/,
      /\bchange (?:of|in) (?:the )?(?:control|ownership)\b/,
      /\b(?:merger|consolidat\w+|acquisition|reorgani[sz]ation|operation of law)\b.{0,200}\b(?:assign|terminat|consent|notice)/,
      /\b(?:assign|terminat|consent|transfer)\w*\b.{0,250}\b(?:merger|all or substantially all|operation of law|controlling interest|voting (?:stock|securities|power|interest))\b/,
      /\b(?:acquired? by|control of)\b.{0,80}\b(?:competitor|third party|another)/,
    ],
    queryPattern:
      /\b(?:change (?:of|in) (?:control|ownership)|(?:is|are|was|were|gets?|got|being|been|be) (?:acquired|bought|taken over)|(?:is|are|was|were|gets?|got) sold|(?:sells?|sold|sale of) (?:itself|themselves|(?:its|their|the|our) (?:business|company|shares))|(?:buys?|bought) (?:them|it|us|the company)\b|acquisitions?|acquires?|acquirers?|m&a\b|merg(?:er|ers|es|ed|e|ing)|take-?overs?|takes? over|new owners?|changes? (?:hands|owners?|ownership))\b/,
  },
  anti_assignment: {
    title: 'Anti-assignment',
    definition:
      'The contract may not be assigned, or only with the other party’s consent or notice to it.',
    origin: 'cuad',
    cuadName: 'Anti-Assignment',
    headingPattern: /\bassign|\btransfer/,
    patterns: [
      /\b(?:may|shall|will|can|must) not (?:[\w,]+ ){0,6}?(?:assign|transfer)\b/,
      /\bneither party (?:may|shall|will|can) (?:[\w,]+ ){0,4}?(?:assign|transfer)\b/,
      /\b(?:not|neither|no|nor|may)\b.{0,160}\bassign\w*\b.{0,250}\b(?:without|consent|prior written|approval|permission|void)/,
      /\b(?:not|neither|no)\b.{0,120}\b(?:assign(?:ed|able|ment)?|delegate|transfer(?:red|able)?)\b.{0,160}\b(?:agreement|rights|obligations|hereunder|interest)\b/,
      /\b(?:attempted|purported) (?:assignment|transfer|delegation)\b|\bassign\w*\b.{0,120}\bnull and void\b/,
      /\bmay (?:freely )?assign\b|\bassign\w*\b.{0,60}\b(?:agreement|rights)\b/,
    ],
    queryPattern:
      /\b(?:anti-?assignment|assign(?:s|ed|ing|able|ability|ment)?\b|transfer (?:the|this|its|their) (?:agreement|contract|rights|obligations)|transferred to (?:a |another|third)|novat\w+)/,
  },
  post_termination_services: {
    title: 'Post-termination services',
    definition:
      'What a party must still do after the contract has ended: transition, support, sell-off, payment.',
    origin: 'cuad',
    cuadName: 'Post-Termination Services',
    headingPattern:
      /\b(?:effects?|consequences?|obligations?|rights|duties)\b.{0,30}\btermination|\btransition|\bwind[- ]?(?:down|up)|\bpost[- ]termination|\bsell-?off/,
    patterns: [
      /\b(?:upon|after|following|within)\b.{0,60}\b(?:terminat|expir)\w*\b.{0,160}\b(?:return|destroy|pay|cease|refund|deliver|transfer|repurchase)\b/,
      /\bafter the end of (?:this|the) (?:agreement|contract|term)\b/,
      /\b(?:after|upon|following|on|event of)\b.{0,60}\b(?:terminat|expir)\w*\b.{0,250}\b(?:shall|will|may|agrees?)\b/,
      /\b(?:transition|wind[- ]?down|phase[- ]?out|sell-?off|run-?off|tail) (?:services?|period|assistance|plan|costs?)\b/,
      /\b(?:after|following|upon|post)\b.{0,40}\b(?:terminat|expir)\w*\b.{0,200}\b(?:continue|sell|inventory|transition|remaining|orders|support|assist|days)\b/,
      /\bsurviv\w+\b.{0,60}\b(?:years?|months?)\b/,
    ],
    queryPattern:
      /\b(?:post-?termination|(?:after|following|upon|on) (?:the )?(?:termination|expiration|expiry|contract ends|agreement ends|end of (?:the )?(?:contract|agreement|term))|transition (?:services|assistance|period)|wind[- ]?down|sell-?off|exit assistance|effects? of termination|consequences of termination)\b/,
  },
  third_party_beneficiary: {
    title: 'Third-party beneficiary',
    definition: 'Someone who is not a party may enforce the contract.',
    origin: 'cuad',
    cuadName: 'Third Party Beneficiary',
    headingPattern: /\bthird[- ]part(?:y|ies)\b.{0,10}\b(?:benefi|rights)|\bbeneficiar/,
    patterns: [
      /\b(?:is|are|be|as|an?|intended|express) (?:an? )?(?:intended |express |direct )*third[- ]party beneficiar/,
      /\bthird[- ]party beneficiar/,
      /\bintended (?:third[- ]party )?beneficiar/,
    ],
    queryPattern:
      /\b(?:third[- ]party beneficiar\w*|beneficiar(?:y|ies)|(?:non-?part(?:y|ies)|third part(?:y|ies)|someone else) .{0,20}\benforce)/,
  },
} as const satisfies Record<string, ClauseDefinition>;
