import type { Party, Span } from '../../documents.ts';
import { isPartyName, shownName } from '../is-party-name.ts';
import { definedIn, labelledIn } from '../other-parties.ts';
import { legalFormOf, partyKey } from '../party-key.ts';
import { roleIn, type PartyMention } from '../party-roles.ts';
import type { Preamble } from '../preamble.ts';
import { namedInPreamble } from '../preamble-parties.ts';

/** A stretch of the opening and how likely it is that it is one whole name of a party. */
export interface TaggedName extends Span {
  probability: number;
}

/** What is known of a contract when its candidates are weighed. */
export interface PartySources {
  text: string;
  /** The parties that the rules decide for. */
  rules: readonly Party[];
  preamble: Preamble | undefined;
  signers: readonly PartyMention[];
  tagged: readonly TaggedName[];
}

/** A name that could be a party's: all mentions of one key, and what speaks for it. */
export interface CandidateName {
  key: string;
  /** The mention to show. */
  span: Span;
  role?: string;
  /** Whether the rules decide for it. */
  ruled: boolean;
  features: string[];
}

/** Where parties are looked for beside the opening words. */
const top = 8000;
/** A role in the parentheses behind a name, an address or a description between them or not. */
const parenthesis = /^[^(;"\u201c]{0,200}\([^()]{0,90}\)?/;

function roleBehind(text: string, { end }: Span): string | undefined {
  const near = parenthesis.exec(text.slice(end, end + 320));
  return near ? roleIn(near[0].slice(near[0].indexOf('('))) : undefined;
}

const step = (value: number, steps: readonly number[]) => {
  const at = steps.findIndex((most) => value <= most);
  return at < 0 ? steps.length : at;
};

/** A name that opens or closes a parenthesis alone is cut: "UK) Limited". */
function isBalanced(name: string): boolean {
  let depth = 0;
  for (const letter of name) {
    if (letter === '(') depth++;
    if (letter === ')' && --depth < 0) return false;
  }
  return depth === 0;
}

interface Group {
  key: string;
  mentions: { span: Span; probability: number; from: string; role?: string }[];
}

function grouped(sources: PartySources): Group[] {
  const { text, rules, preamble, signers, tagged } = sources;
  const groups = new Map<string, Group>();
  const add = (span: Span, from: string, probability: number, role?: string) => {
    const name = shownName(text, span);
    const key = partyKey(name);
    if (key === '' || name.length > 150 || name.includes(':') || !isBalanced(name)) return;
    const group = groups.get(key) ?? { key, mentions: [] };
    group.mentions.push({ span, probability, from, ...(role && { role }) });
    groups.set(key, group);
  };
  for (const span of tagged) add({ start: span.start, end: span.end }, 'tag', span.probability);
  const head = { start: 0, end: Math.min(text.length, top) };
  for (const { evidence, role } of rules) add(evidence[0]!, 'rule', 0, role);
  if (preamble) {
    for (const { span, role } of namedInPreamble(text, {
      start: preamble.parties,
      end: preamble.end,
    }))
      add(span, 'preamble', 0, role);
  }
  for (const { span, role } of labelledIn(text, head)) add(span, 'label', 0, role);
  for (const { span, role } of definedIn(text, head)) add(span, 'defined', 0, role);
  for (const { span } of signers) add(span, 'sign', 0);
  return [...groups.values()];
}

const overlap = (a: Span, b: Span) => a.start < b.end && b.start < a.end;

/** Every name that something speaks for, with the features by which it is weighed. */
export function candidateNames(sources: PartySources): CandidateName[] {
  const { text, rules, preamble } = sources;
  const groups = grouped(sources);
  const plain = ` ${partyKey(text)} `;
  const best = groups.map(({ mentions }) => Math.max(...mentions.map((one) => one.probability)));
  const isRule = groups.map(({ mentions }) => mentions.some(({ from }) => from === 'rule'));
  return groups.map(({ key, mentions }, i) => {
    const from = new Set(mentions.map((one) => one.from));
    const likely = best[i]!;
    const main =
      mentions.find((one) => one.from === 'rule') ??
      mentions.toSorted((a, b) => b.probability - a.probability)[0]!;
    const name = shownName(text, main.span);
    const role = mentions.find((one) => one.role)?.role ?? roleBehind(text, main.span);
    const sum = mentions.reduce((total, one) => total + one.probability, 0);
    const rival = Math.max(
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
    const related = (test: (other: string) => boolean, rule: boolean) =>
      groups.some(
        (other, k) =>
          k !== i && (!rule || isRule[k]) && (rule || best[k]! > 0.2) && test(other.key),
      );
    const inRule = related((other) => ` ${other} `.includes(` ${key} `), true);
    const overRule = related((other) => ` ${key} `.includes(` ${other} `), true);
    const inTag = related((other) => ` ${other} `.includes(` ${key} `), false);
    const overTag = related((other) => ` ${key} `.includes(` ${other} `), false);
    const form = mentions.some(({ span }) => legalFormOf(shownName(text, span)));
    const place = rules.findIndex((party) => partyKey(party.name) === key);
    const times = plain.split(` ${key} `).length - 1;
    const prob = step(likely, [0, 0.01, 0.03, 0.08, 0.15, 0.25, 0.4, 0.55, 0.7, 0.85, 0.95, 0.99]);
    const sums = step(sum, [0, 0.05, 0.2, 0.5, 0.9, 1.5, 2.5]);
    const rule = from.has('rule') ? (place < 2 ? `r${place}` : 'r2') : 'no';
    const words = step(key.split(' ').length, [1, 2, 3, 5, 8]);
    const opens =
      preamble && main.span.start >= preamble.parties && main.span.end <= preamble.end
        ? 'in'
        : preamble
          ? main.span.start < preamble.parties
            ? 'before'
            : 'after'
          : 'none';
    const ruled = from.has('rule') ? 'r' : '';
    const readBy = ['preamble', 'label', 'defined', 'sign']
      .filter((one) => from.has(one))
      .join('+');
    const count = step(rules.length, [0, 1, 2, 3, 6]);
    const features = [
      'bias',
      `p${prob}`,
      `p${prob}|${ruled}`,
      `sum${sums}`,
      `rule${rule}`,
      `rules${count}|${ruled}`,
      `rules${count}|${step(likely, [0.05, 0.25, 0.5, 0.8])}|${ruled}`,
      `form${form}|${ruled}`,
      `form${form}|role${role !== undefined}`,
      `words${words}`,
      `from${readBy}|${ruled}`,
      ...[...from].map((one) => `has${one}`),
      `opens${opens}|${ruled}`,
      `rival${step(rival - likely, [-0.5, -0.1, 0, 0.1, 0.5])}`,
      `rival${rival > likely}|${ruled}`,
      `within${inRule}${inTag}`,
      `over${overRule}${overTag}`,
      `within${inRule}${inTag}|${ruled}`,
      `over${overRule}${overTag}|${ruled}`,
      `times${step(times, [0, 1, 2, 4, 10])}`,
      `times${step(times, [1, 3])}|form${form}`,
      `valid${isPartyName(name)}`,
      `signs${from.has('sign')}|form${form}|${ruled}`,
      `at${step(main.span.start, [200, 800, 2500, 6000, 15_000])}|${ruled}`,
      `capitals${!/\p{Ll}/u.test(name)}`,
    ];
    return {
      key,
      span: main.span,
      ...(role && { role }),
      ruled: from.has('rule'),
      features,
    };
  });
}
