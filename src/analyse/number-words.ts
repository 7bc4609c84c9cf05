const units =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const ordinals: Record<string, number> = Object.fromEntries(
  'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'
    .split(' ')
    .map((word, index) => [word, index + 1]),
);
const roundOrdinals: Record<string, number> = { twentieth: 20, thirtieth: 30 };

const anyUnit = units.slice(1).join('|');
const anyTen = tens.join('|');
/** A number in words, up to 999: "ninety", "twenty-four", "one hundred eighty", "one hundred and twenty". */
export const numberWords = `(?:(?:${units.slice(1, 10).join('|')})[ -]hundred(?:[ -](?:and[ -])?)?)?(?:(?:${anyTen})(?:[ -]?(?:${units.slice(1, 10).join('|')}))?|${anyUnit})?`;
/** An ordinal in words, up to thirty-ninth. */
export const ordinalWords = `(?:(?:twenty|thirty)[ -]?)?(?:${Object.keys(ordinals).join('|')})|twentieth|thirtieth`;

/** The value of a number in words; undefined if it is none. Case does not matter. */
export function parseNumberWords(words: string): number | undefined {
  let total = 0;
  let found = false;
  for (const word of words.toLowerCase().split(/[\s-]+/)) {
    if (word === 'and' || word === '') continue;
    const atUnits = units.indexOf(word);
    const atTens = tens.indexOf(word);
    if (word === 'hundred' && found) total *= 100;
    else if (atUnits >= 0) total += atUnits;
    else if (atTens >= 0) total += (atTens + 2) * 10;
    else return undefined;
    found = true;
  }
  return found ? total : undefined;
}

/** The value of an ordinal in words, e.g. 22 for "twenty-second"; undefined if it is none. */
export function parseOrdinalWords(words: string): number | undefined {
  const [first, second] = words.toLowerCase().split(/[\s-]+/);
  if (first === undefined) return undefined;
  if (second === undefined) return ordinals[first] ?? roundOrdinals[first];
  const ten = tens.indexOf(first);
  const unit = ordinals[second];
  return ten < 0 || unit === undefined ? undefined : (ten + 2) * 10 + unit;
}

const underHundred = `(?:(?:${anyTen})(?:[\\s-]{0,3}(?:${units.slice(1, 10).join('|')}))?|${anyUnit})`;
const years = new RegExp(
  `^(?:(two[\\s-]+thousand)(?:[\\s-]+and)?(?:[\\s-]+(${underHundred}))?|(nineteen|twenty)(?:[\\s-]+hundred)?(?:[\\s-]+and)?[\\s-]+(?:oh?[\\s-]+)?(${underHundred}))$`,
  'i',
);
/** A year in words: "two thousand and five", "nineteen hundred ninety-nine", "twenty twenty-one". */
export const yearWords = `(?:two[\\s-]{1,3}thousand(?:[\\s-]{1,3}and)?(?:[\\s-]{1,3}${underHundred})?|(?:nineteen|twenty)(?:[\\s-]{1,3}hundred)?(?:[\\s-]{1,3}and)?[\\s-]{1,3}(?:oh?[\\s-]{1,3})?${underHundred})`;

/** The value of a year in words, 1901 to 2099; undefined if it is none. */
export function parseYearWords(words: string): number | undefined {
  const match = years.exec(words.trim());
  if (!match) return undefined;
  const [, thousand, rest, century, ending] = match;
  if (thousand) return 2000 + (rest ? (parseNumberWords(rest) ?? 0) : 0);
  const value = parseNumberWords(ending!);
  return value === undefined
    ? undefined
    : (century!.toLowerCase() === 'nineteen' ? 1900 : 2000) + value;
}
