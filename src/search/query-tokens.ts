import { foldForQuery } from '../domain/fold-text.ts';

/** Stop words: function words of English, and verbs with which questions are asked. */
const stopWords = new Set(
  (
    'a an and any are as at be been between but by can could did do does for from had has have he her his how i if ' +
    'in into is it its me my no not of on or our shall she should so than that the their them then there these ' +
    'they this those to under up us was we were what when where which who whom whose why will with within would ' +
    'you your about again all also am because before being both each few more most other own same some such ' +
    'consider considering tell show find give list please explain describe let know want need look see say says'
  ).split(' '),
);

/** The folded words of a text, split at everything but letters and digits. */
export function tokenize(text: string): string[] {
  return foldForQuery(text)
    .replace(/[’']s\b/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
}

/** Abbreviations of lawyers, and the words that contracts use for them. */
const abbreviations = new Map(
  Object.entries({
    nda: ['nondisclosure', 'disclosure', 'confidentiality'],
    msa: ['master', 'services'],
    sow: ['statement', 'work'],
    sla: ['service', 'level'],
    ip: ['intellectual', 'property'],
    dpa: ['data', 'processing'],
  }),
);

/** The distinct words of a query without stop words; all of its words where there are no others. */
export function queryTerms(query: string): string[] {
  const all = [
    ...new Set(tokenize(query).flatMap((token) => [token, ...(abbreviations.get(token) ?? [])])),
  ];
  const contentTerms = all.filter((token) => !stopWords.has(token));
  return contentTerms.length > 0 ? contentTerms : all;
}

/** A quotation, or words joined by more than blanks: "section 8.2.1", "ZX-4471-B", "$1,250,000". */
const exactText = /["“„«]([^"“”„«»]{2,200})["”«»]|[\p{L}\p{N}]+(?:[-.,/:_'’][\p{L}\p{N}]+)+/gu;

/** Pairs of letters of `foldForQuery` do not follow each other in the index. */
const isPlain = (tokens: string[]) =>
  tokens.every((token) => /^[\p{sc=Latin}\p{N}]+$/u.test(token));

/** What a query gives word for word, as phrases in quotation marks for `ScopedIndex.searchText`. */
export function queryPhrases(query: string): string[] {
  const phrases = [...query.matchAll(exactText)].flatMap(([whole, quoted]) => {
    const tokens = tokenize(quoted ?? whole);
    return tokens.length > 1 && isPlain(tokens) ? [`"${tokens.join(' ')}"`] : [];
  });
  return [...new Set(phrases)];
}
