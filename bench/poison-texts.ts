/** Degenerate texts, which no contract resembles, by name: each makes a text of some length. */
export const poisonTexts: Record<string, (characters: number) => string> = {
  'line of underscores': repeat('__\n'),
  'line "1."': repeat('1.\n'),
  'line "(a)"': repeat('(a)\n'),
  'dots and blanks': repeat('. . . '),
  'line in capitals': repeat('ACME\n'),
  blanks: inText(' '),
  tabs: inText('\t'),
  dots: repeat('.'),
  underscores: repeat('_'),
  dashes: repeat('-'),
  'straight quotes': repeat('"'),
  'curly quotes': repeat('\u201c'),
  'opening brackets': repeat('('),
  'closing brackets': repeat(')'),
  'pairs of brackets': repeat('() '),
  'square brackets': repeat('[ '),
  'form feeds': repeat('a\f'),
  'form feeds alone': inText('\f'),
  digits: repeat('1234567890'),
  'decimal numbers': repeat('1.1.1.1.'),
  'decimal numbers, separate': repeat('1.1.1.1. '),
  'line breaks': inText('\n'),
  'line breaks of Windows': inText('\r\n'),
  'line separators': repeat('and\u2028'),
  'zero-width blanks': inText('\ufeff'),
  'combining marks': repeat('e\u0301\u0302\u0303'),
  'combining marks alone': repeat('\u0301'),
  'surrogate pairs': repeat('\u{1d400}'),
  'soft hyphens at line ends': repeat('non-\nnon-\n'),
  whereas: repeat('WHEREAS '),
  and: repeat('and '),
  shall: repeat('shall '),
  dates: repeat('January 1, 2024 '),
  'dates in figures': repeat('04/05/2023 '),
  'dates with blanks': repeat('___ day of ____, 20__ '),
  'months alone': repeat('January '),
  'years alone': repeat('2024 '),
  durations: repeat('five (5) years '),
  'numbers in words': repeat('two hundred and twenty-two '),
  'legal forms': repeat('Inc. '),
  hereinafter: repeat('hereinafter '),
  between: repeat('by and between '),
  'this agreement': repeat('this Agreement '),
  'governing law': repeat('This Agreement is governed by the laws of Ohio.\n\n'),
  'laws of': repeat('governed by the laws of the State of '),
  jurisdictions: repeat('New York or '),
  renewal: repeat('shall automatically renew unless notice '),
  witness: repeat('IN WITNESS WHEREOF '),
  signatures: repeat('By: ____________ Name: '),
  'signed lines': repeat('/s/ Ann Reed\nBy: /s/ Ann Reed\n'),
  'signature lines': repeat('By: ______\nName: Ann Reed\nBy: Ann Reed\n'),
  'filing stamps': repeat('Source: ACME INC, 10-K, 3/1/2010\n'),
  'unfinished filing stamps': repeat('Source: '),
  'page numbers': numbered((n) => `some words of text\n\n\n\nPage ${n}\n\n\n\n`),
  'headers on pages': numbered((n) => `ACME Agreement ${n}\nText of it.\f`),
  'one token': numbered((n) => String.fromCharCode(65 + ((n * 7) % 26))),
  'one line': repeat('The Supplier shall deliver the goods. '),
  'one sentence': repeat('the supplier shall deliver the goods and '),
  'one sentence with commas': repeat('the goods, the services; '),
  'one sentence in capitals': repeat('THE SUPPLIER SHALL DELIVER '),
  'word per line': repeat('Words\n'),
  headings: numbered((n) => `${n}. Heading Of This\n`),
  'headings with text': numbered((n) => `\n${n % 999}. Payment.\nThe buyer pays ${n}.\n`),
  'headings without numbers': repeat('\nGoverning Law\n\nThe laws of Ohio govern this contract.\n'),
  'headings in a line': numbered((n) => `${n % 99}. Payment. `),
  exhibits: numbered((n) => `\nEXHIBIT ${String.fromCharCode(65 + (n % 26))}-${n % 99}\n\nText.\n`),
  'nested lists': repeat('(a) one; (i) two; (A) three; (1) four; '),
  parties: startingWith('This Agreement is made between ', (n) => `A${n} Inc., `),
  'parties with roles': startingWith(
    'This Agreement is made between ',
    (n) => `Acme ${n} Inc. (the "Role ${n}") and `,
  ),
  'labelled parties': numbered((n) => `Buyer: Acme ${n} Inc.\n`),
  signatories: startingWith(
    'IN WITNESS WHEREOF\n',
    (n) => `ACME ${n} INC.\n\nBy: /s/ Ann Reed\nName: Ann Reed\n\n`,
  ),
  'different dates': numbered((n) => `on ${1 + (n % 28)} May ${1990 + (n % 40)}, `),
  'unambiguous dates in footers': numbered((n) => `Source: 25/05/${2000 + (n % 30)}\n`),
  'defined terms': numbered((n) => `the "Term ${n}" means it; `),
  'defined dates': numbered((n) => `the "Start ${letters(n)} Date" means 1 May 2020. `),
  'expiry sentences': repeat('The initial term of this Agreement ends on 1 May 2020. '),
  'term sentences': repeat('This Agreement shall continue until the date of the term. '),
  'effective sentences': repeat('This Agreement is effective on 1 May. '),
  'table of contents': startingWith(
    'TABLE OF CONTENTS\n',
    (n) => `${n}. Title of It ........................ ${n}\n`,
  ),
  'dot leaders': repeat('Payment . . . . . . . . . . . . . 12\n'),
  'blanks before full stops': (characters) => {
    const paragraph = `${' .'.repeat(Math.max(1, Math.floor(characters / 200)))}\n\n`;
    return repeat(paragraph)(characters);
  },
  'full stops in capitals': repeat('A. '),
  'semicolons and items': repeat('; (b) '),
  'labels of exhibits': repeat('Exhibit A '),
  'cells of a table': repeat('Name\tPrice\t100\n'),
  'wide gaps': repeat('word   '),
  'short paragraphs': repeat('a\n\n'),
  bullets: repeat('• item\n'),
  ampersands: repeat('& '),
  'domain names': repeat('a.b.c.d@e.com/'),
  apostrophes: repeat("'"),
  backquotes: repeat('`\u2019'),
  'words with hyphens': repeat('non-'),
  'schedule rows': repeat('Term: 5\n'),
  'schedule row with tabs': (characters) => `\nTerm${'\t'.repeat(Math.max(0, characters - 8))}\nab`,
  'marks in wrong order': repeat('\u0301\u0323'),
  'names of parties with marks': (characters) =>
    `between A${'\u0301\u0323'.repeat(Math.floor(Math.min(characters, 6000) / 2))} Inc. ${'and '.repeat(Math.floor(characters / 4))}`,
  'signatures without names': repeat('By: ______\n'),
  titles: repeat('PLAN '),
  'titles on lines': repeat('Draft Plan\n'),
  'conjunctions of a title': repeat('this of and of and of and of and '),
  'openings with brackets': repeat('between ("A") '),
  'openings of quotes': repeat('(the "Role") and '),
  'brackets of roles': repeat('Acme Inc. (the '),
  'commas of names': repeat('Acme, '),
  'initials of names': repeat('A '),
  'excepted liability': repeat('liable except fraud '),
  'not solicited': repeat('not solicit customer employ '),
  'spaced letters': repeat('J a n u a r y '),
};

/** Words of a number: different for each, of letters alone. */
function letters(n: number): string {
  return String(n).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!);
}

function repeat(unit: string): (characters: number) => string {
  return (characters) => unit.repeat(Math.ceil(characters / unit.length)).slice(0, characters);
}

/** White space alone holds no text: between two words. */
function inText(unit: string): (characters: number) => string {
  return (characters) => `Some${repeat(unit)(Math.max(0, characters - 8))}text`;
}

/** Pieces that a number distinguishes. */
function numbered(piece: (n: number) => string): (characters: number) => string {
  return startingWith('', piece);
}

function startingWith(
  opening: string,
  piece: (n: number) => string,
): (characters: number) => string {
  return (characters) => {
    const pieces = [opening];
    let length = opening.length;
    for (let n = 1; length < characters; n++) {
      const next = piece(n);
      pieces.push(next);
      length += next.length;
    }
    return pieces.join('').slice(0, characters);
  };
}
