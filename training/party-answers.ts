import { distance } from 'fastest-levenshtein';
import { canonicalPartyKey } from '../src/analyse/canonical-party-key.ts';
import type { Analysis, Span } from '../src/domain/documents.ts';

/** Words about several parties together, or about a party, in the lawyers' answers. */
const jointReference =
  /\b(?:collectively|individually|each|jointly|solely|referred to|hereinafter|parties)\b|\bparty["\u201d]/i;
/** The alias of several parties together. */
const jointAlias = /["\u201c](?:the )?(?:part(?:y|ies)|shareholders?|\w+ parties)[,.]?["\u201d]/i;
const aliasGroup = /\([^()]*["\u201c\u201d][^()]*\)?/g;
const trailingDescription =
  /,?\s+(?:(?:a|an)\s+(?:\w+\s+){0,4}(?:corporation|company|partnership|division|subsidiary|trust)\b|[adf]\/[kbs]\/[ao]\b|dba\b|on behalf of|(?:and|or) (?:all of )?its (?:subsidiaries|affiliates)|and\/or certain).*$/is;
/** Aliases that name no party when alone in an answer. */
const genericAlias =
  /^(?:you|we|us|customers?|clients?|affiliates?|(?:master )?franchisees?|licensees?|guarantors?|sellers?|buyers?|distributors?|resellers?|end users?)$/i;

/** Parts of an answer between semicolons, not split within parentheses or brackets. */
function splitAnswer(answer: string): string[] {
  const found = [''];
  const balanced = answer.split('(').length === answer.split(')').length;
  let depth = 0;
  for (const letter of answer) {
    if ('(['.includes(letter)) depth++;
    if (')]'.includes(letter)) depth = Math.max(0, depth - 1);
    if (letter === ';' && (depth === 0 || !balanced)) found.push('');
    else found[found.length - 1] += letter;
  }
  return found;
}

/** An answer without a parenthesis around the whole of it, or one that is never closed. */
function stripOuterParenthesis(answer: string): string {
  const text = answer.trim();
  if (!text.startsWith('(') || /^\(\s*["\u201c]/.test(text)) return text;
  const opened = text.split('(').length - text.split(')').length;
  return opened > 0
    ? text.slice(1)
    : opened === 0 && text.endsWith('))')
      ? text.slice(1, -1)
      : text;
}

/** A party in the lawyers' answers. */
export interface AnsweredParty {
  name: string;
  /** Canonical keys under which it counts as found. */
  keys: string[];
}

/** Whether two keys differ by at most two letters, or one lacks the other's first or last words. */
function isVariant(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return (
    long.startsWith(`${short} `) ||
    long.endsWith(` ${short}`) ||
    (short.length > 7 && distance(a, b) <= 2)
  );
}

/**
 * Parses the parties in an answer such as "Acme, Inc. ("Acme"); Beta LLC", without aliases and
 * blanks. For an answer that was mistyped or shortened, the labelled span of the contract counts,
 * too, unless it is an alias or another party.
 * @param labelled texts of the labelled spans
 */
export function answeredParties(answer: string | undefined, labelled: string[]): AnsweredParty[] {
  if (answer === undefined) return [];
  const aliases = new Set(
    [...answer.matchAll(/["\u201c]([^"\u201c\u201d]+)["\u201d]/g)].map(([, alias]) =>
      canonicalPartyKey(alias!),
    ),
  );
  const names: string[] = [];
  /** For "Acme and Beta (the "Parties")": whether one of them was named before. */
  const isRepeated = (name: string) => {
    const pieces = name.split(/,\s*(?:and\s+)?|\s+and\s+/).map(canonicalPartyKey);
    const known = [...aliases, ...names.map(canonicalPartyKey)];
    return (
      pieces.length > 1 &&
      pieces.some((piece) => known.some((other) => `${other} `.startsWith(`${piece} `)))
    );
  };
  for (const part of splitAnswer(
    stripOuterParenthesis(answer).replace(/(["\u201d]\s*\))\s*,(?=\s*[A-Z])/g, '$1;'),
  )) {
    const name = part
      .replace(aliasGroup, ' ')
      .replace(/\[[^\]]*\]?|["\u201c].*$/gs, ' ')
      .replace(trailingDescription, '')
      .replace(/\s+/g, ' ')
      .replace(/^[\s,;:)]+|[\s,;:(]+$/g, '');
    const key = canonicalPartyKey(name);
    if (key === '' || genericAlias.test(name) || jointReference.test(name)) continue;
    if (jointAlias.test(part) && isRepeated(name)) continue;
    // "Acme, Inc. and Acme Europe, Inc." with one alias are two parties.
    names.push(...name.split(/(?<=\b(?:inc|llc|ltd|corp)\.?) and (?=.* (?:inc|llc|ltd|corp)\b)/i));
  }
  const keys = names.map(canonicalPartyKey);
  const spans = labelled
    .map(canonicalPartyKey)
    .filter((key) => !aliases.has(key) && !keys.includes(key));
  return names.map((name, i) => ({
    name,
    keys: [keys[i]!, ...spans.filter((span) => isVariant(span, keys[i]!))],
  }));
}

/**
 * Whether a found name is the answered party: the same words without case, punctuation and legal
 * form.
 */
export function sameParty(found: string, { keys }: AnsweredParty): boolean {
  return keys.includes(canonicalPartyKey(found));
}

/** Counts of parties of one contract: named by the lawyers, found, and correct. */
export interface PartyCounts {
  answered: number;
  named: number;
  /** Found, and named by the lawyers. */
  right: number;
  /** Named by the lawyers, but not found. */
  missing: number;
}

/** A contract's text, and the answers and labelled spans by CUAD category. */
export interface PartyAnswers {
  text: string;
  answers: Readonly<Record<string, string>>;
  labels: ReadonlyMap<string, Span[]>;
}

export function partiesFound(
  { parties }: Pick<Analysis, 'parties'>,
  contract: PartyAnswers,
): PartyCounts {
  const labelled = contract.labels.get('Parties') ?? [];
  const answered = answeredParties(
    contract.answers['Parties'],
    labelled.map(({ start, end }) => contract.text.slice(start, end)),
  );
  return {
    answered: answered.length,
    named: parties.length,
    right: parties.filter(({ name }) => answered.some((party) => sameParty(name, party))).length,
    missing: answered.filter((party) => !parties.some(({ name }) => sameParty(name, party))).length,
  };
}
