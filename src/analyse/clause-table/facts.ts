import type { ClauseDefinition } from './clause-type.ts';

/** Clauses that state what a contract is, between whom, since when and until when. */
export const factClauses = {
  document_name: {
    title: 'Document name',
    definition: 'The name the contract gives itself.',
    origin: 'cuad',
    cuadName: 'Document Name',
    patterns: [
      /^(?:this )?[a-z ,&/'-]{0,70}\bagreement(?: \(.{0,40}\))?$/,
      /\bthis [a-z ,&/'-]{0,70}\bagreement \((?:the |this )?"/,
      /^this [a-z ,&/'-]{0,70}\b(?:agreement|contract|lease|amendment)\b/,
    ],
    queryPattern:
      /\b(?:name|title) of (?:the|this) (?:document|agreement|contract)|what (?:kind|type|sort) of (?:document|agreement|contract)|(?:document|contract|agreement)(?:'s)? (?:name|title)\b/,
  },
  parties: {
    title: 'Parties',
    definition: 'The persons or companies between whom the contract is made.',
    origin: 'cuad',
    cuadName: 'Parties',
    patterns: [
      /\b(?:by and (?:between|among)|by and amongst|is (?:made|entered) .{0,80}\b(?:between|among))\b/,
      /\(.{0,40}"[^"]{2,40}"\).{0,400}\(.{0,40}"[^"]{2,40}"\)/,
      /\b(?:the undersigned|hereinafter (?:called|referred to|known as)|collectively,? (?:the|referred to as) "parties")/,
    ],
    queryPattern:
      /\b(?:who (?:are|is|signed|entered)|part(?:y|ies) to (?:the|this)|which part(?:y|ies)|what part(?:y|ies)|the parties\?|counterpart(?:y|ies)|contracting parties|between whom)\b/,
  },
  agreement_date: {
    title: 'Agreement date',
    definition: 'The date the contract bears.',
    origin: 'cuad',
    cuadName: 'Agreement Date',
    patterns: [
      /\b(?:made|entered|executed|dated|effective|agreement)\b.{0,80}\b(?:as of|on|this|dated)\b.{0,30}\b(?:19|20)\d\d\b/,
      /\bdated?:? .{0,20}\b(?:19|20)\d\d\b/,
    ],
    queryPattern:
      /\b(?:agreement|contract|signing|signature|execution) date|date (?:of|on) (?:the|this) (?:agreement|contract|signing|signature)|(?:when|what date) (?:was|were|is|did) .{0,60}\b(?:signed?|dated|executed?|made|entered)\b|date of (?:signing|signature|execution)/,
  },
  effective_date: {
    title: 'Effective date',
    definition: 'The date from which the contract has effect.',
    origin: 'cuad',
    cuadName: 'Effective Date',
    patterns: [
      /"effective date"|effective date (?:means|shall mean|of this agreement)/,
      /\b(?:effective|effect|commenc\w+|begin\w*|in force)\b.{0,60}\b(?:19|20)\d\d\b/,
      /\b(?:shall|will) (?:become|be) effective (?:as of|on|upon|from)|\btakes? effect\b/,
    ],
    queryPattern:
      /\beffective date|(?:take|come|go|enter)(?:s|ing|n)? (?:(?:in)?to )?(?:effect|force)|become effective|is .{0,60}\beffective\b|when (?:does|did|will|do) .{0,60}\b(?:start|begin|commence|effective)|(?:start|commencement|beginning) date/,
  },
  expiration_date: {
    title: 'Expiration date',
    definition:
      'The date on which, or the period after which, the initial term of the contract ends.',
    origin: 'cuad',
    cuadName: 'Expiration Date',
    headingPattern: /\b(?:term|duration|expir\w+)\b/,
    patterns: [
      /\b(?:initial |original )?term (?:of|for) (?:this|the) (?:\w+ ){0,3}(?:agreement|contract|lease)\b.{0,80}\b(?:shall|will|is|commence|begin|be)/,
      /\b(?:shall|will) (?:remain|continue|be) in (?:full )?(?:force|effect)\b.{0,40}\b(?:until|for|through|unless)/,
      /\b(?:for|of) (?:a|an|the) (?:\w+ )?(?:period|term) of .{0,40}\b(?:years?|months?|days)\b/,
      /\b(?:initial|original|primary) term\b/,
      /\b(?:expires?|terminates?|ends?|until|through) (?:automatically )?(?:on |at )?.{0,30}\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b.{0,12}\d{4}/,
      /\bthis (?:agreement|contract|lease) .{0,40}\b(?:shall|will) (?:expire|terminate|end|commence)\b/,
      /\b(?:anniversary of|perpetual(?:ly)?\b.{0,30}\bterm|until terminated|in perpetuity|indefinite(?:ly)?)\b/,
    ],
    queryPattern:
      /\b(?:expir(?:y|es?|ed|ing|ation)|end date|end of (?:the |its )?(?:initial )?term|initial term|run(?:s|ning)? out|lapses?|(?:term|length|duration) of (?:the|this|that|our)|how long\b.{0,50}\b(?:last|run|term|valid|agreement|contract|lease|in force|in effect)|(?:when|what date|what day) (?:does|do|did|will|is|would) .{0,80}\b(?:end|ends|over|finish|terminate|up|cease)\b|contract term|valid until|in force until)/,
  },
  renewal_term: {
    title: 'Renewal term',
    definition:
      'For how long the contract goes on after its initial term, automatically or at a party’s choice.',
    origin: 'cuad',
    cuadName: 'Renewal Term',
    headingPattern: /\b(?:renewal|extension|term)\b/,
    patterns: [
      /\bautomatic(?:ally)? (?:be )?(?:renew|extend)/,
      /\b(?:renew|extend)\w*\b.{0,80}\b(?:successive|additional|consecutive|further|subsequent|one|two|three)\b.{0,60}\b(?:terms?|periods?|years?|months?)\b/,
      /\brenewal terms?\b/,
      /\b(?:shall|will|may) (?:be |thereafter )?(?:renewed?|extended?|continue)\b.{0,60}\b(?:year|month|term|basis)/,
      /\b(?:option|right) to (?:renew|extend)\b/,
    ],
    queryPattern:
      /\b(?:renew(?:s|ed|al|able|ing)?|extend(?:s|ed)? automatically|auto(?:matic(?:ally)?)?[ -](?:renew\w*|extend\w*|roll\w*)|evergreen|roll(?:s|ing)? over|extension of (?:the )?term|option to extend)\b/,
  },
  notice_period_to_terminate_renewal: {
    title: 'Notice period to terminate renewal',
    definition:
      'How long before the end of the term notice must be given so that the contract does not renew.',
    origin: 'cuad',
    cuadName: 'Notice Period To Terminate Renewal',
    headingPattern: /\b(?:renewal|extension|term)\b/,
    patterns: [
      /\bunless\b.{0,160}\bnotice\b.{0,160}\b(?:prior to|before)\b.{0,80}\b(?:expir|end|terminat|renew|anniversary)/,
      /\bnot(?:ice)?\b.{0,80}\b(?:not to renew|non-?renew|intent(?:ion)? (?:not )?to (?:renew|extend|terminate)|does not (?:wish|intend|desire))/,
      /\b(?:renew|extend)\w*\b.{0,250}\b(?:at least|not less than|no later than|prior)\b.{0,60}\b(?:days|months?)\b/,
      /\bdays\b.{0,30}\b(?:prior to|before) (?:the )?(?:expir|end|anniversary)/,
    ],
    queryPattern:
      /\b(?:notice (?:period )?.{0,40}\b(?:renew\w*|extension|auto-?renew\w*)|non-?renew\w*|(?:stop|prevent|avoid|cancel|opt out of|terminate) .{0,30}\b(?:renew\w*|extension)|by when must .{0,30}\bnotice|notice period|(?:how much|how many days'?|days'?) (?:of )?notice\b)/,
  },
} as const satisfies Record<string, ClauseDefinition>;
