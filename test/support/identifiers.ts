/** An identifier in source code, and the line it stands on, from 1. */
export interface Identifier {
  name: string;
  line: number;
}

const identifierStart = /[\p{ID_Start}$_]/u;
const identifierPattern = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const numberPattern = /\d[\w.]*/y;

/** After these a slash begins a regular expression; after any other word it divides. */
const wordsBeforeExpression = new Set(
  'await case delete do else in instanceof new of return throw typeof void yield'.split(' '),
);

/**
 * The identifiers of TypeScript source, without those inside strings, regular expressions and
 * comments. Code inside `${}` of a template counts.
 */
export function identifiersOf(source: string): Identifier[] {
  const found: Identifier[] = [];
  /** For each open brace, whether it closes an expression inside a template. */
  const braces: boolean[] = [];
  let at = 0;
  let line = 1;
  let canDivide = false;

  const advanceTo = (end: number) => {
    for (; at < end; at++) if (source[at] === '\n') line++;
  };
  const skipString = (quote: string) => {
    let end = at + 1;
    while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
    advanceTo(end + 1);
  };
  /** From after a backtick or after the brace of an expression, up to the next of them. */
  const skipTemplateText = () => {
    let end = at;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end)) {
      end += source[end] === '\\' ? 2 : 1;
    }
    const isExpression = source[end] === '$';
    if (isExpression) braces.push(true);
    canDivide = !isExpression;
    advanceTo(end + (isExpression ? 2 : 1));
  };
  const skipRegularExpression = () => {
    let end = at + 1;
    let inClass = false;
    while (end < source.length && (inClass || source[end] !== '/')) {
      if (source[end] === '[') inClass = true;
      else if (source[end] === ']') inClass = false;
      end += source[end] === '\\' ? 2 : 1;
    }
    end += 1;
    while (/[a-z]/.test(source[end] ?? '')) end += 1;
    advanceTo(end);
  };
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };

  while (at < source.length) {
    const character = source[at]!;
    if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at);
      advanceTo(end < 0 ? source.length : end);
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      advanceTo(end < 0 ? source.length : end + 2);
    } else if (character === "'" || character === '"') {
      skipString(character);
      canDivide = true;
    } else if (character === '`') {
      advanceTo(at + 1);
      skipTemplateText();
    } else if (character === '/' && !canDivide) {
      skipRegularExpression();
      canDivide = true;
    } else if (character === '{') {
      braces.push(false);
      canDivide = false;
      advanceTo(at + 1);
    } else if (character === '}') {
      advanceTo(at + 1);
      if (braces.pop()) skipTemplateText();
      else canDivide = false;
    } else if (identifierStart.test(character)) {
      const name = match(identifierPattern)!;
      found.push({ name, line });
      canDivide = !wordsBeforeExpression.has(name);
      advanceTo(at + name.length);
    } else if (/\d/.test(character)) {
      advanceTo(at + match(numberPattern)!.length);
      canDivide = true;
    } else {
      if (/\S/.test(character)) canDivide = character === ')' || character === ']';
      advanceTo(at + 1);
    }
  }
  return found;
}

/** The words of an identifier in lower case: `maxHTTPSessions_total` is max, http, sessions, total. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_$]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
