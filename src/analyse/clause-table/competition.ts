import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about whom a party may deal with and how it must treat the other. */
export const competitionClauses = {
  most_favored_nation: {
    title: 'Most favored nation',
    definition:
      'A party must give the other terms at least as good as those it gives to third parties.',
    origin: 'cuad',
    cuadName: 'Most Favored Nation',
    headingPattern: /\bmost[- ]favou?red|\bmfn\b/,
    patterns: [
      /\bany other (?:customer|licensee|person|purchaser|buyer|distributor)s?\b.{0,120}\b(?:lower|better|more favou?rable)\b/,
      /\bmost[- ]favou?red[- ](?:nation|customer|licensee|pricing)/,
      /\b(?:more|as|less) favou?rable\b.{0,80}\b(?:than|as)\b.{0,120}\b(?:other|third|any|similar)/,
      /\b(?:lowest|best) (?:price|rate|fee)s?\b.{0,100}\b(?:other|any|third)/,
      /\bmore favou?rable (?:terms|pric|rate|fee|condition|royalt)/,
    ],
    queryPattern:
      /\b(?:most[- ]favou?red|mfn\b|better (?:terms|prices?|deal)|more favou?rable|best price|lowest price|favou?rable (?:terms|pricing))/,
  },
  non_compete: {
    title: 'Non-compete',
    definition: 'A party may not compete with the other, or not in a given field or territory.',
    origin: 'cuad',
    cuadName: 'Non-Compete',
    headingPattern: /\bnon-?compet|\bcovenants? not to compete|\brestrictive covenant|\bcompetiti/,
    patterns: [
      /\b(?:in|with) (?:direct )?competition with\b/,
      /\bnot\b.{0,160}\b(?:manufacture|sell|market|distribute|promote|develop|offer|endorse|carry)\w*\b.{0,120}\b(?:compet\w+|similar)\b/,
      /\b(?:non-?compet\w+|not (?:to )?(?:directly or indirectly,? )?compete|covenants? not to compete)/,
      /\b(?:shall|will|may|agrees?) not\b(?! assign).{0,200}\b(?:compet(?:e|es|ing|itive|itor\w*)|similar (?:business|product|service)s?)\b/,
      /\b(?:neither|no)\b.{0,100}\b(?:shall|will)\b.{0,160}\b(?:compet(?:e|es|ing|itive|itor\w*))\b/,
      /\bengage in\b.{0,80}\bbusiness\b.{0,80}\bcompet/,
      /\bcompeting (?:product|business|service)s?\b/,
    ],
    queryPattern:
      /\b(?:non-?compet\w*|compet(?:e|es|ing|ition|itors?|itive) |compete\b|work for (?:a )?competitors?|restricted from (?:operating|competing))/,
  },
  exclusivity: {
    title: 'Exclusivity',
    definition:
      'A party commits to deal with the other alone: sole supplier, exclusive territory, exclusive licence.',
    origin: 'cuad',
    cuadName: 'Exclusivity',
    headingPattern: /\bexclusiv/,
    patterns: [
      /\b(?:only|sole|exclusive) (?:\w+ ){0,3}(?:sponsor|supplier|provider|distributor|licensee|partner|agent|source|reseller)\b/,
      /\bexclusive (?:right|licen[sc]e|distribut|basis|territor)/,
      /\b(?:the|its|an|as|sole and|be) exclusive(?:ly)?\b.{0,60}\b(?:right|distribut|licen[sc]|supplier|provider|agent|represent|manufactur|partner|sponsor|territory|reseller|basis|broker)/,
      /\bgrants?\b.{0,100}\b(?:sole and )?exclusive\b/,
      /\bexclusiv(?:ity|ely)\b/,
      /\b(?:shall|will|agrees?) not\b.{0,160}\b(?:any other|third part\w+|other (?:person|entity|compan))\b/,
      /\b(?:purchase|obtain|buy|source) (?:all|100%|exclusively|solely)\b|\b(?:all of )?its requirements\b/,
      /\bsole (?:and exclusive )?(?:supplier|provider|source|distributor|agent)\b/,
    ],
    queryPattern:
      /\b(?:exclusiv(?:e|ity|ely)|sole (?:supplier|provider|distributor|source)|only (?:supplier|provider|distributor)|deal(?:ing)? with (?:others|other|anyone else))\b/,
  },
  no_solicit_of_customers: {
    title: 'No-solicit of customers',
    definition: 'A party may not solicit the customers or partners of the other.',
    origin: 'cuad',
    cuadName: 'No-Solicit Of Customers',
    headingPattern: /\bnon-?solicit|\bno[- ]solicit|\brestrictive covenant/,
    patterns: [
      /\b(?:not|neither|no|nor)\b.{0,200}\b(?:solicit\w*|divert\w*|entic\w+|induc\w+|call(?:ing)? (?:up)?on|contact)\b.{0,160}\b(?:customer|client|account|supplier|subscriber|business relation|policyholder)/,
      /\bsolicit\w*\b.{0,100}\b(?:customer|client|account|subscriber|policyholder)s?\b/,
    ],
    queryPattern:
      /\b(?:solicit\w*|poach\w*|approach\w*|contact\w*|steal\w*) .{0,40}\b(?:customers?|clients?|accounts)|non-?solicit\w*(?: of)?(?: customers| clients)?|customer non-?solicit\w*/,
  },
  competitive_restriction_exception: {
    title: 'Competitive restriction exception',
    definition: 'An exception to a non-compete, an exclusivity or a no-solicit of customers.',
    origin: 'cuad',
    cuadName: 'Competitive Restriction Exception',
    patterns: [
      /\b(?:may|shall be (?:permitted|free|entitled)|right to)\b.{0,160}\bcompet(?:e|es|ing|itive|itor\w*)\b/,
      /\bnothing (?:in this|herein|contained)\b.{0,160}\b(?:prevent|prohibit|preclude|restrict|limit)/,
      /\b(?:notwithstanding|except|however|provided|other than|foregoing|nothing)\b.{0,200}\b(?:compet(?:e|es|ing|itive|itor\w*|ition)|exclusiv\w+|non-?compet\w+)\b/,
      /\b(?:shall|will|does|do) not (?:apply|prevent|prohibit|preclude|restrict|limit)\b.{0,200}\b(?:compet\w+|exclusiv\w+|own|sell|acqui|invest|engag)/,
      /\b(?:less|more|excess of|up to) .{0,25}(?:percent|%).{0,120}\b(?:publicly|outstanding|securities|stock|shares|traded)\b/,
      /\b(?:restrictions?|covenants?|exclusivity|prohibitions?)\b.{0,80}\bshall not apply\b/,
    ],
    queryPattern:
      /\b(?:exceptions?|carve-?outs?|exempt\w*|exclusions?) .{0,50}\b(?:non-?compete|compet\w+|exclusiv\w+|solicit\w+|restrict\w+)|(?:non-?compet\w*|exclusiv\w+|compet\w+|non-?solicit\w*) (?:clause )?(?:exceptions?|carve-?outs?|exclusions?)|competitive restriction exceptions?/,
  },
  no_solicit_of_employees: {
    title: 'No-solicit of employees',
    definition: 'A party may not solicit or hire the employees or contractors of the other.',
    origin: 'cuad',
    cuadName: 'No-Solicit Of Employees',
    headingPattern: /\bnon-?solicit|\bno[- ]solicit|\bno[- ]hire|\brestrictive covenant/,
    patterns: [
      /\b(?:entice away|poach|hire away|offer employment to)\b/,
      /\b(?:not|neither|no|nor)\b.{0,250}\b(?:solicit\w*|hire|hiring|recruit\w*|entic\w+|induc\w+|employ)\b.{0,160}\b(?:employees?|personnel|staff|employed|consultant|employment|contractor)\b/,
      /\bsolicit\w*\b.{0,60}\b(?:employ(?:ee|ment)|hire|personnel)/,
    ],
    queryPattern:
      /\b(?:solicit\w*|poach\w*|hir(?:e|ing)|recruit\w*) .{0,40}\b(?:employees?|staff|personnel|people|workers)|non-?solicit\w*(?: of)?(?: employees)?|no[- ]hire/,
  },
  non_disparagement: {
    title: 'Non-disparagement',
    definition: 'A party may not speak ill of the other.',
    origin: 'cuad',
    cuadName: 'Non-Disparagement',
    headingPattern: /\bdisparag/,
    patterns: [
      /\bdisparag/,
      /\b(?:derogatory|defam\w+|disreput\w+|ridicule|scandal)\b/,
      /\bnot\b.{0,120}\b(?:damag|harm|tarnish|injur|detriment|reflect (?:adversely|negatively|unfavou?rably))\w*\b.{0,60}\b(?:reputation|goodwill|image|name)\b/,
    ],
    queryPattern:
      /\b(?:disparag\w*|badmouth\w*|speak(?:ing)? (?:ill|badly)|negative (?:statements|comments)|defam\w*|criticis\w*|criticiz\w*)/,
  },
} as const satisfies Record<string, ClauseDefinition>;
