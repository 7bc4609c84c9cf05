/** Number formats of Word and OpenDocument, under common names. */
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

/** Formats a list number: 4 as "4", "iv", "d", "Four"… Letters after z repeat: aa, bb. */
export function formatNumber(value: number, format: NumberFormat): string {
  switch (format) {
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'upperRoman':
      return toRoman(value);
    case 'lowerRoman':
      return toRoman(value).toLowerCase();
    case 'upperLetter':
      return toLetters(value);
    case 'lowerLetter':
      return toLetters(value).toLowerCase();
    case 'ordinal':
      return `${value}${ordinalSuffix(value)}`;
    case 'cardinalText':
      return toCardinalText(value);
    case 'ordinalText':
      return toOrdinalText(value);
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

function toRoman(value: number): string {
  if (value < 1 || value > 3999) return String(value);
  let rest = value;
  let numeral = '';
  for (const [amount, digit] of romanDigits) {
    while (rest >= amount) {
      numeral += digit;
      rest -= amount;
    }
  }
  return numeral;
}

function toLetters(value: number): string {
  if (value < 1 || value > 780) return String(value);
  const letter = String.fromCharCode(65 + ((value - 1) % 26));
  return letter.repeat(Math.ceil(value / 26));
}

function ordinalSuffix(value: number): string {
  const tens = value % 100;
  if (tens >= 11 && tens <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th';
}

const smallNumbers = [
  'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen',
  'Fifteen Sixteen Seventeen Eighteen Nineteen',
]
  .join(' ')
  .split(' ');
const tens = 'Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety'.split(' ');
const irregularOrdinals: Record<string, string> = {
  One: 'First',
  Two: 'Second',
  Three: 'Third',
  Five: 'Fifth',
  Eight: 'Eighth',
  Nine: 'Ninth',
  Twelve: 'Twelfth',
};

function toCardinalText(value: number): string {
  if (value < 0 || value > 99) return String(value);
  const word = smallNumbers[value];
  if (word) return word;
  const unit = value % 10 === 0 ? '' : `-${smallNumbers[value % 10]}`;
  return `${tens[Math.floor(value / 10) - 1]}${unit}`;
}

function toOrdinalText(value: number): string {
  if (value < 1 || value > 99) return `${value}${ordinalSuffix(value)}`;
  const [head, last] = toCardinalText(value).split('-');
  const final = last ?? head ?? '';
  const ordinal =
    irregularOrdinals[final] ?? (final.endsWith('y') ? `${final.slice(0, -1)}ieth` : `${final}th`);
  return last ? `${head}-${ordinal}` : ordinal;
}
