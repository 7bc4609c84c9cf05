import type { Span } from '../domain/documents.ts';
import {
  endsSentence,
  isFinalLegalForm,
  isConnector,
  isLegalForm,
  isNameWord,
  isStopWord,
  type Token,
} from './name-tokens.ts';

/** A name where it stands, read token by token. */
export interface NameMention extends Span {
  /** Whether a legal form is in it: "Inc.", "GmbH". */
  hasLegalForm: boolean;
  /** Index of the token after it. */
  next: number;
}

export interface NameOptions {
  allowsAnd?: boolean;
  /** Whether a number may stand first: "1661 Inc.". */
  allowsLeadingNumber?: boolean;
  /** Whether a name ends between two tokens. */
  isBoundary?: (last: Token, next: Token) => boolean;
}

/** Numbers, years and what opens a sentence rather than a name. */
const nonInitialWord =
  /^(?:\d[\d.,:/-]*(?:am|pm)?|if|such|no|any|all|section|article|exhibit|schedule|if|see|page)$/i;
/** "(Hong Kong)" within a name, the legal form near behind it: the index after it, or -1. */
function indexAfterQualifier(tokens: Token[], at: number): number {
  if (tokens[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (tokens[i]?.text !== ')') {
      if (!tokens[i] || !isNameWord(tokens[i]!.text) || /["\u201c]|^\d{1,2}$/.test(tokens[i]!.text))
        return -1;
      continue;
    }
    if (i === at + 1) return -1;
    const next = tokens[i + 1]?.text === ',' ? i + 2 : i + 1;
    if (isLegalForm(tokens[next])) return i + 1;
    const rest = tokens.slice(i + 1, i + 5);
    const form = rest.findIndex((token) => isLegalForm(token));
    const areNameWords = rest
      .slice(0, form)
      .every(({ text }) => isNameWord(text) && !isStopWord(text));
    return form > 0 && areNameWords ? i + 1 : -1;
  }
  return -1;
}

/** What follows a person's name behind a comma. */
const credential = /^(?:m\.?d|n\.d|ph\.?d|d\.o|d\.d\.s|d\.v\.m|m\.b\.a|esq|jr|sr|cpa|ii|iii)\.?$/i;

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function indexAfterComma(tokens: Token[], at: number): number {
  if (tokens[at]?.text !== ',') return -1;
  if (isLegalForm(tokens[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(tokens[at + 1]!.text))
    return at + 1;
  if (indexAfterQualifier(tokens, at + 1) > 0 || credential.test(tokens[at + 1]?.text ?? ''))
    return at + 1;
  return tokens[at + 2]?.text === '&' ? at + 1 : -1;
}

/**
 * The name that begins at token `at`; undefined where none begins there. "and" goes on only with
 * `joined`, as where every name has a line of its own; `until` says where else it ends.
 */
export function parseName(
  tokens: Token[],
  at: number,
  { allowsAnd = false, allowsLeadingNumber = false, isBoundary = () => false }: NameOptions = {},
): NameMention | undefined {
  const first = tokens[at];
  const startsWithPreposition =
    first &&
    isStopWord(first.text) &&
    /^(?:At|In|On|By|A|As|With|To|From|Is|Its)$/.test(first.text) &&
    hasLegalFormAhead(tokens, at + 1);
  if (
    !first ||
    !isNameWord(first.text) ||
    (isStopWord(first.text) && !startsWithPreposition) ||
    nonInitialWord.test(first.text)
  ) {
    if (!allowsLeadingNumber || !first || !/^\d{1,4}$/.test(first.text)) return undefined;
    const name = parseName(tokens, at + 1, { allowsAnd, isBoundary });
    return name?.hasLegalForm ? { ...name, start: first.start } : undefined;
  }
  let next = at + 1;
  let isComplete = isLegalForm(first);
  for (let count = 1; count < 16; count++) {
    const token = tokens[next];
    const last = tokens[next - 1]!;
    if (
      !token ||
      (endsSentence(last) && (allowsAnd || !hasLegalFormAhead(tokens, next))) ||
      titleEnd.test(last.text) ||
      isBoundary(last, token)
    )
      break;
    const afterQualifier = indexAfterQualifier(tokens, next);
    const afterCommaIndex = indexAfterComma(tokens, next);
    if (afterQualifier > 0) next = afterQualifier;
    else if (afterCommaIndex > 0) next = afterCommaIndex;
    else if (isLegalForm(token) || (token.text === 'AS' && /[a-z]/.test(tokens[next - 1]!.text))) {
      isComplete = true;
      next++;
    } else if (isComplete && isFinalLegalForm(last) && !continuesAfterForm(tokens, next)) {
      if (allowsAnd || !hasLegalFormAhead(tokens, next)) break;
      next++;
    } else if (/^and$/i.test(token.text)) {
      if (!allowsAnd || !joinsNames(tokens, next)) break;
      next++;
    } else if (isConnector(token.text)) {
      // "of the University": two in a row.
      const after = isConnector(tokens[next + 1]?.text ?? '') ? next + 2 : next + 1;
      const word = tokens[after]?.text ?? '';
      const isAddress = /^(?:of|at)$/i.test(token.text) && /^\d/.test(word);
      if (!isNameWord(word) || isStopWord(word) || isAddress) break;
      next = after;
    } else if (nickname.test(token.text) && /^\p{Lu}/u.test(tokens[next + 1]?.text ?? ''))
      next += 2;
    else if (
      isNameWord(token.text) &&
      (!isStopWord(token.text) || isPrepositionInName(tokens, next))
    )
      next++;
    else if (
      /^[a-z]{3,}$/.test(token.text) &&
      !isStopWord(token.text) &&
      isFollowedByForm(tokens, next)
    )
      next++;
    else break;
  }
  while (next > at + 1 && isConnector(tokens[next - 1]!.text)) next--;
  const last = tokens[next - 1]!;
  return { start: first.start, end: last.end, hasLegalForm: isComplete, next };
}

/** What a title ends with, so that no name goes on behind it. */
const titleEnd = /^(?:agreement|contract|amendment|addendum|\d+\.\d+)$/i;
const nickname = /^["\u201c]\p{Lu}\p{L}+["\u201d]$/u;

/** Whether the legal form stands right behind token `at`, a comma between them or not. */
function isFollowedByForm(tokens: Token[], at: number): boolean {
  const next = tokens[at + 1]?.text === ',' ? at + 2 : at + 1;
  return isFinalLegalForm(tokens[next]);
}

/** Whether words of a name and, without a comma, a legal form follow within three tokens. */
function hasLegalFormAhead(tokens: Token[], at: number): boolean {
  for (let i = at; i < at + 3 && tokens[i]; i++) {
    if (!isNameWord(tokens[i]!.text) || isStopWord(tokens[i]!.text) || isLegalForm(tokens[i]))
      return false;
    if (isFinalLegalForm(tokens[i + 1])) return true;
  }
  return false;
}

/** "YOU ON DEMAND HOLDINGS, INC.": a preposition in capitals, the legal form within three words. */
function isPrepositionInName(tokens: Token[], at: number): boolean {
  if (!/^(?:ON|IN|AT|On|In|At)$/.test(tokens[at]!.text)) return false;
  for (let i = at + 1; i <= at + 4 && tokens[i]; i++) {
    if (isLegalForm(tokens[i]) || (tokens[i]!.text === ',' && isLegalForm(tokens[i + 1])))
      return i > at + 1;
    if (!isNameWord(tokens[i]!.text) || isStopWord(tokens[i]!.text)) return false;
  }
  return false;
}

/** After a legal form: "GmbH & Co.", "Corporation of America", but no "Ltd. of Beijing". */
function continuesAfterForm(tokens: Token[], at: number): boolean {
  if (/^de$/i.test(tokens[at]!.text))
    return /^(?:c\.?v|r\.?l)\.?$/i.test(tokens[at + 1]?.text ?? '');
  if (tokens[at]!.text === '&') return /^co\b/i.test(tokens[at + 1]?.text ?? '');
  return /^of$/i.test(tokens[at]!.text) && /^corporation$/i.test(tokens[at - 1]!.text);
}

/** "and" before a name with a legal form within four words: "Gamble Company". */
function joinsNames(tokens: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 4; i++) {
    if (!tokens[i] || !isNameWord(tokens[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(tokens[i])) return true;
  }
  return false;
}
