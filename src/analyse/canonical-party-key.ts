/** Letters that Unicode decomposition leaves whole. */
const letterReplacements: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Legal forms, written as they are once punctuation is folded. Words that tell companies apart, such as "holdings" or "international", are none. */
const legalForm =
  / (?:inc|incorporated|corp|corporation|co|company|llc|lc|llp|lp|lllp|pllc|plc|pc|ltd|limited|limited liability company|limited liability partnership|limited partnership|public limited company|ltda|pty|proprietary|pte|pvt|private|gmbh|mbh|ag|kg|kgaa|ohg|ug|se|sa|sas|sasu|sarl|sl|slu|spa|srl|sapi|sab|de cv|de rl|bv|nv|cv|bvba|oy|oyj|ab|asa|as|aps|kk|kabushiki kaisha|godo kaisha|sdn bhd|bhd|sro|zrt|nyrt|kft|doo|sp z oo|sp zoo|ooo|oao|pjsc|jsc|gmbh and co|na|fsb|dac|ulc|sca|snc|scs|ehf|aktiengesellschaft|gesellschaft mit beschrankter haftung|societe anonyme)$/;

/**
 * The key under which the spellings of one party's name meet: words in lower case, separated by
 * single spaces. Case, diacritics, punctuation, "&" and "and", a leading "the" and trailing legal
 * forms are folded; every other word counts, so no two companies of different names share a key.
 * Empty where the name has no letter or digit.
 */
export function canonicalPartyKey(name: string): string {
  let key = normalizePartyName(name);
  for (;;) {
    const shorter = key.replace(legalForm, '');
    if (shorter === key || shorter.endsWith(' and') || shorter === '') return key;
    key = shorter;
  }
}

/** A name in lower case without accents, punctuation and a leading "the". */
function normalizePartyName(name: string): string {
  const words = name
    .normalize('NFKD')
    // in capitals first: what they write in two letters, "ß" or a subscript iota, is then two here as well
    .toUpperCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => letterReplacements[letter] ?? letter)
    .replace(/['\u2018\u2019`]/g, '')
    .replace(/[&+]/g, ' and ')
    .replace(/(?<=(?:^|[^\p{L}\p{N}])\p{L})\./gu, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return joinInitials(words).replace(/^the (?=.)/, '');
}

/** German and Nordic letters as they are written where a keyboard has none: "ü" as "ue". */
const transliterations: Record<string, string> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  å: 'aa',
  ø: 'oe',
};

/** Every key under which a name may have been written: "Müller" is "muller" and "mueller". */
export function canonicalPartyKeys(name: string): Set<string> {
  const transliterated = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüåø]/g, (letter) => transliterations[letter] ?? letter);
  return new Set(
    [canonicalPartyKey(name), canonicalPartyKey(transliterated)].filter((key) => key !== ''),
  );
}

/** Legal forms that are one form written in two ways. */
const formAliases: Record<string, string> = {
  incorporated: 'inc',
  corporation: 'corp',
  company: 'co',
  limited: 'ltd',
  'limited liability company': 'llc',
  lc: 'llc',
  'limited partnership': 'lp',
  'limited liability partnership': 'llp',
  'public limited company': 'plc',
  'societe anonyme': 'sa',
  aktiengesellschaft: 'ag',
};

/** The legal form a name ends with, e.g. "inc"; undefined where it ends with none. */
export function extractLegalForm(name: string): string | undefined {
  const form = legalForm.exec(normalizePartyName(name))?.[0].trim();
  return form === undefined ? undefined : (formAliases[form] ?? form);
}

/** "l l c" and "j p morgan" as "llc" and "jp morgan": initials are written with and without dots and spaces. */
function joinInitials(words: string): string {
  return words.replace(/(?<![\p{L}\p{N}])\p{L}(?: \p{L}(?![\p{L}\p{N}]))+/gu, (initials) =>
    initials.replaceAll(' ', ''),
  );
}
