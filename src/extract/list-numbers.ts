/** The ways of counting that Word and OpenDocument name, reduced to one vocabulary. */
export type NumberFormat =
  | 'decimal'
  | 'decimalZero'
  | 'upperRoman'
  | 'lowerRoman'
  | 'upperLetter'
  | 'lowerLetter'
  | 'ordinal'
  | 'cardinalText'
  | 'ordinalText'
  | 'none';

/** A list number as it is printed: 4 as "4", "iv", "d", "Four"… Letters after z repeat: aa, bb. */
export function formatNumber(value: number, format: NumberFormat): string {
  switch (format) {
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'upperRoman':
      return roman(value);
    case 'lowerRoman':
      return roman(value).toLowerCase();
    case 'upperLetter':
      return letters(value);
    case 'lowerLetter':
      return letters(value).toLowerCase();
    case 'ordinal':
      return `${value}${ordinalEnding(value)}`;
    case 'cardinalText':
      return cardinal(value);
    case 'ordinalText':
      return ordinalWord(value);
    case 'none':
      return '';
    default:
      return String(value);
  }
}

const romanDigits: [number, string][] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

function roman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let rest = value;
  let written = '';
  for (const [worth, digit] of romanDigits) {
    while (rest >= worth) {
      written += digit;
      rest -= worth;
    }
  }
  return written;
}

function letters(value: number): string {
  if (value < 1 || value > 780) return String(value);
  const letter = String.fromCharCode(65 + ((value - 1) % 26));
  return letter.repeat(Math.ceil(value / 26));
}

function ordinalEnding(value: number): string {
  const tens = value % 100;
  if (tens >= 11 && tens <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th';
}

const small = [
  'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen',
  'Fifteen Sixteen Seventeen Eighteen Nineteen',
]
  .join(' ')
  .split(' ');
const tens = 'Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety'.split(' ');
const irregular: Record<string, string> = {
  One: 'First',
  Two: 'Second',
  Three: 'Third',
  Five: 'Fifth',
  Eight: 'Eighth',
  Nine: 'Ninth',
  Twelve: 'Twelfth',
};

function cardinal(value: number): string {
  if (value < 0 || value > 99) return String(value);
  const word = small[value];
  if (word) return word;
  const unit = value % 10 === 0 ? '' : `-${small[value % 10]}`;
  return `${tens[Math.floor(value / 10) - 1]}${unit}`;
}

function ordinalWord(value: number): string {
  if (value < 1 || value > 99) return `${value}${ordinalEnding(value)}`;
  const [head, last] = cardinal(value).split('-');
  const final = last ?? head ?? '';
  const ordinal =
    irregular[final] ?? (final.endsWith('y') ? `${final.slice(0, -1)}ieth` : `${final}th`);
  return last ? `${head}-${ordinal}` : ordinal;
}
