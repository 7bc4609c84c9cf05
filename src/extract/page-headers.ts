import { pageFooterMark, pageHeaderMark } from '../domain/documents.ts';
import { pageMark } from './pages.ts';

/** Words that stand beside the number of a page, and numbers. */
const pageNumberWords =
  /(?<![\p{L}\p{N}])(?:page|seite|of|von|\d{1,4}|[ivxl]{1,6})(?![\p{L}\p{N}])/giu;

const holdsOnlyPageNumber = (text: string) =>
  !/[\p{L}\p{N}]/u.test(text.replaceAll(pageNumberWords, ''));

/**
 * Adds page headers and footers at the end of a text, each once and marked as such. They stand there
 * because they belong to every page, and so that the text begins with the contract's title.
 */
export function appendHeadersAndFooters(
  text: string,
  headers: string[],
  footers: string[],
): string {
  const distinct = (texts: string[]) => [
    ...new Set(texts.map(clean).filter((part) => !holdsOnlyPageNumber(part))),
  ];
  return [
    text.trim(),
    ...distinct(headers).map((header) => `${pageHeaderMark}${header}`),
    ...distinct(footers).map((footer) => `${pageFooterMark}${footer}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What a field for the number of the page leaves at the end. */
const pageWordsAtEnd = /(?<![\p{L}\p{N}])(?:page|seite)(?: ?(?:of|von|\/))?$/iu;

const clean = (text: string) =>
  text
    .replaceAll(pageMark, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()
    .replace(pageWordsAtEnd, '')
    .replace(/[|\u2013\u2014-] *$/, '')
    .trim();
