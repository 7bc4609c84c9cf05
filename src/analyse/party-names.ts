import type { Span } from '../documents.ts';

/** A name where it stands, read token by token. */
export interface NameMention extends Span {
  /** Whether a legal form is in it: "Inc.", "GmbH". */
  legalForm: boolean;
  /** Index of the token after it. */
  next: number;
}

export interface Token extends Span {
  text: string;
}

const legalForm =
  /^(?:inc|incorporated|corp|corporation|company|co|llc|l\.l\.c|lp|l\.p|llp|l\.l\.p|lllp|ltd|ltda|limited|plc|p\.l\.c|gmbh|ag|kg|se|s\.a|sa|sas|s\.a\.s|sarl|s\.a\.r\.l|s\.a\.r\.l|s\.p\.a|spa|s\.r\.l|srl|n\.v|nv|b\.v|bv|oy|oyj|ab|asa|a\/s|aps|kk|k\.k|pte|pty|pvt|bhd|n\.a|partnership|aktiengesellschaft|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;
const connector = /^(?:of|the|for|de|la|du|del|di|von|van|der|den|y|e|und|et|&|\/|\+)$/i;
/** Capitalised, in capitals or with a digit first; or a domain such as "salesforce.com". */
const word =
  /^(?:["\u201c]?[A-Z0-9\u00c0-\u00de][\w.&'\u2019\u00c0-\u024f\/!+-]*|[a-z]\w*\.(?:com|org|net)|[a-z][A-Z]\w*)$/;
/** Words in capitals that end a name where a whole opening is set in capitals. */
const stop =
  /^(?:a|an|with|having|located|whose|which|residing|on|in|as|by|at|is|are|and|or|between|among|hereinafter|a\/k\/a|d\/b\/a|dba|f\/k\/a|formerly|dated|each|both|collectively|this|that|organized|duly|whereas|recitals|attn|attention|address|acting|together|its|their|effective)$/i;

export function tokens(text: string, span: Span): Token[] {
  const found: Token[] = [];
  for (const match of text.slice(span.start, span.end).matchAll(/[(),;:]|[^\s(),;:]+/g)) {
    const start = span.start + match.index;
    found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}

export function isLegalForm(token: Token | undefined): boolean {
  return token !== undefined && legalForm.test(token.text);
}

/** "(Hong Kong)" within a name: the index after it, or -1. */
function afterPlace(list: Token[], at: number): number {
  if (list[at]?.text !== '(') return -1;
  for (let i = at + 1; i < at + 5; i++) {
    if (list[i]?.text === ')') return i > at + 1 && isLegalForm(list[i + 1]) ? i + 1 : -1;
    if (!list[i] || !word.test(list[i]!.text)) return -1;
  }
  return -1;
}

/** The index after a comma that belongs to the name ("Acme, Inc.", "Keefe, Bruyette & Woods"), or -1. */
function afterComma(list: Token[], at: number): number {
  if (list[at]?.text !== ',') return -1;
  if (isLegalForm(list[at + 1]) && !/^(?:trust|bank|fund|university)/i.test(list[at + 1]!.text))
    return at + 1;
  if (afterPlace(list, at + 1) > 0) return at + 1;
  return list[at + 2]?.text === '&' ? at + 1 : -1;
}

/** The name that begins at token `at`, with the index after it; undefined where none begins there. */
export function readName(list: Token[], at: number): NameMention | undefined {
  const first = list[at];
  if (!first || !word.test(first.text) || stop.test(first.text)) return undefined;
  let next = at + 1;
  let complete = isLegalForm(first);
  for (let read = 1; read < 16; read++) {
    const token = list[next];
    if (!token) break;
    const place = afterPlace(list, next);
    const comma = afterComma(list, next);
    if (place > 0) next = place;
    else if (comma > 0) next = comma;
    else if (isLegalForm(token)) {
      complete = true;
      next++;
    } else if (complete && !connector.test(token.text) && endsWithForm(list[next - 1]!)) break;
    else if (/^and$/i.test(token.text)) {
      if (next !== at + 1 || !joins(list, next)) break;
      next++;
    } else if (connector.test(token.text)) {
      if (!list[next + 1] || !word.test(list[next + 1]!.text) || stop.test(list[next + 1]!.text))
        break;
      next++;
    } else if (word.test(token.text) && !stop.test(token.text)) next++;
    else break;
  }
  while (next > at + 1 && connector.test(list[next - 1]!.text)) next--;
  const last = list[next - 1]!;
  return { start: first.start, end: last.end, legalForm: complete, next };
}

/** Forms after which nothing of a name follows; "Bank" and "Company" may go on. */
function endsWithForm(token: Token): boolean {
  return /^(?:inc|incorporated|llc|l\.l\.c|ltd|limited|plc|gmbh|lp|l\.p|llp|corp|corporation|ag|n\.v|b\.v)\.?$/i.test(
    token.text,
  );
}

/** "Procter and Gamble Company": one word, "and", and a name with a legal form within three words. */
function joins(list: Token[], and: number): boolean {
  for (let i = and + 1; i <= and + 3; i++) {
    if (!list[i] || !word.test(list[i]!.text)) return false;
    if (i > and + 1 && isLegalForm(list[i])) return true;
  }
  return false;
}

/** A name as it is shown: white space collapsed, quotes and a trailing comma dropped. */
export function shownName(text: string, { start, end }: Span): string {
  return text
    .slice(start, end)
    .replace(/\s+/g, ' ')
    .replace(/["\u201c\u201d]/g, '')
    .replace(/[\s,;:]+$/, '')
    .trim();
}
