import type { Span } from '../domain/documents.ts';

/** A word of a name or what stands between names. */
export interface Token extends Span {
  text: string;
}

/** Legal forms, and what institutions are called by. */
const legalForm =
  /^(?:inc|incorporated|corp|corporation|company|co|llc|l\.l\.c|lp|l\.p|llp|l\.l\.p|lllp|ltd|ltda|limited|plc|p\.l\.c|gmbh|ag|kg|se|s\.a|sa|sas|s\.a\.s|sarl|s\.a\.r\.l|s\/a|g\.i\.e|s\.p\.a|spa|s\.r\.l|srl|n\.v|nv|b\.v|bv|oy|oyj|ab|asa|a\/s|a\.s|a\.\u015f|aps|kk|k\.k|s\.l|s\.l\.u|s\.a\.b|s\.a\.u|s\.c\.a|sdn|c\.v|ltd\.\u015fti|d\.o\.o|s\.r\.o|jsc|pjsc|ooo|pte|pty|pvt|bhd|n\.a|partnership|aktiengesellschaft|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;
const connector =
  /^(?:of|the|for|de|la|du|del|di|von|van|der|den|do|da|dos|das|y|e|und|et|&|\/|\+|-|\u2013)$/i;
/** Capitalised, in capitals or with a digit first; or a domain such as "salesforce.com". */
const nameWord =
  /^(?:["\u201c@#]?[\p{Lu}0-9][\p{L}\p{M}\p{N}_.&'\u2018\u2019\u00b4\u00ae\u2122\u2010-\u2014/!+*-]*|[a-z][\w-]*\.(?:com|org|net|tv|biz|info|ca|de|co\.uk|ai|io)|[a-z]{1,3}-?[A-Z][\w.&'\u2019!-]*|[a-z]-[a-z]+)$/u;
/** Words in capitals that end a name where a whole opening is set in capitals. */
const stopWord =
  /^(?:a|an|with|having|located|whose|which|residing|on|in|as|by|at|is|are|and|or|between|among|hereinafter|a\/k\/a|d\/b\/a|dba|f\/k\/a|formerly|dated|each|both|collectively|this|that|organized|duly|whereas|recitals|attn|attention|address|acting|together|its|their|effective|individually|who|whereby|hereby|referred|hereafter|herein|known|existing|telephone|tel|fax|registered|registration|c\/o|collectively|severally|jointly|to|from)$/i;

/** A full stop behind a word of four letters or more ends the sentence, and with it the name. */
const sentenceEnd = /[a-z0-9]{4}\.$/i;

export const isConnector = (text: string) => connector.test(text);
export const isNameWord = (text: string) => nameWord.test(text);
export const isStopWord = (text: string) => stopWord.test(text);

/** Words, commas, colons and parentheses, each where it stands. */
export function tokenizeNames(text: string, span: Span): Token[] {
  const found: Token[] = [];
  for (const match of text.slice(span.start, span.end).matchAll(/[(),;:]|[^\s(),;:]+/g)) {
    const start = span.start + match.index;
    found.push({ text: match[0], start, end: start + match[0].length });
  }
  return found;
}

/** Words that are a legal form only with a capital: "incorporated in", "limited to" are none. */
const lowerCaseWord =
  /^(?:incorporated|limited|company|corporation|partnership|trust|association|foundation|institute|university|bank|fund|authority|se|as|co)\.?$/;

export function isLegalForm(token: Token | undefined): boolean {
  return token !== undefined && legalForm.test(token.text) && !lowerCaseWord.test(token.text);
}

/** Forms after which a name may go on: "Bank of …", "Company Ltd". */
const nonFinalForm =
  /^(?:company|co|partnership|trust|association|foundation|institute|university|bank|fund|authority)\.?$/i;

/** A legal form with which a name ends. */
export function isFinalLegalForm(token: Token | undefined): boolean {
  return token !== undefined && isLegalForm(token) && !nonFinalForm.test(token.text);
}

/** A full stop that ends more than the word: not that of "Inc." or "No.". */
export function endsSentence({ text }: Token): boolean {
  return sentenceEnd.test(text) && !/^(?:corp|ltda|mssrs|messrs|prof|univ|intl)\.$/i.test(text);
}
