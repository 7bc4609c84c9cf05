import type { Span } from '../domain/documents.ts';
import { findPreamble } from './preamble.ts';
import { isLegalForm, tokenizeNames, type Token } from './party-names.ts';
import { trimWhitespace } from './prepared-text.ts';

export interface Title {
  value: string;
  /** Where the text states it; absent if it comes from the file. */
  span?: Span;
}

const maxSearchLength = 8000;
const maxWords = 18;
const contractKind =
  /^(?:agreements?|contract|lease|amendment|addendum|undertaking|deed|guarant(?:y|ees?)|warranty|license|licence|policy|plan|memorandum|letter|attorney|sow|nda|msa|conditions|work|intent|sheet|order)$/i;
/** Kinds that need another word: "statement of work", "terms and conditions". */
const compoundKinds: [RegExp, RegExp][] = [
  [/^work$/i, /\bstatement\s+of\s+work$/i],
  [/^conditions$/i, /\bterms\s+and\s+conditions$/i],
  [/^attorney$/i, /\bpower\s+of\s+attorney$/i],
  [/^intent$/i, /\bletter\s+of\s+intent$/i],
  [/^sheet$/i, /\bterm\s+sheet$/i],
  [/^order$/i, /\b(?:work|purchase|task|change)\s+order$/i],
  [/^(?:policy|plan|letter|license|licence|warranty|memorandum)$/i, /\S\s+\S+$/],
];
/** Kinds after which a title continues only with "to", "of", "and" or a number. */
const finalKind = /^(?:agreement|contract|lease|amendment|addendum|deed)s?$/i;
const titleContinuation = /^(?:to|of|and|for|no\.?|number|[&,/#]|#?\d+|n\u00b0)$/i;
const connector = /^(?:and|of|to|for|the|on|in|&|a|an|no\.?|number|#?\d{1,3}|n\u00b0|\/|-|with)$/i;
const capitals = /^[^a-z]*[A-Z][^a-z]*$/;
const nonTitleWord =
  /^(?:this|whereas|between|by|among|dated|date|effective|made|entered|is|are|as|shall|will|pursuant|hereby|under|upon|has|have|\()$/i;
const titlePrefix =
  /^(?:(?:form|translation)\s+of|(?:last\s+)?(?:updated|revised|dated?)\s*:?\s+\w+\s+\d{1,2},?\s+\d{4}|(?:exhibit|ex|annex|attachment|appendix|schedule|bit)\.?\s+[\w.()-]{1,14}|execution\s+(?:version|copy)|conformed\s+copy|final(?:\s+version)?|draft|confidential(?:\s+treatment\s+requested)?|copy|version|page\s+\d+|agreement\s+(?:no|number|#)\S*\s+\S+|\d+\)|[\W\d]+)\s+/i;

/** The numeral of a company: "… CAPITAL TRUST II". */
const numeral = /^[IVX]+$/;

/** The title in a run of words that could be a heading; undefined if there is none. */
function findTitleInRun(text: string, run: Token[]): Span | undefined {
  let first = 0;
  for (let i = 0; i < run.length - 1; i++) {
    if (i > 0 && contractKind.test(run[i - 1]!.text)) break;
    if (i > 0 && isLegalForm(run[i]) && !/^agreement/i.test(run[i + 1]!.text)) {
      first = numeral.test(run[i + 1]!.text) ? i + 2 : i + 1;
    }
  }
  while (run[first] && connector.test(run[first]!.text)) first++;
  let last = -1;
  for (let i = first; i < run.length; i++) {
    if (!contractKind.test(run[i]!.text)) continue;
    if (
      last >= 0 &&
      finalKind.test(run[last]!.text) &&
      !titleContinuation.test(run[last + 1]!.text)
    )
      break;
    const phrase = text.slice(run[first]!.start, run[i]!.end);
    const compound = compoundKinds.find(([word]) => word.test(run[i]!.text));
    if (!compound || compound[1].test(phrase)) last = i;
  }
  if (last < 0) return undefined;
  const number = /^(?:no\.?|number|#\s?\d+|\d+)$/i;
  let end = last;
  while (run[end + 1] && number.test(run[end + 1]!.text) && end < last + 2) end++;
  let start = run[first]!.start;
  for (;;) {
    const prefix = titlePrefix.exec(text.slice(start, run[end]!.end));
    if (!prefix || prefix[0].length === 0) break;
    start += prefix[0].length;
  }
  const words = text.slice(start, run[end]!.end).split(/\s+/).length;
  const isSingleWord =
    words === 1 &&
    /^(?:agreement|contract|license|letter|plan|policy)s?$/i.test(text.slice(start, run[end]!.end));
  const isContractNumber =
    /^(?:\S+\s+){0,3}(?:agreement|contract)\s+(?:no|number|#)\b\W*\S*$/i.test(
      text.slice(start, run[end]!.end),
    );
  return isSingleWord || isContractNumber || words > maxWords || start >= run[end]!.end
    ? undefined
    : { start, end: run[end]!.end };
}

/** Finds words in capitals, on any number of lines, that name a kind of contract. */
function findInCapitals(text: string, until: number): Span | undefined {
  let run: Token[] = [];
  const finishRun = () => {
    const found = run.length > 0 ? findTitleInRun(text, run) : undefined;
    run = [];
    return found;
  };
  for (const token of tokenizeNames(text, { start: 0, end: until })) {
    const previous = run.at(-1);
    const textBetween = previous ? text.slice(previous.end, token.start) : '';
    const isSeparated = /\n\s*\n/.test(textBetween) && !/^(?:to|of|and|for)$/i.test(previous!.text);
    const isTitleWord =
      (capitals.test(token.text) ||
        (run.length > 0 && connector.test(token.text)) ||
        (run.length > 0 && /^[,]$/.test(token.text))) &&
      !nonTitleWord.test(token.text);
    if (isSeparated || !isTitleWord) {
      const found = finishRun();
      if (found) return found;
      if (!isTitleWord || !capitals.test(token.text)) continue;
    }
    run.push(token);
    if (/[a-z]{2}[.;:]$/i.test(token.text) && !isLegalForm(token) && !/^no\.$/i.test(token.text)) {
      const found = finishRun();
      if (found) return found;
    }
  }
  return finishRun();
}

/** Finds a short line that begins with a capital and names a kind of contract. */
function findOnLine(text: string, until: number): Span | undefined {
  for (const match of text.slice(0, until).matchAll(/[^\n]+/g)) {
    const line = { start: match.index, end: match.index + match[0].length };
    const lineTokens = tokenizeNames(text, line).filter((token) => !/^[#*]+$/.test(token.text));
    const stop = lineTokens.findIndex((token, index) => index > 0 && nonTitleWord.test(token.text));
    const run = stop < 0 ? lineTokens : lineTokens.slice(0, stop);
    if (
      run.length === 0 ||
      run.length > 14 ||
      !/^\W*[A-Z0-9]/.test(run[0]!.text) ||
      nonTitleWord.test(run[0]!.text)
    )
      continue;
    if (/[.;]$/.test(match[0].trim()) && stop < 0) continue;
    const lowerCaseTokens = run.filter(
      (token) => /^[a-z]/.test(token.text) && !connector.test(token.text),
    );
    if (lowerCaseTokens.length > 0) continue;
    const found = findTitleInRun(text, run);
    if (found) return found;
  }
  return undefined;
}

const openingTitle =
  /\bthis\s+((?:[A-Z#][\w&/'\u2019.,#-]*\s+|(?:and|of|to|for|the|in)\s+|\d+\s+){1,10}?(?:agreement|contract|lease|amendment|addendum|undertaking|deed)(?:\s+(?:no\.?|number)\s*\d+)?)(?=\s*,?\s*(?:\(|is\b|made\b|dated\b|entered\b|effective\b|by\b|between\b|["\u201c]))/i;

function findInOpening(text: string): Span | undefined {
  const match = openingTitle.exec(text.slice(0, maxSearchLength));
  if (!match || !/\s/.test(match[1]!.trim())) return undefined;
  const start = match.index + match[0].indexOf(match[1]!);
  return { start, end: start + match[1]!.length };
}

/**
 * Whether a claimed title is useful: not a path or a template's default, and more than one word.
 */
function isMeaningful(claimed: string | undefined): claimed is string {
  return (
    claimed !== undefined &&
    claimed.trim().length <= 150 &&
    /\p{L}{2,}\s+\p{L}{2,}/u.test(claimed) &&
    !/^(?:microsoft word|untitled|document\d*|slide|ex-?\d|powerpoint|converted|print)|\.\w{2,4}$|[\\]/i.test(
      claimed.trim(),
    )
  );
}

/**
 * Finds the title as written: the first heading above the opening that names a kind of contract,
 * else what the opening calls the contract, else the title that the file claims, else the file name
 * without its extension.
 */
export function findTitle(text: string, fileName: string, claimed?: string): Title {
  const preamble = findPreamble(text);
  const until = Math.min(
    text.length,
    maxSearchLength,
    preamble ? Math.max(preamble.start + 8, 40) : 2500,
  );
  const headings = [findInCapitals(text, until), findOnLine(text, until)].filter(
    (span) => span !== undefined,
  );
  const span =
    headings.toSorted((a, b) => a.start - b.start || b.end - a.end)[0] ??
    findInOpening(text) ??
    findInCapitals(text, Math.min(text.length, maxSearchLength)) ??
    findOnLine(text, Math.min(text.length, maxSearchLength));
  const titleSpan = span && trimWhitespace(text, span);
  if (titleSpan) {
    const value = text.slice(titleSpan.start, titleSpan.end).replace(/\s+/g, ' ');
    return {
      value: value.replace(/^\W+(?=\w)/, '').replace(/[\s,;:.\u201c"-]+$/, ''),
      span: titleSpan,
    };
  }
  if (isMeaningful(claimed)) return { value: claimed.replace(/\s+/g, ' ').trim() };
  const stem = fileName
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .replace(/_+/g, ' ')
    .trim();
  return { value: stem === '' ? fileName || 'Untitled' : stem };
}
