/**
 * What people ask for, and the words with which contracts say it: a table that lawyers can review. The left side
 * is matched in a folded question, as whole words; the words on the right are looked up beside the question.
 */
const layWords: readonly (readonly [lay: string, written: string])[] = [
  ['slas', 'service level'],
  ['gdpr|privacy', 'data protection processing personal'],
  ['uptime|downtime|outages?', 'available availability'],
  ['how (?:fast|quickly|soon)|response times?|reaction times?', 'within hours respond response'],
  [
    '(?:best|lowest|cheapest) prices?|best (?:terms|rates?)',
    'favored favoured lower rate other customer',
  ],
  [
    '(?:price|fee|rent|rate) (?:increases?|rises?|raises?)|raise (?:the )?(?:prices?|fees?|rent)',
    'increase adjust index',
  ],
  ['salary|wages?|earns?|paid monthly', 'salary remuneration compensation'],
  ['holidays?|vacations?|days off', 'holiday leave entitled'],
  ['sick pay|sick leave|illness', 'sickness incapacity'],
  ['fired?|sack(?:ed)?|dismiss(?:ed)?|lay off', 'terminate employment dismissal'],
  [
    'quit|get out|walk away|pull out|cancel(?:led|lation)?|leave early',
    'terminate termination notice',
  ],
  ['break clauses?', 'terminate early determine'],
  ['sue[ds]?|lawsuits?|go to court|legal action', 'action claim proceedings court jurisdiction'],
  ['fines?|penalt(?:y|ies)', 'penalty liquidated damages'],
  ['money back|refund(?:ed|s)?|reimburse(?:d|ment)?', 'refund repay credit'],
  ['late payments?|pay(?:s|ing)? late|overdue', 'interest overdue late due'],
  ['secrets?|secrecy|keep quiet', 'confidential confidentiality disclose'],
  [
    'takeovers?|taken over|bought|sold|acquired|new owners?',
    'change control acquisition merger ownership',
  ],
  ['hand over|pass on|transfer(?:red|s)?', 'assign assignment transfer'],
  ['outsourc(?:e|ed|ing)|sub-?contract(?:ed|ing|s)?', 'subcontract subcontractor'],
  ['poach(?:ed|ing)?|hire (?:our|their|away)', 'solicit employ hire'],
  ['competitors?|rivals?', 'compete competitive competing'],
  ['auto-?renew(?:s|al)?|roll(?:s|ed)? over|extends? itself', 'renew automatically successive'],
  ['run(?:s|ning)? out|end dates?', 'expire expiration term ends'],
  ['how long', 'term period years continue'],
  ['acts? of god|pandemics?|covid|disasters?', 'force majeure'],
  ['guarantees?|guaranteed', 'warrant warranty guarantee'],
  ['hack(?:ed|s)?|data breach(?:es)?|cyber', 'security incident breach unauthorized access'],
  ['inspect(?:ed|ion)?|check (?:the |their |our )?books', 'audit inspect records books'],
  ['inventions?|ideas|who owns', 'intellectual property own ownership assign'],
  ['breaks? down|fails?|failures?|defects?|faults?', 'defect failure stoppage repair'],
  ['fix(?:ed|es)?|mend(?:ed)?', 'repair remedy correct'],
  ['bad-?mouth(?:ed|ing)?|speak ill|criticis(?:e|ed)', 'disparage disparaging'],
  ['hold harmless|cover (?:our|their|the) losses', 'indemnify indemnification'],
  ['arbitrat(?:e|ion|or)|disputes?', 'arbitration dispute'],
  ['whole deal|entire deal|side letters?', 'entire agreement'],
  ['bankrupt(?:cy)?|insolven(?:t|cy)|goes bust', 'insolvency bankruptcy receiver'],
  ['key (?:person|people|staff)', 'key personnel'],
  ['sublet(?:ting)?', 'sublease assign sublet'],
  ['pets?|animals?', 'animals'],
  ['deposits?', 'security deposit'],
  ['minimum orders?|have to buy', 'minimum purchase quantity'],
  [
    'total (?:price|fee|cost)s?|how much (?:do|does|did|must|is|are|was|will)',
    'fee price amount fixed',
  ],
];

const patterns = layWords.map(([lay, written]) => ({
  lay: new RegExp(`(?<![\\p{L}\\p{N}])(?:${lay})(?![\\p{L}\\p{N}])`, 'u'),
  written: written.split(' '),
}));

/**
 * The words with which contracts say what a question asks for.
 * @param folded the question, folded
 */
export function writtenWords(folded: string): string[] {
  return [...new Set(patterns.flatMap(({ lay, written }) => (lay.test(folded) ? written : [])))];
}
