import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about who may use what the other owns. */
export const licenseClauses = {
  license_grant: {
    title: 'License grant',
    definition: 'A party licenses something to the other.',
    origin: 'cuad',
    cuadName: 'License Grant',
    headingPattern: /\blicen[sc]e|\bgrant|\btrademark/,
    patterns: [
      /\b(?:hereby )?grants?\b.{0,200}\b(?:sub)?licen[sc]e\b/,
      /\bgrants?\b.{0,160}\bright\b.{0,60}\b(?:to use|to market|to sell|to distribute|to reproduce|to display)/,
      /\b(?:non-?exclusive|exclusive|royalty-free|worldwide|perpetual)\b.{0,60}\blicen[sc]e\b/,
      /\b(?:shall|will) have (?:the|a|an)\b.{0,40}\b(?:right|licen[sc]e)\b.{0,30}\b(?:use|reproduce|display|distribute|sublicen[sc]e)\b/,
      /\b(?:is|are) (?:hereby )?(?:licensed|granted)\b/,
    ],
    queryPattern:
      /\b(?:licen[sc]e[sd]? (?:grants?|granted|rights?|to use|scope|terms?)|licen[sc]es?\b.{0,20}\bgrant\w*|grant(?:s|ed)? .{0,30}\blicen[sc]es?|(?:allowed|permitted|right) to use|what .{0,20}\blicen[sc]es?|licensed to)\b/,
  },
  non_transferable_license: {
    title: 'Non-transferable license',
    definition: 'The licensee may not transfer the licence it was given.',
    origin: 'cuad',
    cuadName: 'Non-Transferable License',
    patterns: [
      /\bnon-?(?:transferable|assignable|sublicensable)\b/,
      /\bnot (?:assign|transfer|sublicen[sc]e|assignable|transferable|sublicensable)\b.{0,160}\blicen[sc]e|\blicen[sc]e\b.{0,160}\b(?:not (?:be )?(?:assign|transfer|sublicen[sc])|without the right to (?:sub|assign|grant))/,
      /\b(?:without|no) (?:the )?right to (?:grant )?sublicen[sc]e/,
    ],
    queryPattern:
      /\b(?:non-?transferable|(?:transfer|sub-?licen[sc]e|assign)\w* .{0,20}\blicen[sc]e|licen[sc]e .{0,30}\b(?:transfer\w*|sub-?licen[sc]\w*|assign\w*)|sub-?licen[sc]\w+)\b/,
  },
  affiliate_license_licensor: {
    title: 'Affiliate license (licensor)',
    definition: 'The licence covers intellectual property of the licensor’s affiliates.',
    origin: 'cuad',
    cuadName: 'Affiliate License-Licensor',
    patterns: [
      /\b(?:itself|himself)\b.{0,40}\baffiliates\b.{0,160}\bgrants?\b.{0,200}\blicen[sc]e/,
      /\bgrants?\b.{0,300}\blicen[sc]e\b.{0,300}\b(?:its|their|or its|and its) (?:affiliates|subsidiaries)\b/,
      /\b(?:cause|members? of the)\b.{0,60}\b(?:affiliates|group|subsidiaries)\b.{0,80}\bgrant/,
    ],
    queryPattern:
      /\baffiliates?(?: of the)?\W+licensor|licensor'?s? .{0,20}\baffiliates?|affiliates? .{0,20}\blicensors?|(?:licensed?|granted?) by .{0,20}\baffiliates?/,
  },
  affiliate_license_licensee: {
    title: 'Affiliate license (licensee)',
    definition: 'The licence extends to the licensee’s affiliates, or may be sublicensed to them.',
    origin: 'cuad',
    cuadName: 'Affiliate License-Licensee',
    patterns: [
      /\bgrants?\b.{0,250}\b(?:and|or) (?:to )?(?:its|their) (?:\w+ )?affiliates\b/,
      /\b(?:grants?|granted) to\b.{0,60}\band (?:to )?(?:its|their) (?:\w+ )?(?:affiliates|subsidiaries)\b/,
      /\bsub-?licen[sc]\w*\b.{0,160}\b(?:affiliates?|subsidiar\w+)\b/,
      /\blicen[sc]e\b.{0,200}\b(?:affiliates?|subsidiar\w+|members of the \w+ group)\b/,
    ],
    queryPattern:
      /\baffiliates?(?: of the)?\W+licensee|licensee'?s? .{0,20}\baffiliates?|affiliates? .{0,30}\b(?:licensees?|use|licen[sc]e)|licen[sc]e .{0,40}\baffiliates?|extend .{0,30}\baffiliates?/,
  },
  unlimited_all_you_can_eat_license: {
    title: 'Unlimited license',
    definition: 'A licence for unlimited use: an enterprise-wide or all-you-can-eat licence.',
    origin: 'cuad',
    cuadName: 'Unlimited/All-You-Can-Eat-License',
    patterns: [
      /\bunlimited\b.{0,60}\b(?:licen[sc]e|right|use|users|number|copies|access|sublicen)/,
      /\b(?:enterprise|site)[- ](?:wide )?licen[sc]e\b|\ball[- ]you[- ]can[- ]/,
      /\b(?:licen[sc]e|rights?)\b.{0,80}\bunlimited\b/,
    ],
    queryPattern:
      /\b(?:unlimited (?:licen[sc]e|use|users|usage|rights)|all[- ]you[- ]can[- ]eat|enterprise[- ](?:wide )?licen[sc]e|site licen[sc]e|licen[sc]e .{0,20}\bunlimited)\b/,
  },
  irrevocable_or_perpetual_license: {
    title: 'Irrevocable or perpetual license',
    definition: 'A licence that cannot be revoked or has no end.',
    origin: 'cuad',
    cuadName: 'Irrevocable Or Perpetual License',
    patterns: [
      /\b(?:irrevocabl[ey]|perpetual(?:ly)?)\b.{0,200}\b(?:licen[sc]e|right)/,
      /\blicen[sc]e\b.{0,200}\b(?:irrevocabl[ey]|perpetual(?:ly)?|in perpetuity)\b/,
    ],
    queryPattern:
      /\b(?:irrevocabl[ey]|perpetual(?:ly)?|in perpetuity|forever)\b.{0,40}\b(?:licen[sc]es?|rights?)|licen[sc]es? .{0,40}\b(?:irrevocabl[ey]|perpetual|forever|revoked)\b|perpetual licen[sc]e/,
  },
} as const satisfies Record<string, ClauseDefinition>;
