import type { ContractDate, Span } from '../domain/documents.ts';
import type { PatternRow } from './pattern-row.ts';
import { findPeriodSubject, type PeriodSubject } from './term-subject.ts';

/** A period without an end. */
export const endlessPeriods: PatternRow[] = [
  {
    id: 'an indefinite period',
    pattern:
      /\b(?:indefinite(?:ly)?|undetermined (?:period|term|duration)|in perpetuity|for perpetuity|perpetual(?:ly)?|unlimited (?:period|term|duration|in time)|no (?:fixed |set |definite )?(?:term|end|expiration date|end date)|open[- ]ended|without (?:a |any )?(?:fixed |definite )?(?:limit(?:ation)?(?: of time| in time)?|term|end)(?! (?:the|of liability)))\b/,
    mustMatch: [
      'this agreement is concluded for an indefinite period',
      'the licence is granted in perpetuity',
      'this agreement has no fixed term',
    ],
    mustNotMatch: ['this agreement ends on 31 may 2037', 'without limitation of liability'],
  },
  {
    id: 'until terminated',
    pattern:
      /\b(?:(?:unless and )?until (?:such time as )?(?:(?:it|this \w+|such \w+|the \w+) (?:is|has been|shall be|may be) )?(?:earlier |sooner |otherwise |validly |properly |duly )?(?:terminated|cancell?ed|revoked|denounced|ended|rescinded)|(?:unless and )?until (?:either|any|one|a|the \w+|\w+)(?: [\w']+){0,6}? (?:gives|serves|terminates (?:it|this|the|such)|cancels|ends (?:it|this|the)|elects to (?:terminate|end)|notifies)|until (?:such )?terminat(?:ion|ed) (?:by|in accordance|pursuant|as)|until (?:further )?notice|(?:end|expire)s? when (?:it is )?terminated|\d+(?:th|st) day (?:following|after) (?:an? )?written notice)\b/,
    mustMatch: [
      'this agreement remains in effect until terminated by either party',
      'until the landlord or the tenant terminates it',
      'until either party gives notice',
    ],
    mustNotMatch: [
      'until it terminates on the expiry date',
      'unless and until a definitive agreement has been executed',
    ],
  },
  {
    id: 'a periodic term',
    pattern:
      /\b(?:periodic|rolling) (?:tenancy|term|lease|basis|contract|agreement)\b|\b(?:month|week|year|quarter)[- ]to[- ](?:month|week|year|quarter)\b(?! thereafter)|\bfrom (?:month|week|year) to (?:month|week|year)\b|\bon an? (?:rolling )?(?:monthly|weekly|yearly|annual|quarterly|rolling) (?:rolling )?basis\b/,
    mustMatch: ['continuing on a month-to-month basis', 'a periodic tenancy'],
    mustNotMatch: ['a term of twelve months'],
  },
];

/** An end by an event on a day that the contract does not state. */
export const eventEnds: PatternRow[] = [
  {
    id: 'a state that may last',
    pattern:
      /\b(?:(?:so|as) long as|for the duration of|co-?terminous with|co-?extensive with|for the (?:life|lifetime) of|until (?:the )?(?:earlier (?:to occur )?of )?(?:\(\w+\) )?(?:[\w'-]+ ){0,8}?(?:ceases?|no longer)|until (?:the )?(?:expir\w+|(?:earlier )?terminat\w+|last)\b[^.;]{0,80}\b(?:agreement|lease|contract|royalty term|patents?|rights|addend\w+|attachments?|gma|mandate|program|term)\b|terminates? (?:upon|if|when)\b[^.;]{0,60}\bceases?|expires? (?:upon|if|when)\b[^.;]{0,60}\bceases?)\b/,
    mustMatch: [
      'for so long as the customer remains a shareholder',
      'until the adviser ceases to serve',
      'until the termination of the strategic alliance agreement',
      'until the expiration of the last royalty term',
    ],
    mustNotMatch: ['until completion of the project'],
  },
  {
    id: 'an event',
    pattern:
      /\b(?:terminates?|expires?|lapses?|ends?|ceases?) (?:\w+ ){0,2}?(?:upon|when|once|as soon as)\b (?!(?:\w+ ){0,4}(?:notice|written|day|breach|default|following))|\b(?:(?<!unless and )until(?! (?:terminated|cancelled|either|any|it is))|through|(?:terminates?|expires?|lapses?|ends?) (?:\w+ )?(?:upon|on|when|with|if))\b (?:the )?[^.;]{0,120}\b(?:completion|completed|complete|satisf\w+|termination|terminated|expiration|expiry|expire|expires|ceases?|remains?|fulfil\w+|performed|performance|delivered|delivery|paid|payment|consummation|closing|acceptance|death|retirement|handover|final|occurs?|occurrence)\b/,
    mustMatch: [
      'until completion of the services',
      'terminates upon the termination of the offering',
      'ends when the goods are delivered',
    ],
    mustNotMatch: ['ends on 31 may 2037', 'until terminated by either party'],
  },
];

/** As `normalizeForMatching`, but each character stays at its offset. */
const foldCharacters = (text: string) =>
  text
    .toLowerCase()
    .replace(/[\u2018\u2019\u00b4`]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u2010-\u2015\u2212\u00ad]/g, '-')
    .replace(/\s/g, ' ');

interface OpenEnd {
  end: ContractDate;
  subject: PeriodSubject;
  /** Its offset in the sentence. */
  at: number;
}

const completionWord =
  /\b(?:completion|completed?|satisf\w+|fulfil\w+|performed|performance|delivered|finished)\b/;

/**
 * Whether a sentence says that the contract runs without an end, or until an event on a day that is
 * not stated.
 * @param main the sentence without its exceptions
 */
export function findOpenEnd(
  main: string,
  raw: string,
  span: Span,
  heading: string,
): OpenEnd | undefined {
  const normalized = foldCharacters(main);
  const find = (rows: PatternRow[], end: (row: PatternRow, words: string) => ContractDate) => {
    for (const row of rows) {
      const match = row.pattern.exec(normalized);
      if (!match) continue;
      const verbEnd = match.index + (/^[\w-]+/.exec(match[0])?.[0].length ?? 0);
      const after = normalized.slice(match.index + match[0].length);
      const subject = findPeriodSubject(`${normalized.slice(0, verbEnd)} `, after, heading);
      if (subject === 'agreement' || subject === 'heading')
        return { end: end(row, match[0]), subject, at: match.index };
    }
    return undefined;
  };
  const evidence = [span];
  return (
    find(endlessPeriods, () => ({
      basis: 'perpetual',
      explanation: 'It runs until it is terminated; no end date is stated.',
      evidence,
    })) ??
    (/\binitial term\b|\bexpir\w+ date\b/i.test(raw)
      ? undefined
      : find(eventEnds, ({ id }, words) =>
          id === 'an event'
            ? {
                basis: 'unclear',
                explanation: completionWord.test(words)
                  ? 'It ends when what it is about is completed; the day is not stated.'
                  : 'It ends with an event; the day is not stated.',
                evidence,
              }
            : {
                basis: 'perpetual',
                explanation: 'It runs as long as a condition lasts; no end date is stated.',
                evidence,
              },
        ))
  );
}
