import type { DocumentType } from '../../domain/documents.ts';
import type { TypeLabel } from './conditions.ts';

/** A type of contract as questions name it. */
export interface TypeWords {
  types: DocumentType[];
  label: TypeLabel;
  /** Names that stand for a contract by themselves: "NDA", "lease". */
  alone?: RegExp;
  /** Names that do so before "agreement" or "contract". */
  before?: RegExp;
  /**
   * What a title of such a contract has. A contract has one type, and a title may name two:
   * "License and Development Agreement".
   */
  titlePhrases: string[];
}

/** Words for a contract of any type. */
export const contractWord = '(?:agreements?|contracts?|deals?|arrangements?|undertakings?)';

/** "agreement" after its kind: "supply agreement" and "supply agreements". */
const agreements = (kind: string): TypeLabel => ({
  one: `${kind} agreement`,
  many: `${kind} agreements`,
});
const ofKind = (
  types: DocumentType[],
  kind: string,
  before: RegExp,
  titlePhrases: string[],
  alone?: RegExp,
): TypeWords => ({ types, label: agreements(kind), before, titlePhrases, ...(alone && { alone }) });

/** In this order: the first that matches at a place counts, so "software licence" is before "licence". */
export const typeWords: TypeWords[] = [
  {
    types: ['nda'],
    label: { one: 'NDA', many: 'NDAs' },
    alone:
      /(?:(?:mutual|reciprocal|bilateral|two-way|one-way|unilateral) )?(?:m?nda(?:'?s)?|n\.d\.a\.s?|cdas?|non-?disclosures?|non disclosures?)|secrecy undertakings?|confidentiality (?:letters?|undertakings?)/,
    before:
      /(?:(?:mutual|reciprocal|bilateral|two-way|one-way|unilateral) )?(?:non-?disclosure|non disclosure|confidentiality|confidential disclosure|secrecy|nda)(?: and (?:non-?use|non-?disclosure|confidentiality))?/,
    titlePhrases: [
      'non-disclosure',
      'nondisclosure',
      'non disclosure',
      'confidentiality',
      'confidential information',
      'confidential disclosure',
    ],
  },
  {
    types: ['msa'],
    label: { one: 'master agreement', many: 'master agreements' },
    alone: /msas?/,
    before:
      /(?:master|framework)(?: (?:services?|supply|purchase|professional|consulting|software|license|licence|franchise))*/,
    titlePhrases: ['master', 'framework'],
  },
  {
    types: ['sow'],
    label: { one: 'statement of work', many: 'statements of work' },
    alone: /sows?|statements? of work|work orders?|task orders?/,
    titlePhrases: ['statement of work', 'work order'],
  },
  {
    types: ['amendment'],
    label: { one: 'amendment', many: 'amendments' },
    alone: /amendments?|addend(?:um|a|ums)|side letters?/,
    before: /amend(?:ment|ing)/,
    titlePhrases: [],
  },
  {
    types: ['joint_venture'],
    label: { one: 'joint venture agreement', many: 'joint venture agreements' },
    alone: /joint ventures?/,
    before: /joint venture|jv/,
    titlePhrases: ['joint venture'],
  },
  ofKind(['joint_filing'], 'joint filing', /joint filing/, ['joint filing']),
  ofKind(['strategic_alliance'], 'strategic alliance', /(?:strategic )?alliance/, ['alliance']),
  ofKind(['co_branding'], 'co-branding', /co-?brand(?:ing|ed)|co branding/, [
    'co-brand',
    'cobrand',
  ]),
  ofKind(
    ['employment'],
    'employment',
    /(?:employment|employee|labou?r|work)/,
    ['employment'],
    /employment letters?|offer letters?|contracts? of employment/,
  ),
  ofKind(['endorsement'], 'endorsement', /(?:celebrity )?endorsement/, ['endorsement']),
  ofKind(['sponsorship'], 'sponsorship', /sponsor(?:ship)?/, ['sponsor']),
  ofKind(['franchise'], 'franchise', /franchise|franchising/, ['franchis'], /franchises/),
  ofKind(['affiliate'], 'affiliate', /affiliate/, ['affiliate']),
  ofKind(['reseller'], 'reseller', /re-?sell(?:er|ing)|remarket(?:er|ing)|var/, [
    'reseller',
    'remarket',
  ]),
  ofKind(['distribution'], 'distribution', /distribut(?:ion|or|orship)/, ['distribut']),
  ofKind(['outsourcing'], 'outsourcing', /outsourcing/, ['outsourc']),
  ofKind(['hosting'], 'hosting', /(?:web )?hosting|colocation/, [
    'hosting',
    'hosted',
    'colocation',
  ]),
  ofKind(
    ['maintenance'],
    'maintenance',
    /(?:(?:support and )?maintenance(?: and support)?|support)(?: services?)?/,
    ['maintenance', 'support agreement', 'support services'],
  ),
  ofKind(['manufacturing'], 'manufacturing', /(?:contract )?manufactur(?:ing|er|e)/, [
    'manufactur',
  ]),
  ofKind(
    ['transportation'],
    'transportation',
    /transport(?:ation)?(?: services?)?|freight|carriage|shipping|charter|haulage|logistics/,
    ['transport', 'freight', 'carriage', 'shipping', 'charter', 'logistics'],
    /charter part(?:y|ies)|contracts? of carriage/,
  ),
  ofKind(
    ['software_license'],
    'software licence',
    /(?:software (?:licen[sc](?:e|es|ing)|subscription)|end[- ]user licen[sc]e|saas|software[- ]as[- ]a[- ]service|subscription)/,
    ['software licen', 'end user licen', 'end-user licen', 'saas', 'subscription agreement'],
    /software licen[sc]es?|eulas?/,
  ),
  ofKind(
    ['supply', 'purchase', 'services', 'manufacturing', 'msa'],
    'supplier',
    /(?:supplier|vendor|procurement)/,
    ['supplier', 'vendor', 'supply'],
  ),
  ofKind(['supply'], 'supply', /suppl(?:y|ies)|supply and purchase|delivery/, ['supply']),
  ofKind(
    ['development'],
    'development',
    /(?:(?:software|product|web(?:site)?) )?development|research(?: and development)?|r&d/,
    ['development', 'research'],
  ),
  ofKind(
    ['collaboration'],
    'collaboration',
    /collaborati(?:on|ve)|co-?operation|partnership|partnering|partner|teaming/,
    ['collaborat', 'cooperation', 'co-operation', 'partnership', 'teaming'],
    /partnerships|collaborations/,
  ),
  ofKind(['promotion'], 'promotion', /(?:co-?)?promotion(?:al)?/, ['promotion']),
  ofKind(['marketing'], 'marketing', /marketing|advertising/, ['marketing', 'advertising']),
  ofKind(
    ['agency'],
    'agency',
    /(?:commercial |sales )?agen(?:cy|t)|sales representati(?:ve|on)|representation/,
    ['agency', 'agent', 'sales representative', 'representation agreement'],
  ),
  ofKind(
    ['intellectual_property'],
    'intellectual property',
    /intellectual property(?: rights)?|ip(?: rights)?|ip assignment|patent assignment|trademark assignment/,
    ['intellectual property', 'patent assignment', 'trademark assignment'],
  ),
  ofKind(
    ['license', 'software_license'],
    'licence',
    /(?:(?:content|technology|patent|trademark|trade mark|brand|data|ip) )?licen[sc](?:e|es|ing)/,
    ['licens', 'licenc'],
  ),
  ofKind(
    ['non_compete'],
    'non-compete',
    /non-?compet(?:e|ition)|non-?solicit(?:ation)?|restrictive covenant/,
    ['non-compet', 'noncompet', 'non-solicit'],
  ),
  {
    types: ['lease'],
    label: { one: 'lease', many: 'leases' },
    alone: /(?:sub-?)?leases?(?! (?:term|payments?|back|out))|tenanc(?:y|ies)/,
    before: /(?:sub-?)?(?:lease|tenancy|rental|rent)/,
    titlePhrases: ['lease', 'tenancy', 'rental'],
  },
  ofKind(['consulting'], 'consulting', /consult(?:ing|ancy|ant)|advisory|adviser|advisor/, [
    'consult',
    'advisory',
  ]),
  ofKind(
    ['loan'],
    'loan',
    /loan|credit|facility|credit facility|financing/,
    ['loan', 'credit agreement', 'credit facility', 'promissory note'],
    /promissory notes?|loans|credit facilit(?:y|ies)/,
  ),
  ofKind(
    ['purchase'],
    'purchase',
    /(?:(?:share|stock|asset) )?(?:purchase|sale|sales|acquisition|merger)(?: and (?:sale|purchase))?/,
    ['purchase', 'sale agreement', 'sales agreement', 'acquisition', 'merger'],
  ),
  ofKind(
    ['services', 'msa', 'consulting', 'outsourcing', 'hosting', 'maintenance'],
    'service',
    /(?:professional |managed )?servic(?:e|es|ing)/,
    ['service', 'servicing'],
  ),
];
