import type { PatternRow } from './pattern-row.ts';

/**
 * What a period or a last day is about. All patterns are matched against the part of a sentence before
 * the period or day, except where the row's list says otherwise.
 */

const contractNouns =
  '(?:agreement|contract|lease|sublease|tenancy|letting|licen[cs]e|sublicense|engagement|appointment|retainer|arrangement|franchise|subscription|co-?operation|collaboration|distributorship|agency|amendment|addendum|deed|undertaking|guaranty|guarantee|statement of work|sow|order form|work order|nda|letter agreement|letter|employment|assignment|consultancy|secondment|mandate|partnership|joint venture|exclusivity)';
/** Words after which the contract is not the subject: "under this Agreement". */
const notASubject =
  '(?<!\\b(?:under|of|in|to|by|with|from|for|into|within|between|hereunder|per|during|upon|signing|executing|against|outside|beyond|date|day) (?:the |this |any |such )?)';

/** Subjects that stand for the whole contract. */
export const agreementSubjects: PatternRow[] = [
  {
    id: 'the contract',
    pattern: new RegExp(
      `${notASubject}\\b(?:this|the|such|our|your|said|an?|that|each|his|her|its|their|executive's|employee's|consultant's|contractor's|director's|distributor's|agent's) (?:(?!agreement|contract|term|date|day|period|event|of |under |in |with |to |for |by |on |from |upon |no |not )[\\w'-]+ ){0,4}?${contractNouns}\\b(?!'s? (?:duties|obligations|fees?)\\b)(?! (?:fees?|price|charges?|payments?|notice|products?|materials?|territory|rights?|restrictions?|data|period|year)\\b)`,
    ),
    mustMatch: [
      'this agreement shall remain in force until ',
      'the appointment shall commence on the commencement date and continue until ',
      "executive's employment hereunder will continue for ",
      'the tenancy is a periodic tenancy commencing at noon on ',
      'unless terminated earlier, this distribution agreement continues for ',
    ],
    mustNotMatch: [
      'the total liability of the supplier under this agreement shall not exceed the fees paid in the preceding ',
      'the parties to this agreement shall meet within ',
      'the price is fixed for a period of ',
      'the license fee is fixed for ',
    ],
  },
  {
    id: 'the term',
    pattern:
      /(?<!\b(?:during|throughout|within|in|over|before|after|renewal|under|for) (?:the |this |its |any |such |each )?(?:(?:initial|original|contract|then[- ]current|renewal|entire|full|remaining) )?)"?\b(?:terms?|duration|validity|lifetime|(?:agreement|contract|lease|subscription|services?|initial|license|licence|engagement|employment|sponsorship|distribution|franchise|rental|hire|effective|contractual|validity|production|consulting|tenancy|base|fixed|primary|minimum) (?:term|period))\b"?(?! (?:and conditions|sheet|loan|life|used|not defined|defined))(?!.{0,12} conditions)(?!" (?:includes|has the meaning))/,
    mustMatch: [
      'the term of this agreement begins on 1 june 2024 and ends on ',
      '"initial term" means the period from the effective date to ',
      'the contract period is ',
      'duration: ',
    ],
    mustNotMatch: [
      'during the term the supplier shall not, for ',
      'the terms and conditions apply for ',
      'the term loan matures on ',
    ],
  },
  {
    id: 'this paper',
    pattern:
      /\bthis (?!section|clause|paragraph|article|obligation|provision|restriction|covenant|period|right|option|warranty|offer|policy|sub|exclusiv|price|fee|guarantee|indemn)[\w-]+ (?:shall|will) (?:\w+ ){0,2}?(?=continue|remain|expire|terminate|commence|be (?:effective|valid|in)|end|take effect)/,
    mustMatch: ['this oma shall expire upon the earlier of '],
    mustNotMatch: ['this clause shall survive for ', 'this warranty shall expire '],
  },
  {
    id: 'all obligations',
    pattern:
      /\b(?:obligations?|commitments?|rights|restrictions?|covenants?|provisions?|undertakings?|agreements?|terms)(?: and (?:\w+ ){0,2}(?:obligations?|commitments?|rights|restrictions?|covenants?|provisions?|undertakings?|agreements?))?(?: of (?:the|each|all|both|either) (?:(?!confiden|non)[\w']+ ){0,6}?)?(?: ?(?:set forth|contained|described|imposed|arising|stated|granted|made))? ?(?:hereunder|herein|hereof|(?:under|in|of|by) (?:section \w+ of )?(?:this|the) (?:\w+ ){0,2}(?:agreement|letter|contract|undertaking|deed))\b/,
    mustMatch: [
      'except as otherwise provided herein, the obligations hereunder shall terminate on ',
      'all of the obligations of the parties hereunder shall terminate on ',
      'the restrictions and covenants set forth herein shall terminate and be of no further force upon ',
    ],
    mustNotMatch: [
      'the obligations of confidentiality survive for ',
      'the obligation to pay the price ends on ',
    ],
  },
  {
    id: 'it',
    pattern:
      /(?:^|[.;:,)] ?|\band )\bit (?:shall |will |then |therefore |also )*(?:is (?:concluded|made|entered|valid|effective|in force)|be (?:valid|effective|in force|concluded)|ends?|expires?|terminates?|runs?|lasts?|continues?|remains?|commences?|starts?|begins?|takes? effect|comes? into|enters? into|has a (?:term|duration))\b/,
    mustMatch: ['it ends on ', 'it shall remain in force until ', 'it is concluded for '],
    mustNotMatch: ['it shall pay the price within ', 'it is agreed that for '],
  },
  {
    id: 'engaged for a time',
    pattern:
      /\b(?:hereby (?:employs?|engages?|appoints?|retains?|leases?|lets?|hires?|demises?|grants?|is (?:appointed|engaged|employed|retained|granted))|(?:employs|engages|appoints|retains|leases|lets|hires|demises)|agrees? to (?:employ|engage|let|lease|rent|serve|be employed)|shall serve|grants? .{0,120}\blicen[cs]e)\b(?! by\b)[^;]{0,160}\b(?:for|from|until|through|commencing|beginning)\b/,
    mustMatch: [
      'the company hereby engages the consultant for ',
      'the landlord lets the premises to the tenant from 1 may 2024 until ',
      'the licensor grants the licensee a non-exclusive licence to use the software for ',
    ],
    mustNotMatch: [
      'the supplier delivers the goods within ',
      'they will not engage in any business for ',
    ],
  },
  {
    id: 'the services as a whole',
    pattern:
      /^(?:[\d.()]{0,8} )?(?:\w+\. )?(?:the |all )?(?:services|works?|program(?:me)?|project|rental|membership|season|maintenance|support)\b (?:\w+ ){0,6}?(?=(?:shall|will|are|is|begins?|starts?|commences?|runs?|ends?|provided)\b)/,
    mustMatch: [
      'the services are provided from 1 may 2024 until ',
      'the membership runs from 1 may 2024 to ',
    ],
    mustNotMatch: ['the services include training, and the supplier keeps records for '],
  },
];

/** What has a period of its own. */
export const otherSubjects: PatternRow[] = [
  {
    id: 'another defined period',
    pattern:
      /"(?!(?:the )?(?:initial |original |contract |agreement |lease |license |licence |service |services |base |primary |fixed |minimum |basic |subscription |engagement |employment |consulting |distribution |franchise |rental |hire |first |effective |expiration |expiry |termination |end )*(?:term|period|date|duration)")[^"]{2,50}\b(?:period|term|year|date|time|phase|season|quarter|month)s?"\)? (?:shall |will )?(?:means?|is|be|mean|refers?|has)\b/,
    mustMatch: [
      '"restricted period" means the period commencing on the date of this agreement and ending ',
      '"contract year" means the period commencing on the effective date and ending on ',
      '"post-termination restricted period" shall mean the period ending ',
    ],
    mustNotMatch: ['"initial term" means the period ending ', '"term" means '],
  },
  {
    id: 'a period after the end or beside employment',
    pattern:
      /\b(?:during|while|throughout|so long as)\b[^;]{0,160}\b(?:and|or)(?: continuing| ending)? (?:for|until|thereafter|within|the)\b|\b(?:after|following|upon|beyond|survives?|surviving) (?:(?:the|such|any|its|his|her|your|said|this|that|date|day|of|on|which) ){0,5}(?:[\w']+ ){0,2}?(?:termination|(?:expiration|expiry)(?! of (?:a|the|an?|this|such) (?:\w+ )?(?:period|term))|cessation|end of (?:the|his|her|your) (?:employment|engagement)|last day of)\b[^;]{0,100}$|\bpost-termination\b/,
    mustMatch: [
      "during employee's employment by the company and for ",
      'while you are employed and for a period of ',
      'this obligation survives the termination of this agreement for ',
    ],
    mustNotMatch: ['this agreement continues for ', 'the term begins on 1 may 2024 and runs for '],
  },
  {
    id: 'a restriction or confidentiality',
    pattern:
      /\b(?:(?:restrict(?:ed|ion)|restraint|non-?compet\w*|non-?solicit\w*|no-?hire|standstill|stand-still|lock-?up|exclusivity|confidentiality|non-?disclosure|secrecy) (?:(?:period|covenants?|obligations?|undertakings?|provisions?|restrictions?)\b|clause)|(?:shall|will|may|agrees?|undertakes?|covenants?) (?:that \w+ (?:shall|will) )?not\b(?! (?:terminate|expire|end|lapse))|(?:shall|will|must) (?:keep|hold|treat|maintain|refrain|protect|safeguard|preserve)|neither (?:party|of the parties)|no party|obligations? (?:of|with respect to|regarding|relating to) (?:\w+ ){0,3}(?:confiden\w+|secrecy|non-?\w+)|(?:confidential|proprietary|evaluation) (?:information|materials?) (?:shall|will|must|is to|may|that|which)|trade secrets? (?:shall|will|must)|nondisclosure obligations?|refrain)\b/,
    mustMatch: [
      'the restriction period is ',
      'neither party shall, for ',
      'the recipient shall keep the information secret for ',
      'the obligations of confidentiality shall continue for ',
      'buyer agrees that it shall not solicit any employee for ',
    ],
    mustNotMatch: ['this agreement shall continue for ', 'the term shall not expire before '],
  },
  {
    id: 'money',
    pattern:
      /\b(?:prices?|invoices?|payments?|payable|salary|base pay|royalt(?:y|ies)|interest|deposit|bonus|severance|premiums?|discounts?|instal?lments?|commissions?|fees?|charges?|rents?|rates?|compensation|liability|damages|reimburse\w*|refund\w*|budget|options?|shares|grant date|awards?) (?:(?:is|are|was|were|be|shall|will|may|for|of|in|due|paid|accrued|received|owed|over|within|which|that|vest\w*|fixed|remains?|applies|apply)\b)[^;]{0,120}$|\b(?:pay|paid|paying|invoiced?|refund|severance|benefits?)\b[^;]{0,160}$|\bnot exceed\b[^;]{0,100}$/,
    mustMatch: [
      'the price is fixed for a period of ',
      'the fees paid in the preceding ',
      'the supplier shall pay interest for ',
    ],
    mustNotMatch: ['the term of this agreement is ', 'this agreement continues until '],
  },
  {
    id: 'a warranty, an insurance, records',
    pattern:
      /\b(?:warrant(?:y|ies|s)|guarantees? (?:that|the goods|each)|insurance|policy|policies|insured|records|books|accounts|audit|shelf life|spare parts|milestones?|forecasts?|holiday|vacation|quotation|bid|obligation to (?:pay|deliver)) (?:(?!agreement|contract|term\b)[\w'-]+ ){0,4}?(?:period|is|are|be|shall|will|must|may|lasts?|runs?|ends?|expires?|for|until|within|remains?)\b[^;]{0,80}$|\b(?:trial|probation\w*|evaluation|acceptance|test(?:ing)?|training|launch|notice|waiting|grace|cure|offer(?:ing)?|delivery|payment|lead|support|option|moratorium|transition|wind-?down|ramp-?up|introductory|promotional|guarantee) (?:period|phase|time)\b[^;]{0,120}$|\b(?:stored?|kept|retained|archived|maintained|insured) (?:\w+ ){0,4}?(?:for|until)\b[^;]{0,40}$/,
    mustMatch: [
      'the warranty period is ',
      'the supplier shall keep records for ',
      'the insurance policy shall be maintained for ',
      'the probationary period of the employee is ',
    ],
    mustNotMatch: ['this agreement remains in force until ', 'the term of this agreement is '],
  },
  {
    id: 'a survival',
    pattern: /\bsurviv\w*\b[^;]{0,120}$/,
    mustMatch: ['sections 4 and 5 shall survive for '],
    mustNotMatch: ['this agreement continues for '],
  },
  {
    id: 'an event that must have happened',
    pattern: /\bif\b(?! (?:not|it is not) )[^;,]{0,120}$|\bin the event\b[^;,]{0,160}$/,
    mustMatch: ['if the buyer has not paid within ', 'in the event of a delay of more than '],
    mustNotMatch: ['this agreement, if not renewed, ends on '],
  },
];

/** Verbs by which a contract lasts, begins or ends. */
export const termVerbs: PatternRow[] = [
  {
    id: 'lasts',
    pattern:
      /\b(?:continu(?:e|es|ing)|remains?|runs?|running|lasts?|extends?|endures?|stands?|covers?|governs?|valid|(?:in|into) (?:full )?(?:force|effect|operation|being)|takes? effect|effective|binding|bound|(?:concluded|made|entered into|agreed|granted|fixed) for)\b/,
    mustMatch: ['this agreement continues', 'this agreement is concluded for ', 'it is valid'],
    mustNotMatch: ['this agreement', 'the price is'],
  },
  {
    id: 'begins or ends',
    pattern:
      /\b(?:commenc(?:e|es|ing)|begins?|beginning|starts?|starting|expir(?:e|es|ing)|terminat(?:e|es|ing)|ends?|ending|ceases?|ceasing|laps(?:e|es)|conclud(?:e|es|ing)|matures?|clos(?:e|es)|until|through|till|(?:provided|runs?|valid|effective) from|comes? to an end)\b/,
    mustMatch: ['this agreement shall terminate', 'the term begins', 'until '],
    mustNotMatch: ['this agreement', 'the employment is terminated by the company'],
  },
];

/** Words that make a period the subject's only right after it: "the term is", "a term of". */
export const nearTermWords: PatternRow[] = [
  {
    id: 'is',
    pattern: /^[^;]{0,45}(?:\b(?:for|of|is|are|be|means?|has|have|equals?)\b|: ?)/,
    mustMatch: [' of this agreement is ', '" means ', ': '],
    mustNotMatch: [' and the supplier and the customer and every other company are '],
  },
];

/** The rest of a sentence that opens with its period: "For two years from …, this Agreement shall remain in force". */
export const agreementAfterPeriod: PatternRow[] = [
  {
    id: 'the contract after its period',
    pattern:
      /^[^.;]{0,120}?, ?(?:this|the) (?:[\w-]+ ){0,3}?(?:agreement|contract|lease|term|tenancy|licen[cs]e|appointment|engagement|employment) (?:shall|will|is|remains?|continues?)\b (?!not)(?:\w+ ){0,3}?(?:remain|continue|be (?:valid|in|binding|effective)|valid|binding|in force|in effect|effective|run|last)/,
    mustMatch: [' from the effective date, this agreement shall remain in full force and effect'],
    mustNotMatch: [
      ' from the date of this agreement, the company will not disclose any information',
    ],
  },
];

/** Names in parentheses after a period that is not the term's. */
export const otherPeriodAfter: PatternRow[] = [
  {
    id: 'named as another period',
    pattern:
      /^[^.;"]{0,140}\((?:the|such period|such period,|each,?|collectively,?|hereinafter|together)?[^()"]{0,40}"(?!(?:initial |original |contract |agreement |lease |license |licence |services? |base |primary |fixed |minimum |basic |subscription |engagement |employment |consulting |distribution |franchise |rental |hire |first )*(?:term|period|duration)"|(?:initial |expiration |expiry |termination |end )+(?:term|period|date)")[^"]{2,40}\b(?:period|term|time|season|phase)s?"/,
    mustMatch: [
      ' thereafter (the "restriction period"), employee will not compete',
      ' (the "promotion period"), unless terminated',
    ],
    mustNotMatch: [' from the effective date (the "initial term")', ' (the "term")'],
  },
  {
    id: 'after another event',
    pattern:
      /^s?'? ?(?:\([^()]{0,40}\) )?(?:(?:after|following|from|of) (?:the |such |any |each |initial |first |last )*(?:(?:date|effective date|day) (?:of|on which) )?(?:(?!unless|the date|hereof|and |then |shall |will |this |effective |unless)[\w']+ ){0,8}?(?:terminat\w+|expir\w+|cessation|resignation|disclosure|receipt|invoice|delivery|departure|separation|ceases?|no longer)\b(?! date))/,
    mustMatch: [
      " after employee's termination of employment",
      ' following receipt of the confidential information',
    ],
    mustNotMatch: [' from the effective date', ' after the date hereof'],
  },
];

/** Headings of sections on the term. */
export const termHeadings: PatternRow[] = [
  {
    id: 'a section on the term',
    pattern:
      /\b(?:terms?(?! sheet)|duration|expir(?:ation|y)|contract period|commencement|validity|effective (?:date|period)|termination|period of (?:the )?(?:agreement|contract)|entry into force)\b[^>]*$|\bperiod$/,
    mustMatch: ['2 term', '5 term and termination', '12 duration of the agreement'],
    mustNotMatch: ['2 price', '4 warranty'],
  },
];

/** A part of a sentence that limits what is said of the contract, with an end of its own. */
export const exceptionParts: PatternRow[] = [
  {
    id: 'an exception before',
    pattern:
      /\b(?:except|other than|with the exception|save|excluding|notwithstanding|without prejudice)\b(?:[^;(]|\([^()]*\))*?, (?=(?:this|the|such|all|your|our|each|it|neither|both) (?:[\w-]+ ){0,5}?(?:agreement|contract|term|lease|obligations|provisions|restrictions|covenants|letter|tenancy|licen[cs]e|appointment|engagement|employment)\b)/,
    mustMatch: [
      'except for sections 1 and 3, which shall be binding in perpetuity, this agreement shall expire',
    ],
    mustNotMatch: ['this agreement shall expire in two years, except for section 3'],
  },
  {
    id: 'a condition before',
    pattern: /\b(?:if|in the event(?: that| of)?|in case(?: of)?|should|when|where)\b[^,;]*,/,
    mustMatch: ['if your employment is terminated without cause, the company pays'],
    mustNotMatch: ['this agreement ends in two years'],
  },
  {
    id: 'an exception after',
    pattern:
      /(?:;|,| and)? ?\b(?:(?:provided|except|save|but)(?:,? however,?| further,?)? that|provided,? however|except (?:for|as)\b(?=[^,]{0,80}(?:surviv|perpet|indefinit|remain|continu))|notwithstanding the foregoing)\b.*$/,
    mustMatch: [
      'this agreement ends in two years; provided that section 5 shall survive in perpetuity',
    ],
    mustNotMatch: ['this agreement ends in two years'],
  },
  {
    id: 'an aside',
    pattern:
      /, ?(?:unless|if not|subject to|together with|and all|including|save|without)\b[^,;]*(?:, or [^,;]*)?,(?! (?:19|20)\d\d)/,
    mustMatch: [
      'this agreement, unless terminated for non-payment of fees, shall continue for two years',
    ],
    mustNotMatch: ['this agreement continues for two years'],
  },
];
