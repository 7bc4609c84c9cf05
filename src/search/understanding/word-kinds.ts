import { wordShares } from '../../store/sqlite/word-shares.ts';

/** Words that no party is called by alone: function words, and what people and parties are to each other. */
const neverNames = new Set(
  (
    'a an the and or of in on at to for from by with without under over between among against about as is are was were be been ' +
    'being it its we us our ours you your yours they them their theirs he him his she her i me my mine this that these those ' +
    'which what who whom whose when where why how any all each every both either neither no not some none other another ' +
    'same such one two three first second third last next new old more most many much few less has have had do does did can ' +
    'could may might must shall should will would if then than so there here yes please list show find give tell ' +
    'company companies client clients customer customers supplier suppliers vendor vendors provider providers contractor ' +
    'contractors consultant consultants employee employees employer employers landlord landlords tenant tenants lessor lessee ' +
    'licensor licensee buyer buyers seller sellers distributor distributors reseller franchisee franchisor agent agents agency ' +
    'party parties counterparty counterparties partner partners affiliate affiliates subsidiary subsidiaries person persons ' +
    'people anyone anybody someone somebody everyone everybody nobody business firm side sides staff team competitor ' +
    'competitors bank lender borrower guarantor owner agreement agreements contract contracts deal deals nda ndas msa msas sow ' +
    'sows lease leases licence license amendment amendments document documents file files clause clauses january february ' +
    'march april june july august september october november december today tomorrow yesterday year years month months week ' +
    'weeks quarter day days law laws gdpr sla dpa ip ai eu usa uk hr it pdf inc llc ltd corp co'
  ).split(' '),
);

/** Share of passages from which on a word is common in contracts. */
const minCommonShare = 0.003;

/** The stems that a word may have in the table; suffixes are cut as its stemmer does, roughly. */
function stems(word: string): string[] {
  const forms = [word, word.replace(/(?:es|s)$/, ''), word.replace(/s$/, '')];
  for (const suffix of [/ing$/, /ed$/, /e$/, /ation$/, /ment$/, /ly$/, /ies$/])
    forms.push(word.replace(suffix, ''));
  return [...new Set(forms.flatMap((form) => [form, form.replace(/y$/, 'i')]))];
}

/** Stems of common words that are long enough to know a word by its beginning. */
const commonStems = [...wordShares]
  .filter(([stem, share]) => share >= minCommonShare && stem.length >= 6)
  .map(([stem]) => stem);

/** Whether a word, in lower case, is one of those that contracts of all kinds have. */
export function isCommonWord(word: string): boolean {
  return (
    neverNames.has(word) ||
    stems(word).some((stem) => (wordShares.get(stem) ?? 0) >= minCommonShare) ||
    commonStems.some((stem) => word.startsWith(stem))
  );
}

export const isNeverName = (word: string) => neverNames.has(word);
