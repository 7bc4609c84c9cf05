import { foldCharacters } from '../analyse/fold-characters.ts';
import type { Span } from '../domain/documents.ts';

/** Sums of money and percentages: prices, rates, royalties, shares. */

const digits = String.raw`(?:\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d{1,4}(?!\d))?|\d+(?:[.,]\d+)*|[.,]\d+)`;
const fraction = String.raw`\d+[ \u00a0-]?\d{0,3}\/\d{1,3}|[½⅓⅔¼¾⅛⅜⅝⅞]`;
const numeral = `(?:${fraction}|${digits}(?:[ -]?(?:[½⅓⅔¼¾⅛⅜⅝⅞]|\\d\\/\\d{1,3}(?!\\d)))?)`;
const magnitude = String.raw`(?:\s{0,3}-?(?:hundred|thousand|million|billion|trillion|mio|mrd|mln|bln|mm|mn|bn|lakh|crore|[mkb])(?![\p{L}\d])\.?)`;
const sum = `${numeral}${magnitude}{0,2}`;
const range = String.raw`(?:\s?(?:-|–|—|\bto\b|\band\b|\bor\b|\bthrough\b)\s?)`;

const codes =
  'USD|EUR|GBP|CAD|AUD|NZD|CHF|JPY|CNY|RMB|HKD|SGD|TWD|NTD|INR|KRW|BRL|MXN|SEK|NOK|DKK|PLN|CZK|ILS|NIS|ZAR|AED|SAR|THB|MYR|RUB|TRY|ARS|CLP|COP|Rs\\.?|Lit\\.?';
const symbol = String.raw`(?:(?<![\p{L}])(?:US|U\.S\.|C|CA|CDN|A|AU|NZ|HK|NT|S|R|Mex)\s?)?[$€£¥₹₩₽₪฿]`;
const currencyName =
  'dollars?|cents?|euros?|pounds?\\s+sterling|sterling|pence|yen|yuan|renminbi|rupees?|francs?|kron(?:or|er|a|e)|pesos?|reais|shekels?|roubles?|rubles?|dirhams?|baht|zloty';
const currencyNation =
  '(?:(?:united\\s+states|u\\.?\\s?s\\.?(?:\\s?a\\.?)?|american|canadian|australian|new\\s+zealand|hong\\s+kong|singapore|swiss|british|japanese|chinese|indian|mexican)\\s+)?';
const currencyBehind = `(?:${currencyNation}(?:${currencyName})(?!\\p{L})|(?:${codes})(?![\\p{L}\\d])|[€£¥₹₩])`;
const percentUnit =
  '(?:%|‰|per\\s?cent(?:age)?(?:\\s+points?)?(?!\\p{L})|per\\s+centum(?!\\p{L})|pct\\.?(?!\\p{L})|percentage\\s+points?|basis\\s+points?|bps(?!\\p{L}))';

const numberWord =
  '(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|half|quarters?|thirds?|fourths?|fifths?|eighths?|tenths?|sixteenths?|hundredths?)';
/** A number in words, such as "two and one-half", "three-quarters of one", "Fifty and 50/100". */
const amountInWords = `(?<![\\p{L}\\d-])${numberWord}(?:[\\s,-]{1,3}(?:(?:and|of|a|an)[\\s-]{1,3}){0,2}(?:${numberWord}|(?:\\d{1,2}|no|xx)\\/100)(?!\\p{L})){0,24}(?!\\p{L})`;
/** The same number again in figures, as contracts repeat it. */
const repeated = `(?:\\s{0,3}\\(\\s{0,3}(?:${symbol}|(?:${codes})(?![\\p{L}]))?\\s{0,3}(?<b>${sum})\\s{0,3}(?:%)?\\s{0,3}\\))`;

/** Each has its numbers as named groups; the text around them is context only. */
const patterns = [
  // "$1,250.00", "US$ 5 million", "$1.2 - 1.5 million"
  `${symbol}\\s{0,3}(?<a>${sum}(?:${range}${numeral}${magnitude}{1,2})?)`,
  // "USD 5,000", "EUR 18,600 - 20,000"
  `(?<![\\p{L}\\d])(?:${codes}|${currencyNation}dollars|euros?)\\s{0,3}(?:${symbol})?\\s{0,3}(?<a>${sum})`,
  // "5,000 dollars", "3,5 Mio. €", "1,000 to 2,000 USD"
  `(?<![\\p{L}\\d.,])(?<a>(?:${sum}${range})?${sum})\\s{0,3}(?:\\)\\s{0,3})?(?:${currencyBehind})`,
  // "18%", "5 to 7.5 percent", "200 basis points"
  `(?<![\\p{L}\\d.,])(?<a>(?:${numeral}\\s?%?${range})?${numeral})\\s{0,3}(?:\\)\\s{0,3})?${percentUnit}`,
  // "one hundred thousand dollars", "five percent", "five (5) percent", "ten thousand (USD 10,000)"
  `(?<a>${amountInWords}(?:\\s(?:to|or)\\s${amountInWords})?)${repeated}?\\s{0,3}(?:and\\s+(?<c>no|\\d{1,2})\\/100\\s+)?(?:of\\s+(?:an?\\s+)?)?(?:${currencyNation}(?:${currencyName})(?!\\p{L})|${percentUnit})`,
  `(?<a>${amountInWords})\\s{0,3}(?:${currencyBehind}\\s{0,3})?\\(\\s{0,3}(?:${symbol}|(?:${codes})(?!\\p{L}))\\s{0,3}(?<b>${sum})|(?<c>${amountInWords})\\s{0,3}\\(\\s{0,3}(?<d>${numeral})\\s{0,3}${percentUnit}`,
  // "12,500.00" can hardly be anything but money
  `(?<![\\p{L}\\d.,/-])(?<a>\\d{1,3}(?:,\\d{3})+\\.\\d{2})(?![\\d.,]\\d|\\d)`,
].map((source) => new RegExp(source, 'giud'));

/** One of these stands in every amount, or directly before or after it. */
const hint = new RegExp(
  `[$€£¥₹₩₽฿%‰]|\\d,\\d{3}\\.\\d\\d|(?<!\\p{L})(?:per\\s?cent|pct|basis\\s+p|bps|percentage\\s+p|per\\s+centum|dollar|cents?|euro|sterling|pence|pounds?\\s+sterling|yen|yuan|renminbi|rupee|franc|kron|peso|reais|shekel|roubl|rubl|dirham|baht|zloty|(?:${codes})(?![\\p{L}]))`,
  'giu',
);
/** Characters before and after a hint in which an amount may stand. */
const [contextBefore, contextAfter] = [320, 120];

/** The parts of a text that can hold an amount; each begins and ends between words. */
function* candidateSpans(text: string): Generator<Span> {
  let part: Span | undefined;
  for (const { index } of text.matchAll(hint)) {
    const start = Math.max(0, index - contextBefore);
    const end = Math.min(text.length, index + contextAfter);
    if (part && start <= part.end) {
      part.end = end;
      continue;
    }
    if (part) yield part;
    part = { start, end };
  }
  if (part) yield part;
}

/** The nearest word boundary at or before `at` (step -1), or at or after it (step 1). */
function wordBoundary(text: string, at: number, step: 1 | -1): number {
  let found = at;
  while (found > 0 && found < text.length && /\S/.test(text[found]!)) found += step;
  return found;
}

/**
 * The spans of the numbers in sums of money, percentages and basis points, in figures and in words,
 * with the words for thousands and millions. The currency, and what a percentage refers to, are not part
 * of them. Look-alike characters count as what they look like. Quantities, durations, multiples ("two times the fees") and dates are not amounts.
 */
export function findAmounts(storedText: string): Span[] {
  const { text, toStored } = foldCharacters(storedText);
  const found: Span[] = [];
  for (const part of candidateSpans(text)) {
    const start = wordBoundary(text, part.start, -1);
    const piece = text.slice(start, wordBoundary(text, part.end, 1));
    for (const pattern of patterns) {
      for (const { indices } of piece.matchAll(pattern)) {
        for (const at of Object.values(indices!.groups!)) {
          if (at) found.push(toStored({ start: start + at[0], end: start + at[1] }));
        }
      }
    }
  }
  return found;
}
