import type { Span, Party } from '../../domain/documents.ts';
import { canonicalPartyKey } from '../canonical-party-key.ts';
import { hashString } from '../feature-hash.ts';
import { tokenizeNames, isConnector, isLegalForm, isStopWord, parseName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';

/** A word or a punctuation mark. */
export interface OpeningToken extends Span {
  text: string;
}

/** Characters from the top in which names are tagged. */
const maxOpeningLength = 6000;
/** A word with inner punctuation ("AT&T", "S.p.A.", "salesforce.com"), or one mark. */
const tokenPattern = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|[.'\u2019&/@_-](?=[\p{L}\p{N}]))*\.?|\S/gu;

/**
 * The tokens of a contract's opening, in order, without a word that the end of the opening cuts.
 */
export function tokenizeOpening(text: string): OpeningToken[] {
  const cutOffset =
    text.length > maxOpeningLength ? text.lastIndexOf(' ', maxOpeningLength) : text.length;
  const found: OpeningToken[] = [];
  for (const match of text
    .slice(0, cutOffset > 0 ? cutOffset : maxOpeningLength)
    .matchAll(tokenPattern)) {
    found.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/**
 * Collects the spans that rules find in the opening.
 * @param parties those that the rules found
 */
export function collectRuleSpans(text: string, parties: readonly Party[]): RuleSpans {
  const tokens = tokenizeNames(text, { start: 0, end: Math.min(text.length, maxOpeningLength) });
  const names: Span[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const name = parseName(tokens, at);
    if (!name) continue;
    names.push({ start: name.start, end: name.end });
    at = name.next - 1;
  }
  return {
    parties: parties
      .flatMap(({ evidence }) => evidence)
      .filter(({ end }) => end <= maxOpeningLength)
      .toSorted((a, b) => a.start - b.start),
    names,
    preamble: findPreamble(text),
  };
}

/** Spans that rules found in the opening. Features of a token say where it is in them. */
export interface RuleSpans {
  /** Names of the parties that the rules found. */
  parties: Span[];
  /** All names that the rules can read. */
  names: Span[];
  /** The opening of the contract. */
  preamble: Span | undefined;
}

/** The finalizer of MurmurHash3: every input bit affects every output bit. */
function mixBits(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

const listWord = /^(?:between|among|amongst|by|and|with|parties|party)$/;

/** "Acme" is "Aa", "IBM" is "A", "3M" is "9A"; a mark is itself. */
function wordShape(text: string): string {
  return text
    .replace(/\p{Lu}+/gu, 'A')
    .replace(/[\p{Ll}\p{Lo}\p{M}]+/gu, 'a')
    .replace(/\p{N}+/gu, '9');
}

/** Tags of tokens (BIOES): B, I and E within a span, S for a span of one token, else O. */
function encodeSpanTags(tokens: readonly OpeningToken[], spans: readonly Span[]): string[] {
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

function bucketOf(value: number, steps: readonly number[]): number {
  const at = steps.findIndex((limit) => value <= limit);
  return at < 0 ? steps.length : at;
}

/** How often each word occurs in lower case, and with a capital. */
function countWordCases(text: string): Map<string, { lower: number; upper: number }> {
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

/** Pairs of words near signatures: at the end of the text, or after "in witness". */
function collectSignatureBigrams(text: string): Set<string> {
  const witness = text.search(/\bin\s+witness\s+(?:whereof|thereof|of)\b/i);
  const excerpts = [text.slice(Math.max(6000, text.length - 6000))];
  if (witness > 3000) excerpts.push(text.slice(witness, witness + 4000));
  const pairs = new Set<string>();
  for (const excerpt of excerpts) {
    const words = canonicalPartyKey(excerpt).split(' ');
    for (let i = 0; i + 1 < words.length; i++) pairs.add(`${words[i]} ${words[i + 1]}`);
  }
  return pairs;
}

/**
 * The hash buckets of each token's features. Feature names are part of trained models, so they must
 * not change.
 */
export function tokenFeatures(
  text: string,
  tokens: readonly OpeningToken[],
  rules: RuleSpans,
  buckets: number,
): Int32Array[] {
  const words = tokens.map((token) => token.text.toLowerCase().replace(/\d/g, '0'));
  const undottedWords = words.map((word) => word.replace(/\.$/, ''));
  const shapes = tokens.map((token) => wordShape(token.text));
  const tokenKinds = tokens.map((token) =>
    isLegalForm(token)
      ? 'form'
      : isConnector(token.text)
        ? 'of'
        : isStopWord(token.text)
          ? 'stop'
          : /^\p{Lu}|^\p{N}/u.test(token.text)
            ? 'cap'
            : /^\p{L}/u.test(token.text)
              ? 'low'
              : 'mark',
  );
  const lineBreakKinds = tokens.map((token, i) => {
    const separator = i === 0 ? '\n\n' : text.slice(tokens[i - 1]!.end, token.start);
    return /\n\s*\n/.test(separator)
      ? 'para'
      : separator.includes('\n')
        ? 'line'
        : /\s{3}|\t/.test(separator)
          ? 'wide'
          : separator === ''
            ? 'none'
            : 'gap';
  });
  const keys = tokens.map((token) => canonicalPartyKey(token.text));
  const partyTags = encodeSpanTags(tokens, rules.parties);
  const nameTags = encodeSpanTags(tokens, rules.names);
  const counts = countWordCases(text);
  const signatureBigrams = collectSignatureBigrams(text);
  const hashes = new Map<string, number>();
  const hashCached = (value: string) => {
    let hash = hashes.get(value);
    if (hash === undefined) hashes.set(value, (hash = hashString(value)));
    return hash;
  };
  let sinceList = 1000;
  let sinceBetween = 1000;
  let depth = 0;
  let quoteDepth = 0;
  const formAhead = tokens.map(() => 9);
  for (let i = tokens.length - 2, ahead = 9; i >= 0; i--) {
    ahead =
      tokenKinds[i + 1] === 'form'
        ? 1
        : tokenKinds[i + 1] === 'low' || tokenKinds[i + 1] === 'stop' || /[;()]/.test(words[i + 1]!)
          ? 9
          : Math.min(9, ahead + 1);
    formAhead[i] = ahead;
  }
  return tokens.map((token, i) => {
    const found: number[] = [];
    const add = (name: string, ...values: (string | number | undefined)[]) => {
      let hash = hashCached(name);
      for (const value of values) {
        hash = mixBits(
          Math.imul(hash, 31) + (typeof value === 'number' ? value : hashCached(value ?? '')),
        );
      }
      found.push(hash & (buckets - 1));
    };
    if (token.text === '(') depth = 40;
    const state = `${depth > 0 ? 'p' : ''}${quoteDepth > 0 ? 'q' : ''}`;
    if (token.text === ')') depth = 0;
    if (/^["\u201c\u201d]$/.test(token.text)) quoteDepth = quoteDepth > 0 ? 0 : 15;
    for (let d = -3; d <= 3; d++) add(`w${d}`, undottedWords[i + d] ?? '-');
    for (let d = -2; d <= 2; d++) add(`s${d}`, shapes[i + d] ?? '-');
    for (let d = -2; d <= 3; d++) add(`k${d}`, tokenKinds[i + d] ?? '-');
    add('w-1w', undottedWords[i - 1], undottedWords[i]);
    add('ww1', undottedWords[i], undottedWords[i + 1]);
    add('w1w2', undottedWords[i + 1], undottedWords[i + 2]);
    add('w-2w-1', undottedWords[i - 2], undottedWords[i - 1]);
    add('sss', shapes[i - 1], shapes[i], shapes[i + 1]);
    add('kkk', tokenKinds[i - 1], tokenKinds[i], tokenKinds[i + 1]);
    add('kkkk', tokenKinds[i], tokenKinds[i + 1], tokenKinds[i + 2], tokenKinds[i + 3]);
    add('wk1', undottedWords[i], tokenKinds[i + 1]);
    add('k-1w', tokenKinds[i - 1], undottedWords[i]);
    add('w-1k', undottedWords[i - 1], tokenKinds[i]);
    add('kw1', tokenKinds[i], undottedWords[i + 1]);
    add('pre', undottedWords[i]!.slice(0, 3), tokenKinds[i]);
    add('suf', undottedWords[i]!.slice(-3), tokenKinds[i]);
    for (const d of [-1, 0, 1]) add(`r${d}`, partyTags[i + d] ?? '-');
    add('rr', partyTags[i - 1], partyTags[i], partyTags[i + 1]);
    add('rn', partyTags[i], nameTags[i]);
    add('n', nameTags[i - 1], nameTags[i], nameTags[i + 1]);
    add('rk', partyTags[i], tokenKinds[i], tokenKinds[i + 1]);
    add('rl', partyTags[i], lineBreakKinds[i], lineBreakKinds[i + 1]);
    add('rkk', partyTags[i], tokenKinds[i - 1], tokenKinds[i]);
    add('line', lineBreakKinds[i], tokenKinds[i]);
    add('line1', lineBreakKinds[i + 1] ?? '-', tokenKinds[i]);
    add('linek', lineBreakKinds[i], tokenKinds[i - 1], tokenKinds[i]);
    add('form', formAhead[i], tokenKinds[i], tokenKinds[i - 1]);
    add('state', state, tokenKinds[i]);
    const position = bucketOf(token.start, [0, 100, 300, 800, 1500, 2500, 4000]);
    add('at', position, tokenKinds[i]);
    const inPreamble =
      rules.preamble === undefined
        ? 'none'
        : token.start < rules.preamble.start
          ? 'before'
          : token.start < rules.preamble.end
            ? 'in'
            : 'after';
    add('pre', inPreamble, tokenKinds[i]);
    add('prer', inPreamble, partyTags[i], nameTags[i]);
    add('prew', inPreamble, undottedWords[i - 1], tokenKinds[i]);
    const between = bucketOf(sinceBetween, [0, 1, 3, 8, 20, 60, 150]);
    add('between', between, tokenKinds[i]);
    add('list', bucketOf(sinceList, [0, 1, 3, 8, 20, 60]), tokenKinds[i]);
    add('betweenr', between, partyTags[i], tokenKinds[i]);
    const count = counts.get(undottedWords[i]!);
    const lowerCaseBucket = count ? bucketOf(count.lower, [0, 2, 10]) : '-';
    add('low', lowerCaseBucket, tokenKinds[i]);
    add(
      'lowup',
      lowerCaseBucket,
      count ? bucketOf(count.upper, [1, 3, 10, 30]) : '-',
      tokenKinds[i],
    );
    const [key0, key, key1] = [keys[i - 1] ?? '', keys[i], keys[i + 1] ?? ''];
    const signatureFlags = `${signatureBigrams.has(`${key0} ${key}`) ? 'b' : ''}${signatureBigrams.has(`${key} ${key1}`) ? 'f' : ''}`;
    add('sign', signatureFlags, tokenKinds[i]);
    add('signr', signatureFlags, partyTags[i], tokenKinds[i]);
    sinceList = listWord.test(undottedWords[i]!) ? 0 : sinceList + 1;
    sinceBetween = /^(?:between|among|amongst)$/.test(undottedWords[i]!) ? 0 : sinceBetween + 1;
    depth = Math.max(0, depth - 1);
    quoteDepth = Math.max(0, quoteDepth - 1);
    return Int32Array.from(found);
  });
}
