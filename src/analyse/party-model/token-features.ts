import type { Span } from '../../documents.ts';
import { isConnector, isLegalForm, isStop } from '../name-tokens.ts';
import { partyKey } from '../party-key.ts';
import type { OpeningToken } from './opening-tokens.ts';

/** What the rules found in the opening: the features of a token say where it stands in it. */
export interface RuleSpans {
  /** Names of the parties that the rules decide for. */
  parties: Span[];
  /** Whatever the rules can read as a name. */
  names: Span[];
  /** Between the words that open the contract and those that end its opening. */
  preamble: Span | undefined;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/** The finalizer of MurmurHash3: every bit of what goes in bears on every bit that comes out. */
function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

const lists = /^(?:between|among|amongst|by|and|with|parties|party)$/;

/** "Acme" is "Aa", "IBM" is "A", "3M" is "9A"; a mark is itself. */
function shapeOf(text: string): string {
  return text
    .replace(/\p{Lu}+/gu, 'A')
    .replace(/[\p{Ll}\p{Lo}\p{M}]+/gu, 'a')
    .replace(/\p{N}+/gu, '9');
}

/** B, I, E or S (a name of one word) for tokens within a span, else O. */
function places(tokens: readonly OpeningToken[], spans: readonly Span[]): string[] {
  const found = tokens.map(() => 'O');
  for (const { start, end } of spans) {
    const inside: number[] = [];
    tokens.forEach((token, i) => {
      if (token.start >= start - 1 && token.end <= end + 1 && /[\p{L}\p{N}]/u.test(token.text))
        inside.push(i);
    });
    const [first, last] = [inside[0], inside.at(-1)];
    if (first === undefined || last === undefined) continue;
    for (let i = first; i <= last; i++) found[i] = 'I';
    found[last] = 'E';
    found[first] = first === last ? 'S' : 'B';
  }
  return found;
}

function step(value: number, steps: readonly number[]): number {
  const at = steps.findIndex((most) => value <= most);
  return at < 0 ? steps.length : at;
}

/** How often each word stands in the contract in lower case, and with a capital. */
function countWords(text: string): Map<string, { lower: number; upper: number }> {
  const counts = new Map<string, { lower: number; upper: number }>();
  for (const [word] of text.slice(0, 60_000).matchAll(/\p{L}[\p{L}\p{N}]+/gu)) {
    const key = word.toLowerCase();
    const count = counts.get(key) ?? { lower: 0, upper: 0 };
    if (word === key) count.lower++;
    else count.upper++;
    counts.set(key, count);
  }
  return counts;
}

/** Pairs of words that stand where contracts are signed: near their end, or behind "in witness". */
function signedPairs(text: string): Set<string> {
  const witness = text.search(/\bin\s+witness\s+(?:whereof|thereof|of)\b/i);
  const parts = [text.slice(Math.max(6000, text.length - 6000))];
  if (witness > 3000) parts.push(text.slice(witness, witness + 4000));
  const pairs = new Set<string>();
  for (const part of parts) {
    const words = partyKey(part).split(' ');
    for (let i = 0; i + 1 < words.length; i++) pairs.add(`${words[i]} ${words[i + 1]}`);
  }
  return pairs;
}

/** The buckets of each token's features. */
export function tokenFeatures(
  text: string,
  tokens: readonly OpeningToken[],
  rules: RuleSpans,
  buckets: number,
): Int32Array[] {
  const words = tokens.map((token) => token.text.toLowerCase().replace(/\d/g, '0'));
  const plain = words.map((word) => word.replace(/\.$/, ''));
  const shapes = tokens.map((token) => shapeOf(token.text));
  const kinds = tokens.map((token) =>
    isLegalForm(token)
      ? 'form'
      : isConnector(token.text)
        ? 'of'
        : isStop(token.text)
          ? 'stop'
          : /^\p{Lu}|^\p{N}/u.test(token.text)
            ? 'cap'
            : /^\p{L}/u.test(token.text)
              ? 'low'
              : 'mark',
  );
  const lines = tokens.map((token, i) => {
    const gap = i === 0 ? '\n\n' : text.slice(tokens[i - 1]!.end, token.start);
    return /\n\s*\n/.test(gap)
      ? 'para'
      : gap.includes('\n')
        ? 'line'
        : /\s{3}|\t/.test(gap)
          ? 'wide'
          : gap === ''
            ? 'none'
            : 'gap';
  });
  const keys = tokens.map((token) => partyKey(token.text));
  const party = places(tokens, rules.parties);
  const named = places(tokens, rules.names);
  const counts = countWords(text);
  const signed = signedPairs(text);
  const hashes = new Map<string, number>();
  const hashed = (value: string) => {
    let hash = hashes.get(value);
    if (hash === undefined) hashes.set(value, (hash = hashOf(value)));
    return hash;
  };
  let sinceList = 1000;
  let sinceBetween = 1000;
  let depth = 0;
  let quoted = 0;
  const formAhead = tokens.map(() => 9);
  for (let i = tokens.length - 2, ahead = 9; i >= 0; i--) {
    ahead =
      kinds[i + 1] === 'form'
        ? 1
        : kinds[i + 1] === 'low' || kinds[i + 1] === 'stop' || /[;()]/.test(words[i + 1]!)
          ? 9
          : Math.min(9, ahead + 1);
    formAhead[i] = ahead;
  }
  return tokens.map((token, i) => {
    const found: number[] = [];
    const add = (name: string, ...values: (string | number | undefined)[]) => {
      let hash = hashed(name);
      for (const value of values) {
        hash = mixed(
          Math.imul(hash, 31) + (typeof value === 'number' ? value : hashed(value ?? '')),
        );
      }
      found.push(hash & (buckets - 1));
    };
    if (token.text === '(') depth = 40;
    const state = `${depth > 0 ? 'p' : ''}${quoted > 0 ? 'q' : ''}`;
    if (token.text === ')') depth = 0;
    if (/^["\u201c\u201d]$/.test(token.text)) quoted = quoted > 0 ? 0 : 15;
    for (let d = -3; d <= 3; d++) add(`w${d}`, plain[i + d] ?? '-');
    for (let d = -2; d <= 2; d++) add(`s${d}`, shapes[i + d] ?? '-');
    for (let d = -2; d <= 3; d++) add(`k${d}`, kinds[i + d] ?? '-');
    add('w-1w', plain[i - 1], plain[i]);
    add('ww1', plain[i], plain[i + 1]);
    add('w1w2', plain[i + 1], plain[i + 2]);
    add('w-2w-1', plain[i - 2], plain[i - 1]);
    add('sss', shapes[i - 1], shapes[i], shapes[i + 1]);
    add('kkk', kinds[i - 1], kinds[i], kinds[i + 1]);
    add('kkkk', kinds[i], kinds[i + 1], kinds[i + 2], kinds[i + 3]);
    add('wk1', plain[i], kinds[i + 1]);
    add('k-1w', kinds[i - 1], plain[i]);
    add('w-1k', plain[i - 1], kinds[i]);
    add('kw1', kinds[i], plain[i + 1]);
    add('pre', plain[i]!.slice(0, 3), kinds[i]);
    add('suf', plain[i]!.slice(-3), kinds[i]);
    for (const d of [-1, 0, 1]) add(`r${d}`, party[i + d] ?? '-');
    add('rr', party[i - 1], party[i], party[i + 1]);
    add('rn', party[i], named[i]);
    add('n', named[i - 1], named[i], named[i + 1]);
    add('rk', party[i], kinds[i], kinds[i + 1]);
    add('rl', party[i], lines[i], lines[i + 1]);
    add('rkk', party[i], kinds[i - 1], kinds[i]);
    add('line', lines[i], kinds[i]);
    add('line1', lines[i + 1] ?? '-', kinds[i]);
    add('linek', lines[i], kinds[i - 1], kinds[i]);
    add('form', formAhead[i], kinds[i], kinds[i - 1]);
    add('state', state, kinds[i]);
    const position = step(token.start, [0, 100, 300, 800, 1500, 2500, 4000]);
    add('at', position, kinds[i]);
    const inPreamble =
      rules.preamble === undefined
        ? 'none'
        : token.start < rules.preamble.start
          ? 'before'
          : token.start < rules.preamble.end
            ? 'in'
            : 'after';
    add('pre', inPreamble, kinds[i]);
    add('prer', inPreamble, party[i], named[i]);
    add('prew', inPreamble, plain[i - 1], kinds[i]);
    const between = step(sinceBetween, [0, 1, 3, 8, 20, 60, 150]);
    add('between', between, kinds[i]);
    add('list', step(sinceList, [0, 1, 3, 8, 20, 60]), kinds[i]);
    add('betweenr', between, party[i], kinds[i]);
    const count = counts.get(plain[i]!);
    const lowered = count ? step(count.lower, [0, 2, 10]) : '-';
    add('low', lowered, kinds[i]);
    add('lowup', lowered, count ? step(count.upper, [1, 3, 10, 30]) : '-', kinds[i]);
    const [key0, key, key1] = [keys[i - 1] ?? '', keys[i], keys[i + 1] ?? ''];
    const signs = `${signed.has(`${key0} ${key}`) ? 'b' : ''}${signed.has(`${key} ${key1}`) ? 'f' : ''}`;
    add('sign', signs, kinds[i]);
    add('signr', signs, party[i], kinds[i]);
    sinceList = lists.test(plain[i]!) ? 0 : sinceList + 1;
    sinceBetween = /^(?:between|among|amongst)$/.test(plain[i]!) ? 0 : sinceBetween + 1;
    depth = Math.max(0, depth - 1);
    quoted = Math.max(0, quoted - 1);
    return Int32Array.from(found);
  });
}
