import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about who owns and who may use intellectual property. */
export const intellectualPropertyClauses = {
  ip_ownership_assignment: {
    title: 'IP ownership assignment',
    definition: 'Intellectual property made by one party becomes the property of the other.',
    origin: 'cuad',
    cuadName: 'Ip Ownership Assignment',
    heading:
      /\b(?:ownership|intellectual property|proprietary rights|inventions|work product|works? (?:made )?for hire)/,
    evident: 0.55,
    cues: [
      {
        pattern:
          /\b(?:hereby|agrees? to|shall|does|will)\b.{0,30}\b(?:irrevocably )?assigns?\b.{0,160}\b(?:right|title|interest|ownership|copyright|patent|invention|intellectual)/,
        weight: 0.45,
      },
      { pattern: /\bworks?[- ](?:made )?for[- ]hire\b/, weight: 0.55 },
      {
        pattern:
          /\b(?:shall|will) (?:be|become|remain|belong)\b.{0,60}\b(?:sole|exclusive|property of|owned)\b.{0,80}/,
        weight: 0.05,
      },
      {
        pattern:
          /\b(?:inventions?|improvements?|work product|deliverables?|developments?|materials?)\b.{0,160}\b(?:owned (?:solely |exclusively )?by|property of|belong to|vests? in)\b/,
        weight: 0.1,
      },
    ],
    asks: /\b(?:(?:ip|intellectual property|inventions?|patents?|copyrights?|work product|deliverables?) .{0,40}\b(?:own(?:s|ed|ership)?|assign(?:ed|s|ment)?|belongs?|transfer\w*)|(?:own(?:s|ed|ership)?|assign(?:s|ed|ment)?) .{0,30}\b(?:ip|intellectual property|inventions?|patents?|copyrights?|work product|deliverables?)|works? (?:made )?for hire)\b/,
  },
  joint_ip_ownership: {
    title: 'Joint IP ownership',
    definition: 'The parties own intellectual property together.',
    origin: 'cuad',
    cuadName: 'Joint Ip Ownership',
    heading: /\bjoint (?:ip|intellectual|ownership|invention|patent)|\bownership/,
    evident: 0.15,
    cues: [
      {
        pattern:
          /\bjointly[- ]own|\bowned jointly|\bjoint(?:ly)? (?:and equal(?:ly)? )?own(?:ed|ership)?\b|\bco-?own/,
        weight: 0.6,
      },
      {
        pattern:
          /\bjoint (?:ip|intellectual property|patents?|inventions?|technology|know-how|property|copyright|improvements?|works?)\b/,
        weight: 0.15,
      },
    ],
    asks: /\b(?:joint(?:ly)?[- ](?:ip|intellectual property|own(?:s|ed|ership)?|inventions?|patents?|developed)|co-?own\w*|shared? ownership|own(?:ed)? (?:jointly|together)|joint .{0,30}\bownership)\b/,
  },
  license_grant: {
    title: 'License grant',
    definition: 'A party licenses something to the other.',
    origin: 'cuad',
    cuadName: 'License Grant',
    heading: /\blicen[sc]e|\bgrant|\btrademark/,
    evident: 0.75,
    cues: [
      { pattern: /\b(?:hereby )?grants?\b.{0,200}\b(?:sub)?licen[sc]e\b/, weight: 0.65 },
      {
        pattern:
          /\bgrants?\b.{0,160}\bright\b.{0,60}\b(?:to use|to market|to sell|to distribute|to reproduce|to display)/,
        weight: 0.8,
      },
      {
        pattern:
          /\b(?:non-?exclusive|exclusive|royalty-free|worldwide|perpetual)\b.{0,60}\blicen[sc]e\b/,
        weight: 0.8,
      },
      {
        pattern:
          /\b(?:shall|will) have (?:the|a|an)\b.{0,40}\b(?:right|licen[sc]e)\b.{0,30}\b(?:use|reproduce|display|distribute|sublicen[sc]e)\b/,
        weight: 0.3,
      },
      { pattern: /\b(?:is|are) (?:hereby )?(?:licensed|granted)\b/, weight: 0.05 },
    ],
    asks: /\b(?:licen[sc]e[sd]? (?:grants?|granted|rights?|to use|scope|terms?)|licen[sc]es?\b.{0,20}\bgrant\w*|grant(?:s|ed)? .{0,30}\blicen[sc]es?|(?:allowed|permitted|right) to use|what .{0,20}\blicen[sc]es?|licensed to)\b/,
  },
  non_transferable_license: {
    title: 'Non-transferable license',
    definition: 'The licensee may not transfer the licence it was given.',
    origin: 'cuad',
    cuadName: 'Non-Transferable License',
    evident: 0.8,
    cues: [
      { pattern: /\bnon-?(?:transferable|assignable|sublicensable)\b/, weight: 0.85 },
      {
        pattern:
          /\bnot (?:assign|transfer|sublicen[sc]e|assignable|transferable|sublicensable)\b.{0,160}\blicen[sc]e|\blicen[sc]e\b.{0,160}\b(?:not (?:be )?(?:assign|transfer|sublicen[sc])|without the right to (?:sub|assign|grant))/,
        weight: 0.4,
      },
      { pattern: /\b(?:without|no) (?:the )?right to (?:grant )?sublicen[sc]e/, weight: 0.6 },
    ],
    asks: /\b(?:non-?transferable|(?:transfer|sub-?licen[sc]e|assign)\w* .{0,20}\blicen[sc]e|licen[sc]e .{0,30}\b(?:transfer\w*|sub-?licen[sc]\w*|assign\w*)|sub-?licen[sc]\w+)\b/,
  },
  affiliate_license_licensor: {
    title: 'Affiliate license (licensor)',
    definition: 'The licence covers intellectual property of the licensor’s affiliates.',
    origin: 'cuad',
    cuadName: 'Affiliate License-Licensor',
    evident: 0.4,
    cues: [
      {
        pattern:
          /\b(?:itself|himself)\b.{0,40}\baffiliates\b.{0,160}\bgrants?\b.{0,200}\blicen[sc]e/,
        weight: 0.5,
      },
      {
        pattern:
          /\bgrants?\b.{0,300}\blicen[sc]e\b.{0,300}\b(?:its|their|or its|and its) (?:affiliates|subsidiaries)\b/,
        weight: 0.1,
      },
      {
        pattern:
          /\b(?:cause|members? of the)\b.{0,60}\b(?:affiliates|group|subsidiaries)\b.{0,80}\bgrant/,
        weight: 0.4,
      },
    ],
    asks: /\baffiliates?(?: of the)?\W+licensor|licensor'?s? .{0,20}\baffiliates?|affiliates? .{0,20}\blicensors?|(?:licensed?|granted?) by .{0,20}\baffiliates?/,
  },
  affiliate_license_licensee: {
    title: 'Affiliate license (licensee)',
    definition: 'The licence extends to the licensee’s affiliates, or may be sublicensed to them.',
    origin: 'cuad',
    cuadName: 'Affiliate License-Licensee',
    evident: 0.35,
    cues: [
      {
        pattern:
          /\b(?:grants?|granted) to\b.{0,60}\band (?:to )?(?:its|their) (?:\w+ )?(?:affiliates|subsidiaries)\b/,
        weight: 0.35,
      },
      { pattern: /\bsub-?licen[sc]\w*\b.{0,160}\b(?:affiliates?|subsidiar\w+)\b/, weight: 0.4 },
      {
        pattern: /\blicen[sc]e\b.{0,200}\b(?:affiliates?|subsidiar\w+|members of the \w+ group)\b/,
        weight: 0.1,
      },
    ],
    asks: /\baffiliates?(?: of the)?\W+licensee|licensee'?s? .{0,20}\baffiliates?|affiliates? .{0,30}\b(?:licensees?|use|licen[sc]e)|licen[sc]e .{0,40}\baffiliates?|extend .{0,30}\baffiliates?/,
  },
  unlimited_all_you_can_eat_license: {
    title: 'Unlimited license',
    definition: 'A licence for unlimited use: an enterprise-wide or all-you-can-eat licence.',
    origin: 'cuad',
    cuadName: 'Unlimited/All-You-Can-Eat-License',
    evident: 0.6,
    cues: [
      {
        pattern:
          /\bunlimited\b.{0,60}\b(?:licen[sc]e|right|use|users|number|copies|access|sublicen)/,
        weight: 0.35,
      },
      {
        pattern: /\b(?:enterprise|site)[- ](?:wide )?licen[sc]e\b|\ball[- ]you[- ]can[- ]/,
        weight: 0.1,
      },
      { pattern: /\b(?:licen[sc]e|rights?)\b.{0,80}\bunlimited\b/, weight: 0.45 },
    ],
    asks: /\b(?:unlimited (?:licen[sc]e|use|users|usage|rights)|all[- ]you[- ]can[- ]eat|enterprise[- ](?:wide )?licen[sc]e|site licen[sc]e|licen[sc]e .{0,20}\bunlimited)\b/,
  },
  irrevocable_or_perpetual_license: {
    title: 'Irrevocable or perpetual license',
    definition: 'A licence that cannot be revoked or has no end.',
    origin: 'cuad',
    cuadName: 'Irrevocable Or Perpetual License',
    evident: 0.55,
    cues: [
      {
        pattern: /\b(?:irrevocabl[ey]|perpetual(?:ly)?)\b.{0,200}\b(?:licen[sc]e|right)/,
        weight: 0.6,
      },
      {
        pattern: /\blicen[sc]e\b.{0,200}\b(?:irrevocabl[ey]|perpetual(?:ly)?|in perpetuity)\b/,
        weight: 0.55,
      },
    ],
    asks: /\b(?:irrevocabl[ey]|perpetual(?:ly)?|in perpetuity|forever)\b.{0,40}\b(?:licen[sc]es?|rights?)|licen[sc]es? .{0,40}\b(?:irrevocabl[ey]|perpetual|forever|revoked)\b|perpetual licen[sc]e/,
  },
  source_code_escrow: {
    title: 'Source code escrow',
    definition: 'Source code is deposited with a third party and released on given events.',
    origin: 'cuad',
    cuadName: 'Source Code Escrow',
    heading: /\bescrow/,
    evident: 0.65,
    cues: [
      { pattern: /\bescrow\b.{0,200}\b(?:source|code|software|technology|deposit)\b/, weight: 0.5 },
      {
        pattern: /\b(?:source code|deposit materials?)\b.{0,200}\b(?:escrow|deposit|released?)\b/,
        weight: 0.35,
      },
      { pattern: /\bescrow agent\b/, weight: 0.65 },
    ],
    asks: /\b(?:source[- ]code(?: escrow)?|escrow\w*)\b/,
  },
  covenant_not_to_sue: {
    title: 'Covenant not to sue',
    definition: 'A party may not contest the other’s intellectual property, or may not sue it.',
    origin: 'cuad',
    cuadName: 'Covenant Not To Sue',
    heading: /\bcovenants? not to sue|\brelease|\bno[- ]contest/,
    evident: 0.25,
    cues: [
      { pattern: /\bcovenants? not to sue\b/, weight: 0.1 },
      {
        pattern:
          /\b(?:not|never|nor)\b.{0,120}\b(?:contest|challenge|attack|dispute|impugn|question)\w*\b.{0,160}\b(?:valid|owner|title|right|mark|patent|intellectual|interest|enforceab|registra)/,
        weight: 0.6,
      },
      {
        pattern:
          /\b(?:not|never)\b.{0,60}\b(?:sue|bring (?:any|an) (?:action|claim|suit)|assert (?:any|a) (?:claim|right)|institute)\b/,
        weight: 0.2,
      },
      {
        pattern: /\b(?:releases? and (?:forever )?discharges?|waives? (?:any|all) claims?)\b/,
        weight: 0.2,
      },
      {
        pattern:
          /\bnot\b.{0,100}\b(?:impair|adversely affect|inconsistent with|infring)\w*\b.{0,100}\b(?:marks?|trademarks?|ownership|goodwill|title)\b/,
        weight: 0.1,
      },
    ],
    asks: /\b(?:covenants? not to sue|(?:not|never|agree\w*) (?:to )?sue\b|(?:contest|challenge|dispute)\w* .{0,50}\b(?:validity|ownership|ip|intellectual property|patents?|trademarks?)|no[- ]contest|release of claims)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
