import type { Span } from '../domain/documents.ts';

/** A party where a contract names it, with what it calls it from there on. */
export interface PartyMention {
  span: Span;
  role?: string;
}

/** More parties than this are not read from one contract. */
export const maxParties = 40;

const collectivePhrase = /\b(?:collectively|each|individually|together|either|jointly)\b/i;
/** Also as old files write quotes: ``Acme'', ?Acme?. */
const quotedRole =
  /(?:``|''|["\u201c\u201d\u201e\u00ab\u2018'\u0093]|\?(?=[A-Z]))\s*([^"\u201c\u201d\u00bb?]{1,60}?)\s*(?:["\u201c\u201d\u00bb\u2019'\u0094]|\?(?!\w))/;
const bareRole = /^\((?:the |as )?([A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2})\s*\)$/;
const unquotedRole =
  /^\(\s*(?:hereinafter|hereafter)[\s,]+(?:(?:to be )?(?:referred to|called|known)\s+)?(?:as\s+)?(?:the\s+)?([A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2})\s*\)$/i;
const nonRole =
  /^(?:the )?(?:part(?:y|ies)|(?:this )?agreement|(?:.* )?date|contract|lease|.*\bact|.*\bplan|sec|[a-z]+ agreement|policy|.*\bcommission|filing|\W*)$/i;

/** The role a parenthesis gives, e.g. `(the "Company")`; undefined where it gives none. */
export function parseRole(content: string): string | undefined {
  const match = quotedRole.exec(content) ?? unquotedRole.exec(content) ?? bareRole.exec(content);
  if (!match || collectivePhrase.test(content.slice(0, match.index))) return undefined;
  const role = match[1]!
    .replace(/\s+/g, ' ')
    .replace(/^the /i, '')
    .replace(/[,.;]+$/, '')
    .trim();
  return role === '' || nonRole.test(role) ? undefined : role;
}
