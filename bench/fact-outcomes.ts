import type { Analysis } from '../src/domain/documents.ts';
import { partiesFound, type PartyAnswers } from '../training/party-answers.ts';

/** `absent`: not found, but the lawyers have a value; `extra`: found, but the lawyers have none. */
export type Outcome = 'right' | 'wrong' | 'absent' | 'extra' | 'none';

/** A lawyer's date as `YYYY-MM-DD` or `perpetual`; undefined where there is none or it has a blank. */
export function answeredDate(answer: string | undefined): string | undefined {
  if (answer === undefined) return undefined;
  if (/perpetual/i.test(answer)) return 'perpetual';
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(answer.trim());
  if (!match) return undefined;
  const [first, second] = [Number(match[1]), Number(match[2])];
  const [month, day] = first > 12 ? [second, first] : [first, second];
  const short = Number(match[3]);
  const year = match[3]!.length === 4 ? short : short < 50 ? 2000 + short : 1900 + short;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function compare(
  found: string | undefined,
  answer: string | undefined,
  same: (found: string, answer: string) => boolean = (a, b) => a === b,
): Outcome {
  if (answer === undefined) return found === undefined ? 'none' : 'extra';
  if (found === undefined) return 'absent';
  return same(found, answer) ? 'right' : 'wrong';
}

const normalizeText = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();

/** "Province of Ontario, Canada" is Ontario; "England" is England and Wales. */
function sameLaw(found: string, answer: string): boolean {
  const [a, b] = [normalizeText(found), normalizeText(answer)];
  return a === b || b.includes(a) || (a.startsWith('england') && b.startsWith('england'));
}

/** Ignores spaces and punctuation, and up to three characters by which a label is too long or short. */
function sameTitle(found: string, answer: string): boolean {
  const [a, b] = [
    normalizeText(found).replaceAll(' ', ''),
    normalizeText(answer).replaceAll(' ', ''),
  ];
  return (a.startsWith(b) || b.startsWith(a)) && Math.abs(a.length - b.length) <= 3;
}

/** Compares lengths of time alone: "successive 1 year" equals "1 year". */
function sameLength(found: string, answer: string): boolean {
  const length = (text: string) => {
    const match = /(\d+)[\s-]*(day|week|month|year)/i.exec(text);
    if (!match) return text;
    const [count, unit] = [Number(match[1]), match[2]!.toLowerCase()];
    return unit === 'year' ? `${count * 12} month` : `${count} ${unit}`;
  };
  return length(found) === length(answer);
}

/** The outcome of each fact of one contract, by the name of the fact. */
export function outcomes(
  analysis: Omit<Analysis, 'clauses'>,
  contract: PartyAnswers,
): Record<string, Outcome> {
  const { answers } = contract;
  const expiration = analysis.expirationDate;
  const { answered, named, missing } = partiesFound(analysis, contract);
  const parties: Outcome =
    answered === 0 ? 'none' : named === 0 ? 'absent' : missing === 0 ? 'right' : 'wrong';
  const date = (name: string, value: string | undefined) => {
    const answer = answers[name];
    const expected = answeredDate(answer);
    // a date with a blank cannot be matched, so it does not count
    return answer !== undefined && expected === undefined ? 'none' : compare(value, expected);
  };
  const length = (name: string, value: string | undefined) =>
    compare(value, /\d/.test(answers[name] ?? '') ? answers[name] : undefined, sameLength);
  return {
    'document name': compare(analysis.title, answers['Document Name'], sameTitle),
    'all parties found': parties,
    'agreement date': date('Agreement Date', analysis.agreementDate?.value),
    'effective date': date('Effective Date', analysis.effectiveDate?.value),
    'expiration date': date(
      'Expiration Date',
      expiration?.basis === 'perpetual' ? 'perpetual' : expiration?.value,
    ),
    'renewal term': length('Renewal Term', analysis.renewalTerm?.value),
    'notice period': length('Notice Period To Terminate Renewal', analysis.noticePeriod?.value),
    'governing law': compare(analysis.governingLaw?.value, answers['Governing Law'], sameLaw),
  };
}
