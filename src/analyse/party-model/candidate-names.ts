import type { Party, Span } from '../../domain/documents.ts';
import { isPartyName, displayPartyName } from '../party-names.ts';
import {
  findDefinedParties,
  findLabelledParties,
  parseRole,
  type PartyMention,
} from '../party-mentions.ts';
import { extractLegalForm, canonicalPartyKey } from '../canonical-party-key.ts';
import type { Preamble } from '../preamble.ts';
import { findPreambleParties } from '../preamble-parties.ts';

/** A span of the opening and the probability that it is exactly the name of a party. */
export interface TaggedName extends Span {
  probability: number;
}

/** What the candidates of a contract are collected from. */
export interface PartySources {
  text: string;
  /** The parties that the rules found. */
  ruleParties: readonly Party[];
  preamble: Preamble | undefined;
  signatories: readonly PartyMention[];
  taggedNames: readonly TaggedName[];
}

/** A name that may be a party's: all mentions with one key, and its features. */
export interface CandidateName {
  key: string;
  /** The mention to cite. */
  span: Span;
  role?: string;
  /** Whether the rules found it as a party. */
  isRuleBased: boolean;
  features: string[];
}

/** Characters from the top in which to look for parties besides the opening. */
const headLength = 8000;
/** A role in parentheses after a name, perhaps with an address or a description between them. */
const parenthesis = /^[^(;"\u201c]{0,200}\([^()]{0,90}\)?/;

function findRoleAfter(text: string, { end }: Span): string | undefined {
  const match = parenthesis.exec(text.slice(end, end + 320));
  return match ? parseRole(match[0].slice(match[0].indexOf('('))) : undefined;
}

const bucketOf = (value: number, steps: readonly number[]) => {
  const at = steps.findIndex((limit) => value <= limit);
  return at < 0 ? steps.length : at;
};

/**
 * Whether parentheses in a name are balanced; in a name that was cut they are not: "UK) Limited".
 */
function isBalanced(name: string): boolean {
  let depth = 0;
  for (const letter of name) {
    if (letter === '(') depth++;
    if (letter === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

interface NameGroup {
  key: string;
  mentions: { span: Span; probability: number; origin: string; role?: string }[];
}

function groupMentions(sources: PartySources): NameGroup[] {
  const { text, ruleParties, preamble, signatories, taggedNames } = sources;
  const groups = new Map<string, NameGroup>();
  const add = (span: Span, origin: string, probability: number, role?: string) => {
    const name = displayPartyName(text, span);
    const key = canonicalPartyKey(name);
    if (key === '' || name.length > 150 || name.includes(':') || !isBalanced(name)) return;
    const group = groups.get(key) ?? { key, mentions: [] };
    group.mentions.push({ span, probability, origin, ...(role && { role }) });
    groups.set(key, group);
  };
  for (const span of taggedNames)
    add({ start: span.start, end: span.end }, 'tag', span.probability);
  const head = { start: 0, end: Math.min(text.length, headLength) };
  for (const { evidence, role } of ruleParties) add(evidence[0]!, 'rule', 0, role);
  if (preamble) {
    for (const { span, role } of findPreambleParties(text, {
      start: preamble.partiesStart,
      end: preamble.end,
    }))
      add(span, 'preamble', 0, role);
  }
  for (const { span, role } of findLabelledParties(text, head)) add(span, 'label', 0, role);
  for (const { span, role } of findDefinedParties(text, head)) add(span, 'defined', 0, role);
  for (const { span } of signatories) add(span, 'sign', 0);
  return [...groups.values()];
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** How often each of the keys occurs in a text's key as whole words. In one pass over the text. */
function countOccurrences(textKey: string, keys: string[]): Map<string, number> {
  const counts = new Map<string, { count: number; end: number }>();
  const lengthsByFirstWord = new Map<string, Set<number>>();
  for (const key of keys) {
    counts.set(key, { count: 0, end: -1 });
    const firstWord = key.split(' ', 1)[0]!;
    const lengths = lengthsByFirstWord.get(firstWord) ?? new Set();
    lengthsByFirstWord.set(firstWord, lengths.add(key.length));
  }
  for (let at = 0; at < textKey.length;) {
    const blank = textKey.indexOf(' ', at);
    const next = blank < 0 ? textKey.length : blank;
    for (const length of lengthsByFirstWord.get(textKey.slice(at, next)) ?? []) {
      const end = at + length;
      if (end < textKey.length && textKey[end] !== ' ') continue;
      const found = counts.get(textKey.slice(at, end));
      // One blank stands between two occurrences, and does not end both.
      if (!found || at <= found.end) continue;
      found.count++;
      found.end = end + 1;
    }
    at = next + 1;
  }
  return new Map([...counts].map(([key, { count }]) => [key, count]));
}

/**
 * Collects all candidate names with their features. Feature names are part of trained models, so
 * they must not change.
 */
export function collectCandidateNames(sources: PartySources): CandidateName[] {
  const { text, ruleParties, preamble } = sources;
  const groups = groupMentions(sources);
  const keys = groups.map(({ key }) => key);
  const occurrenceCounts = countOccurrences(canonicalPartyKey(text), keys);
  const paddedKeys = keys.map((key) => ` ${key} `);
  const best = groups.map(({ mentions }) => Math.max(...mentions.map((one) => one.probability)));
  const isRule = groups.map(({ mentions }) => mentions.some(({ origin }) => origin === 'rule'));
  return groups.map(({ key, mentions }, i) => {
    const origins = new Set(mentions.map((one) => one.origin));
    const probability = best[i]!;
    const main =
      mentions.find((one) => one.origin === 'rule') ??
      mentions.toSorted((a, b) => b.probability - a.probability)[0]!;
    const name = displayPartyName(text, main.span);
    const role = mentions.find((one) => one.role)?.role ?? findRoleAfter(text, main.span);
    const sum = mentions.reduce((total, one) => total + one.probability, 0);
    const rivalProbability = Math.max(
      0,
      ...groups.map((other, k) =>
        k !== i &&
        other.mentions.some(
          (a) => a.probability > 0 && mentions.some((b) => overlap(a.span, b.span)),
        )
          ? best[k]!
          : 0,
      ),
    );
    const padded = paddedKeys[i]!;
    const isRelated = (test: (other: string) => boolean, byRule: boolean) =>
      paddedKeys.some(
        (other, k) => k !== i && (byRule ? isRule[k] : best[k]! > 0.2) && test(other),
      );
    const isInRuleName = isRelated((other) => other.includes(padded), true);
    const containsRuleName = isRelated((other) => padded.includes(other), true);
    const isInTaggedName = isRelated((other) => other.includes(padded), false);
    const containsTaggedName = isRelated((other) => padded.includes(other), false);
    const hasLegalForm = mentions.some(({ span }) =>
      extractLegalForm(displayPartyName(text, span)),
    );
    const ruleIndex = ruleParties.findIndex((party) => canonicalPartyKey(party.name) === key);
    const occurrences = occurrenceCounts.get(key)!;
    const probabilityBucket = bucketOf(
      probability,
      [0, 0.01, 0.03, 0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 0.99],
    );
    const sumBucket = bucketOf(sum, [0, 0.05, 0.2, 0.5, 0.9, 1.5, 2.5]);
    const rule = origins.has('rule') ? (ruleIndex < 2 ? `r${ruleIndex}` : 'r2') : 'no';
    const wordCountBucket = bucketOf(key.split(' ').length, [1, 2, 3, 5, 8]);
    const openingPosition =
      preamble && main.span.start >= preamble.partiesStart && main.span.end <= preamble.end
        ? 'in'
        : preamble
          ? main.span.start < preamble.partiesStart
            ? 'before'
            : 'after'
          : 'none';
    const ruleFlag = origins.has('rule') ? 'r' : '';
    const finders = ['preamble', 'label', 'defined', 'sign']
      .filter((one) => origins.has(one))
      .join('+');
    const ruleCountBucket = bucketOf(ruleParties.length, [0, 1, 2, 3, 6]);
    const features = [
      'bias',
      `p${probabilityBucket}`,
      `p${probabilityBucket}|${ruleFlag}`,
      `sum${sumBucket}`,
      `rule${rule}`,
      `rules${ruleCountBucket}|${ruleFlag}`,
      `rules${ruleCountBucket}|${bucketOf(probability, [0.05, 0.25, 0.5, 0.8])}|${ruleFlag}`,
      `form${hasLegalForm}|${ruleFlag}`,
      `form${hasLegalForm}|role${role !== undefined}`,
      `words${wordCountBucket}`,
      `from${finders}|${ruleFlag}`,
      ...[...origins].map((one) => `has${one}`),
      `opens${openingPosition}|${ruleFlag}`,
      `rival${bucketOf(rivalProbability - probability, [-0.5, -0.1, 0, 0.1, 0.5])}`,
      `rival${rivalProbability > probability}|${ruleFlag}`,
      `within${isInRuleName}${isInTaggedName}`,
      `over${containsRuleName}${containsTaggedName}`,
      `within${isInRuleName}${isInTaggedName}|${ruleFlag}`,
      `over${containsRuleName}${containsTaggedName}|${ruleFlag}`,
      `times${bucketOf(occurrences, [0, 1, 2, 4, 10])}`,
      `times${bucketOf(occurrences, [1, 3])}|form${hasLegalForm}`,
      `valid${isPartyName(name)}`,
      `signs${origins.has('sign')}|form${hasLegalForm}|${ruleFlag}`,
      `at${bucketOf(main.span.start, [200, 800, 2500, 6000, 15_000])}|${ruleFlag}`,
      `capitals${!/\p{Ll}/u.test(name)}`,
    ];
    return {
      key,
      span: main.span,
      ...(role && { role }),
      isRuleBased: origins.has('rule'),
      features,
    };
  });
}
