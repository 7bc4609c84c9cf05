import type { Span, Party } from '../../domain/documents.ts';
import { canonicalPartyKey } from '../canonical-party-key.ts';
import { hashString } from '../feature-hash.ts';
import { tokenizeNames, isConnector, isLegalForm, isStopWord, parseName } from '../party-names.ts';
import { findPreamble } from '../preamble.ts';
import { partitionPoint } from '../../domain/partition-point.ts';
import { hashColumn, hashFeatures, type Column, type ColumnFeature } from './feature-columns.ts';

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
export function collectRuleSpans(
  text: string,
  parties: readonly Party[],
  preamble = findPreamble(text),
): RuleSpans {
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
    preamble,
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
    let first = -1;
    let last = -1;
    const next = partitionPoint(tokens, (token) => token.start < start - 1);
    for (let i = next; i < tokens.length && tokens[i]!.end <= end + 1; i++) {
      if (!/[\p{L}\p{N}]/u.test(tokens[i]!.text)) continue;
      if (first < 0) first = i;
      last = i;
    }
    if (first < 0) continue;
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
  const written = new Map<string, number>();
  for (const word of text.slice(0, 60_000).match(/\p{L}[\p{L}\p{N}]+/gu) ?? [])
    written.set(word, (written.get(word) ?? 0) + 1);
  const counts = new Map<string, { lower: number; upper: number }>();
  for (const [word, occurrences] of written) {
    const key = word.toLowerCase();
    const count = counts.get(key) ?? { lower: 0, upper: 0 };
    if (word === key) count.lower += occurrences;
    else count.upper += occurrences;
    counts.set(key, count);
  }
  return counts;
}

/** Words near signatures, at the end of the text or after "in witness", and the words that follow each. */
function collectSignatureBigrams(text: string): Map<string, Set<string>> {
  const witness = text.search(/\bin\s+witness\s+(?:whereof|thereof|of)\b/i);
  const excerpts = [text.slice(Math.max(6000, text.length - 6000))];
  if (witness > 3000) excerpts.push(text.slice(witness, witness + 4000));
  const followers = new Map<string, Set<string>>();
  for (const excerpt of excerpts) {
    const words = canonicalPartyKey(excerpt).split(' ');
    for (let i = 0; i + 1 < words.length; i++) {
      const known = followers.get(words[i]!);
      if (known) known.add(words[i + 1]!);
      else followers.set(words[i]!, new Set([words[i + 1]!]));
    }
  }
  return followers;
}

/** What a token's text alone tells of it. */
interface TokenText {
  word: string;
  shape: string;
  kind: string;
  /** Its canonical key. */
  key: string;
}

function describeText(token: OpeningToken): TokenText {
  const { text } = token;
  const kind = isLegalForm(token)
    ? 'form'
    : isConnector(text)
      ? 'of'
      : isStopWord(text)
        ? 'stop'
        : /^\p{Lu}|^\p{N}/u.test(text)
          ? 'cap'
          : /^\p{L}/u.test(text)
            ? 'low'
            : 'mark';
  const word = text.toLowerCase().replace(/\d/g, '0').replace(/\.$/, '');
  return { word, shape: wordShape(text), kind, key: canonicalPartyKey(text) };
}

/** What separates a token from the one before. */
function describeSeparator(separator: string): string {
  if (separator === '') return 'none';
  if (separator === ' ') return 'gap';
  if (/\n\s*\n/.test(separator)) return 'para';
  if (separator.includes('\n')) return 'line';
  return /\s{3}|\t/.test(separator) ? 'wide' : 'gap';
}

/** By token, whether it follows "in witness" closely with its neighbours: "b" before, "f" after. */
function describeSignatures(text: string, texts: readonly TokenText[]): string[] {
  const bigrams = collectSignatureBigrams(text);
  const has = (first: TokenText | undefined, second: TokenText | undefined) =>
    bigrams.get(first?.key ?? '')?.has(second?.key ?? '') === true;
  return texts.map((token, i) => {
    const withNext = has(token, texts[i + 1]) ? 'f' : '';
    return has(texts[i - 1], token) ? `b${withNext}` : withNext;
  });
}

interface TokenContext {
  /** "p" within a parenthesis, "q" within quotes. */
  states: string[];
  /** How many tokens ago a word was that introduces a list of parties, and "between", in steps. */
  list: Column;
  between: Column;
}

function describeContext(texts: readonly TokenText[], marks: readonly string[]): TokenContext {
  const list = new Int32Array(texts.length);
  const between = new Int32Array(texts.length);
  let sinceList = 1000;
  let sinceBetween = 1000;
  let depth = 0;
  let quoteDepth = 0;
  const states = texts.map(({ word }, i) => {
    const mark = marks[i]!;
    if (mark === '(') depth = 40;
    const state = `${depth > 0 ? 'p' : ''}${quoteDepth > 0 ? 'q' : ''}`;
    if (mark === ')') depth = 0;
    if (/^["\u201c\u201d]$/.test(mark)) quoteDepth = quoteDepth > 0 ? 0 : 15;
    list[i] = bucketOf(sinceList, [0, 1, 3, 8, 20, 60]);
    between[i] = bucketOf(sinceBetween, [0, 1, 3, 8, 20, 60, 150]);
    sinceList = listWord.test(word) ? 0 : sinceList + 1;
    sinceBetween = /^(?:between|among|amongst)$/.test(word) ? 0 : sinceBetween + 1;
    depth = Math.max(0, depth - 1);
    quoteDepth = Math.max(0, quoteDepth - 1);
    return state;
  });
  return { states, list, between };
}

/** How many tokens ahead a legal form is, at most 9, with nothing between that ends a name. */
function countToForm(texts: readonly TokenText[]): Column {
  const found = new Int32Array(texts.length).fill(9);
  for (let i = texts.length - 2, ahead = 9; i >= 0; i--) {
    const { kind, word } = texts[i + 1]!;
    if (kind === 'form') ahead = 1;
    else if (kind === 'low' || kind === 'stop' || /[;()]/.test(word)) ahead = 9;
    else ahead = Math.min(9, ahead + 1);
    found[i] = ahead;
  }
  return found;
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
  const textProperties = new Map<string, TokenText>();
  const texts = tokens.map((token) => {
    let known = textProperties.get(token.text);
    if (!known) textProperties.set(token.text, (known = describeText(token)));
    return known;
  });
  const counts = countWordCases(text);
  const countColumn = (occurrences: 'lower' | 'upper', steps: readonly number[]) =>
    Int32Array.from(texts, ({ word: key }) => {
      const count = counts.get(key);
      return count ? bucketOf(count[occurrences], steps) : hashString('-');
    });
  const word = hashColumn(texts.map((token) => token.word));
  const shape = hashColumn(texts.map((token) => token.shape));
  const kind = hashColumn(texts.map((token) => token.kind));
  const prefix = hashColumn(texts.map((token) => token.word.slice(0, 3)));
  const suffix = hashColumn(texts.map((token) => token.word.slice(-3)));
  const line = hashColumn(
    tokens.map(({ start }, i) =>
      i === 0 ? 'para' : describeSeparator(text.slice(tokens[i - 1]!.end, start)),
    ),
  );
  const partyTag = hashColumn(encodeSpanTags(tokens, rules.parties));
  const nameTag = hashColumn(encodeSpanTags(tokens, rules.names));
  const signature = hashColumn(describeSignatures(text, texts));
  const { states, list, between } = describeContext(
    texts,
    tokens.map((token) => token.text),
  );
  const state = hashColumn(states);
  const formAhead = countToForm(texts);
  const lower = countColumn('lower', [0, 2, 10]);
  const upper = countColumn('upper', [1, 3, 10, 30]);
  const position = Int32Array.from(tokens, ({ start }) =>
    bucketOf(start, [0, 100, 300, 800, 1500, 2500, 4000]),
  );
  const { preamble } = rules;
  const opening = hashColumn(
    tokens.map(({ start }) =>
      preamble === undefined
        ? 'none'
        : start < preamble.start
          ? 'before'
          : start < preamble.end
            ? 'in'
            : 'after',
    ),
  );

  const features: ColumnFeature[] = [];
  const add = (name: string, ...inputs: ColumnFeature['inputs']) =>
    features.push({ name, inputs, missing: '' });
  const addOrDash = (name: string, ...inputs: ColumnFeature['inputs']) =>
    features.push({ name, inputs, missing: '-' });

  for (let d = -3; d <= 3; d++) addOrDash(`w${d}`, [word, d]);
  for (let d = -2; d <= 2; d++) addOrDash(`s${d}`, [shape, d]);
  for (let d = -2; d <= 3; d++) addOrDash(`k${d}`, [kind, d]);
  add('w-1w', [word, -1], [word, 0]);
  add('ww1', [word, 0], [word, 1]);
  add('w1w2', [word, 1], [word, 2]);
  add('w-2w-1', [word, -2], [word, -1]);
  add('sss', [shape, -1], [shape, 0], [shape, 1]);
  add('kkk', [kind, -1], [kind, 0], [kind, 1]);
  add('kkkk', [kind, 0], [kind, 1], [kind, 2], [kind, 3]);
  add('wk1', [word, 0], [kind, 1]);
  add('k-1w', [kind, -1], [word, 0]);
  add('w-1k', [word, -1], [kind, 0]);
  add('kw1', [kind, 0], [word, 1]);
  add('pre', [prefix, 0], [kind, 0]);
  add('suf', [suffix, 0], [kind, 0]);
  for (const d of [-1, 0, 1]) addOrDash(`r${d}`, [partyTag, d]);
  add('rr', [partyTag, -1], [partyTag, 0], [partyTag, 1]);
  add('rn', [partyTag, 0], [nameTag, 0]);
  add('n', [nameTag, -1], [nameTag, 0], [nameTag, 1]);
  add('rk', [partyTag, 0], [kind, 0], [kind, 1]);
  add('rl', [partyTag, 0], [line, 0], [line, 1]);
  add('rkk', [partyTag, 0], [kind, -1], [kind, 0]);
  add('line', [line, 0], [kind, 0]);
  addOrDash('line1', [line, 1], [kind, 0]);
  add('linek', [line, 0], [kind, -1], [kind, 0]);
  add('form', [formAhead, 0], [kind, 0], [kind, -1]);
  add('state', [state, 0], [kind, 0]);
  add('at', [position, 0], [kind, 0]);
  add('pre', [opening, 0], [kind, 0]);
  add('prer', [opening, 0], [partyTag, 0], [nameTag, 0]);
  add('prew', [opening, 0], [word, -1], [kind, 0]);
  add('between', [between, 0], [kind, 0]);
  add('list', [list, 0], [kind, 0]);
  add('betweenr', [between, 0], [partyTag, 0], [kind, 0]);
  add('low', [lower, 0], [kind, 0]);
  add('lowup', [lower, 0], [upper, 0], [kind, 0]);
  add('sign', [signature, 0], [kind, 0]);
  add('signr', [signature, 0], [partyTag, 0], [kind, 0]);
  return hashFeatures(features, tokens.length, buckets);
}
