import type { ClauseDefinition } from './clause-type.ts';

/** Types beyond CUAD that lawyers ask for: how the contract itself is read, changed and enforced. */
export const generalClauses = {
  dispute_resolution: {
    title: 'Dispute resolution',
    definition: 'How and where disputes are settled: arbitration, mediation, courts.',
    origin: 'deedbox',
    headingPattern: /\barbitrat|\bdisputes?\b|\bvenue|\bjurisdiction|\bmediation/,
    patterns: [
      /\b(?:disputes?|controvers\w+|claims?|difference)\b.{0,200}\b(?:arbitrat\w+|mediat\w+|settled|resolved)\b/,
      /\barbitrat(?:ion|or|ors|ed)\b/,
      /\b(?:exclusive |submit\w* to the )?(?:jurisdiction|venue)\b.{0,100}\bcourts?\b|\bcourts?\b.{0,100}\b(?:jurisdiction|venue)\b/,
    ],
    queryPattern:
      /\b(?:dispute(?:s)?(?: resolution)?|arbitrat\w+|mediat\w+|jurisdiction|venue|which courts?|where .{0,30}\bsue|litigat\w+)\b/,
  },
  entire_agreement: {
    title: 'Entire agreement',
    definition: 'The contract replaces what the parties agreed before.',
    origin: 'deedbox',
    headingPattern:
      /\bentire (?:agreement|contract|understanding)|\bintegration|\bmerger clause|\bcomplete agreement/,
    patterns: [
      /\b(?:entire|complete|whole|full) (?:and (?:exclusive|complete|entire) )?(?:agreement|understanding|contract|statement)\b/,
      /\bsupersedes?\b.{0,100}\b(?:prior|previous|all)\b/,
    ],
    queryPattern:
      /\b(?:entire agreement|integration clause|merger clause|whole agreement|supersed\w+|prior agreements)\b/,
  },
  amendment: {
    title: 'Amendment',
    definition: 'How the contract may be changed or a right under it waived.',
    origin: 'deedbox',
    headingPattern: /\bamend|\bmodification|\bwaiver|\bvariation/,
    patterns: [
      /\b(?:not|no|may|only)\b.{0,120}\b(?:amend|modif|alter|chang|suppl)\w*\b.{0,160}\b(?:writing|written|signed|instrument|executed)\b/,
      /\bno (?:amendment|modification|waiver|change|variation)\b/,
    ],
    queryPattern:
      /\b(?:amend(?:ed|ing|ments?)?|modif(?:y|ied|ications?)|vary|variations?|waivers?|change the (?:contract|agreement|terms))\b/,
  },
  notices: {
    title: 'Notices',
    definition: 'How, where and to whom notices are given.',
    origin: 'deedbox',
    headingPattern: /\bnotices?\b/,
    patterns: [
      /\bnotices?\b.{0,160}\b(?:in writing|addressed|delivered|deemed|sent|certified mail|registered mail|courier|facsimile|e-?mail)\b/,
      /\b(?:deemed (?:to have been )?(?:given|received|delivered)|return receipt requested|overnight (?:courier|delivery))\b/,
    ],
    queryPattern:
      /\b(?:(?:send|give|serve|deliver|address)\w* .{0,20}\bnotices?|notices? .{0,30}\b(?:sent|given|served|delivered|address\w*|clause|provision)|address for notices?|notices\b)/,
  },
  severability: {
    title: 'Severability',
    definition: 'Where a term is invalid, the rest of the contract stands.',
    origin: 'deedbox',
    headingPattern: /\bsever/,
    patterns: [
      /\b(?:invalid|unenforceable|illegal|void)\b.{0,250}\b(?:remain\w*|not affect|other provisions|severed|severable|full force)\b/,
      /\bseverab(?:le|ility)\b/,
    ],
    queryPattern: /\b(?:severab\w+|invalid(?:ity)?|unenforceab\w+)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
