import { singleLine, showHidden, visibleText } from './visible.ts';

/** Foreign text in answers that are Markdown (CommonMark with the extensions of GitHub). */

/**
 * What is Markdown syntax within a line: escapes, code, emphasis, strikethrough, the end of a link text,
 * HTML, character references, bare web and email addresses. Underscores within words are none.
 */
const syntaxPattern =
  /\\(?=[!-/:-@[-`{-~]|$)|[`*~]|_+|\](?=[(:[]|$)|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)|(?<=https?|ftp):(?=\/\/)|(?<=www)\.|(?<=[\w.+-])@(?=[\w-])/gi;
/**
 * The same in the text of a link, which every bracket could end. Some renderers read escaped brackets there
 * as brackets, so the parenthesis that would make a link or an image of them is escaped too.
 */
const syntaxInLinkPattern = new RegExp(`${syntaxPattern.source}|[[\\]]|(?<=\\])\\(`, 'gi');

const isInWord = (text: string, start: number, end: number) =>
  /^[\p{L}\p{N}]$/u.test(text[start - 1] ?? '') && /^[\p{L}\p{N}]$/u.test(text[end] ?? '');

function escapeSyntax(line: string, pattern = syntaxPattern): string {
  return line.replace(pattern, (found, offset: number) =>
    found[0] === '_' && isInWord(line, offset, offset + found.length)
      ? found
      : Array.from(found, (character) => `\\${character}`).join(''),
  );
}

/** A name as literal text, for a place within a line: never at its beginning, where `1.` is a list. */
export function markdownName(name: string): string {
  return escapeSyntax(singleLine(name));
}

/** An id of a document, which a reader copies. */
const idPattern = /(?<![\w-])([\w-]{20})(?![\w-])/;

/**
 * The same for a sentence that Deedbox composed, and in which names are encoded by `singleLine` already. An
 * id that contains syntax becomes code, for an escaped one would be copied with its backslashes.
 */
export function markdownSentence(sentence: string): string {
  const parts = showHidden(sentence).split(idPattern);
  return parts
    .map((part, at) => {
      const escaped = escapeSyntax(part);
      return at % 2 === 1 && escaped !== part ? `\`${part}\`` : escaped;
    })
    .join('');
}

/** The same for a cell of a table. */
export function markdownCell(name: string): string {
  return markdownName(name).replaceAll('|', '\\|');
}

/** Addresses that people open; others, such as `javascript:`, are not given. */
const openedProtocols = ['https:', 'http:', 'file:'];

/** Characters of an address that could end a link or begin other syntax. */
const unsafeInUrl = /[^\x21-\x7E]|[\\<>`|"*^{}[\]]/g;

const percentEncode = (character: string) =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/**
 * The address in ASCII without characters that mean something in Markdown; undefined for one that nobody
 * should open.
 */
export function safeUrl(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url); // in ASCII
  if (!openedProtocols.includes(protocol)) return undefined;
  // the brackets of an IPv6 address stay
  const pathStart = href.indexOf('/', protocol.length + 2);
  return href.slice(0, pathStart) + href.slice(pathStart).replace(unsafeInUrl, percentEncode);
}

/** A link with a name as its text; the name alone where there is no address to open. */
export function markdownLink(name: string, url: string | undefined): string {
  const address = url === undefined ? undefined : safeUrl(url);
  if (address === undefined) return markdownName(name);
  return `[${escapeSyntax(singleLine(name), syntaxInLinkPattern)}](<${address}>)`;
}

const longestRun = (text: string, pattern: RegExp) =>
  Array.from(text.matchAll(pattern), ([run]) => run.length).reduce((a, b) => Math.max(a, b), 0);

/**
 * Text of a contract between two fences, with the words `contract-text` after the first one. The fences are
 * longer than every run of their character in the text, so the text cannot contain one.
 */
export function fencedText(text: string): string {
  const visible = visibleText(text);
  const [backticks, tildes] = [longestRun(visible, /`+/g), longestRun(visible, /~+/g)];
  const fence =
    backticks <= tildes
      ? '`'.repeat(Math.max(3, backticks + 1))
      : '~'.repeat(Math.max(3, tildes + 1));
  return `${fence}contract-text\n${visible}\n${fence}`;
}
