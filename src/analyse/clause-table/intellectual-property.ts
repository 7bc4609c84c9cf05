import type { ClauseDefinition } from './clause-type.ts';

/** Clauses about who owns intellectual property, and what secures or limits that. */
export const intellectualPropertyClauses = {
  ip_ownership_assignment: {
    title: 'IP ownership assignment',
    definition: 'Intellectual property made by one party becomes the property of the other.',
    origin: 'cuad',
    cuadName: 'Ip Ownership Assignment',
    headingPattern:
      /\b(?:ownership|intellectual property|proprietary rights|inventions|work product|works? (?:made )?for hire)/,
    patterns: [
      /\bassigns? (?:and transfers? )?to\b.{0,160}\b(?:right|title|interest)s?\b/,
      /\b(?:hereby|agrees? to|shall|does|will)\b.{0,30}\b(?:irrevocably )?assigns?\b.{0,160}\b(?:right|title|interest|ownership|copyright|patent|invention|intellectual)/,
      /\bworks?[- ](?:made )?for[- ]hire\b/,
      /\b(?:shall|will) (?:be|become|remain|belong)\b.{0,60}\b(?:sole|exclusive|property of|owned)\b.{0,80}/,
      /\b(?:inventions?|improvements?|work product|deliverables?|developments?|materials?)\b.{0,160}\b(?:owned (?:solely |exclusively )?by|property of|belong to|vests? in)\b/,
    ],
    queryPattern:
      /\b(?:(?:ip|intellectual property|inventions?|patents?|copyrights?|work product|deliverables?) .{0,40}\b(?:own(?:s|ed|ership)?|assign(?:ed|s|ment)?|belongs?|transfer\w*)|(?:own(?:s|ed|ership)?|assign(?:s|ed|ment)?) .{0,30}\b(?:ip|intellectual property|inventions?|patents?|copyrights?|work product|deliverables?)|works? (?:made )?for hire)\b/,
  },
  joint_ip_ownership: {
    title: 'Joint IP ownership',
    definition: 'The parties own intellectual property together.',
    origin: 'cuad',
    cuadName: 'Joint Ip Ownership',
    headingPattern: /\bjoint (?:ip|intellectual|ownership|invention|patent)|\bownership/,
    patterns: [
      /\bjointly[- ]own|\bowned jointly|\bjoint(?:ly)? (?:and equal(?:ly)? )?own(?:ed|ership)?\b|\bco-?own/,
      /\bjoint (?:ip|intellectual property|patents?|inventions?|technology|know-how|property|copyright|improvements?|works?)\b/,
    ],
    queryPattern:
      /\b(?:joint(?:ly)?[- ]own\w*(?: \w+)?|joint(?:ly)?[- ](?:ip|intellectual property|own(?:s|ed|ership)?|inventions?|patents?|developed)|co-?own\w*|shared? ownership|own(?:ed)? (?:jointly|together)|joint .{0,30}\bownership)\b/,
  },
  source_code_escrow: {
    title: 'Source code escrow',
    definition: 'Source code is deposited with a third party and released on given events.',
    origin: 'cuad',
    cuadName: 'Source Code Escrow',
    headingPattern: /\bescrow/,
    patterns: [
      /\bescrow\b.{0,200}\b(?:source|code|software|technology|deposit)\b/,
      /\b(?:source code|deposit materials?)\b.{0,200}\b(?:escrow|deposit|released?)\b/,
      /\bescrow agent\b/,
    ],
    queryPattern: /\b(?:source[- ]code(?: escrow)?|escrow\w*)\b/,
  },
  covenant_not_to_sue: {
    title: 'Covenant not to sue',
    definition: 'A party may not contest the other’s intellectual property, or may not sue it.',
    origin: 'cuad',
    cuadName: 'Covenant Not To Sue',
    headingPattern: /\bcovenants? not to sue|\brelease|\bno[- ]contest/,
    patterns: [
      /\bcovenants? not to sue\b/,
      /\b(?:not|never|nor)\b.{0,120}\b(?:contest|challenge|attack|dispute|impugn|question)\w*\b.{0,160}\b(?:valid|owner|title|right|mark|patent|intellectual|interest|enforceab|registra)/,
      /\b(?:not|never)\b.{0,60}\b(?:sue|bring (?:any|an) (?:action|claim|suit)|assert (?:any|a) (?:claim|right)|institute)\b/,
      /\b(?:releases? and (?:forever )?discharges?|waives? (?:any|all) claims?)\b/,
      /\bnot\b.{0,100}\b(?:impair|adversely affect|inconsistent with|infring)\w*\b.{0,100}\b(?:marks?|trademarks?|ownership|goodwill|title)\b/,
    ],
    queryPattern:
      /\b(?:covenants? not to sue|(?:not|never|agree\w*) (?:to )?sue\b|(?:contest|challenge|dispute)\w* .{0,50}\b(?:validity|ownership|ip|intellectual property|patents?|trademarks?)|no[- ]contest|release of claims)\b/,
  },
} as const satisfies Record<string, ClauseDefinition>;
