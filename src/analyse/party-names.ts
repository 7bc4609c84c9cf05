import type { Span } from '../documents.ts';
import {
  endsSentence,
  endsWithForm,
  isConnector,
  isLegalForm,
  isNameWord,
  isStop,
  type Token,
} from './name-tokens.ts';

/** A name where it stands, read token by token. */
export interface NameMention extends Span {
  /** Whether a legal form is in it: "Inc.", "GmbH". */
  legalForm: boolean;
  /** Index of the token after it. */
  next: number;
}

export interface NameReading {
  joined?: boolean;
  /** Whether a number may stand first: "1661 Inc.". */
  numbered?: boolean;
  /** Whether a name ends between two tokens. */
  until?: (last: Token, next: Token) => boolean;
}

/** Numbers, years and what opens a sentence rather than a name. */
const notFirst =
  /^(?:\d[\d.,:/-]*(?:am|pm)?|if|such|no|any|all|section|article|exhibit|schedule|if|see|page)$/i;
/** "(Hong Kong)" within a name, the legal form near behind it: the index after it, or -1. */
function afterPlace(list: Token[], at: number): number {
  if (list[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (list[i]?.text !== ')') {
      if (!list[i] || !isNameWord(list[i]!.text) || /["\u201c]|^\d{1,2}$/.test(list[i]!.text))
        return -1;
      continue;
    }
    if (i === at + 1) return -1;
    const next = list[i + 1]?.text === ',' ? i + 2 : i + 1;
    if (isLegalForm(list[next])) return i + 1;
    const rest = list.slice(i + 1, i + 5);
    const form = rest.findIndex((token) => isLegalForm(token));
    const named = rest.slice(0, form).every(({ text }) => isNameWord(text) && !isStop(text));
    return form > 0 && named ? i + 1 : -1;
  }
  return -1;
}

/** What follows a person's name behind a comma. */
const credential = /^(?:m\.?d|n\.d|ph\.?d|d\.o|d\.d\.s|d\.v\.m|m\.b\.a|esq|jr|sr|cpa|ii|iii)\.?$/i;

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function afterComma(list: Token[], at: number): number {
  if (list[at]?.text !== ',') return -1;
  if (isLegalForm(list[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(list[at + 1]!.text))
    return at + 1;
  if (afterPlace(list, at + 1) > 0 || credential.test(list[at + 1]?.text ?? '')) return at + 1;
  return list[at + 2]?.text === '&' ? at + 1 : -1;
}

/**
 * The name that begins at token `at`; undefined where none begins there. "and" goes on only with
 * `joined`, as where every name has a line of its own; `until` says where else it ends.
 */
export function readName(
  list: Token[],
  at: number,
  { joined = false, numbered = false, until = () => false }: NameReading = {},
): NameMention | undefined {
  const first = list[at];
  const opens =
    first &&
    isStop(first.text) &&
    /^(?:At|In|On|By|A|As|With|To|From|Is|Its)$/.test(first.text) &&
    nearsForm(list, at + 1);
  if (
    !first ||
    !isNameWord(first.text) ||
    (isStop(first.text) && !opens) ||
    notFirst.test(first.text)
  ) {
    if (!numbered || !first || !/^\d{1,4}$/.test(first.text)) return undefined;
    const name = readName(list, at + 1, { joined, until });
    return name?.legalForm ? { ...name, start: first.start } : undefined;
  }
  let next = at + 1;
  let complete = isLegalForm(first);
  for (let read = 1; read < 16; read++) {
    const token = list[next];
    const last = list[next - 1]!;
    if (
      !token ||
      (endsSentence(last) && (joined || !nearsForm(list, next))) ||
      heading.test(last.text) ||
      until(last, token)
    )
      break;
    const place = afterPlace(list, next);
    const comma = afterComma(list, next);
    if (place > 0) next = place;
    else if (comma > 0) next = comma;
    else if (isLegalForm(token) || (token.text === 'AS' && /[a-z]/.test(list[next - 1]!.text))) {
      complete = true;
      next++;
    } else if (complete && endsWithForm(last) && !goesOn(list, next)) {
      if (joined || !nearsForm(list, next)) break;
      next++;
    } else if (/^and$/i.test(token.text)) {
      if (!joined || !joins(list, next)) break;
      next++;
    } else if (isConnector(token.text)) {
      // "of the University": two in a row.
      const after = isConnector(list[next + 1]?.text ?? '') ? next + 2 : next + 1;
      const word = list[after]?.text ?? '';
      const address = /^(?:of|at)$/i.test(token.text) && /^\d/.test(word);
      if (!isNameWord(word) || isStop(word) || address) break;
      next = after;
    } else if (nickname.test(token.text) && /^\p{Lu}/u.test(list[next + 1]?.text ?? '')) next += 2;
    else if (isNameWord(token.text) && (!isStop(token.text) || isWithin(list, next))) next++;
    else if (/^[a-z]{3,}$/.test(token.text) && !isStop(token.text) && formFollows(list, next))
      next++;
    else break;
  }
  while (next > at + 1 && isConnector(list[next - 1]!.text)) next--;
  const last = list[next - 1]!;
  return { start: first.start, end: last.end, legalForm: complete, next };
}

/** What a title ends with, so that no name goes on behind it. */
const heading = /^(?:agreement|contract|amendment|addendum|\d+\.\d+)$/i;
const nickname = /^["\u201c]\p{Lu}\p{L}+["\u201d]$/u;

/** Whether the legal form stands right behind token `at`, a comma between them or not. */
function formFollows(list: Token[], at: number): boolean {
  const next = list[at + 1]?.text === ',' ? at + 2 : at + 1;
  return endsWithForm(list[next]);
}

/** Whether words of a name and, without a comma, a legal form follow within three tokens. */
function nearsForm(list: Token[], at: number): boolean {
  for (let i = at; i < at + 3 && list[i]; i++) {
    if (!isNameWord(list[i]!.text) || isStop(list[i]!.text) || isLegalForm(list[i])) return false;
    if (endsWithForm(list[i + 1])) return true;
  }
  return false;
}

/** "YOU ON DEMAND HOLDINGS, INC.": a preposition in capitals, the legal form within three words. */
function isWithin(list: Token[], at: number): boolean {
  if (!/^(?:ON|IN|AT|On|In|At)$/.test(list[at]!.text)) return false;
  for (let i = at + 1; i <= at + 4 && list[i]; i++) {
    if (isLegalForm(list[i]) || (list[i]!.text === ',' && isLegalForm(list[i + 1])))
      return i > at + 1;
    if (!isNameWord(list[i]!.text) || isStop(list[i]!.text)) return false;
  }
  return false;
}

/** After a legal form: "GmbH & Co.", "Corporation of America", but no "Ltd. of Beijing". */
function goesOn(list: Token[], at: number): boolean {
  if (/^de$/i.test(list[at]!.text)) return /^(?:c\.?v|r\.?l)\.?$/i.test(list[at + 1]?.text ?? '');
  if (list[at]!.text === '&') return /^co\b/i.test(list[at + 1]?.text ?? '');
  return /^of$/i.test(list[at]!.text) && /^corporation$/i.test(list[at - 1]!.text);
}

/** "and" before a name with a legal form within four words: "Gamble Company". */
function joins(list: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 4; i++) {
    if (!list[i] || !isNameWord(list[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(list[i])) return true;
  }
  return false;
}
