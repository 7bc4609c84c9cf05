import { extractLegalForm } from '../analyse/canonical-party-key.ts';
import { findJurisdictions } from '../analyse/jurisdictions.ts';

/** Recognises the names of natural persons by their form. */

const wordSet = (list: string) => new Set(list.split(' '));

/** Words that stand in names of organisations. */
const organisationWords = wordSet(
  'inc corp llc ltd plc llp gmbh company companies corporation group holdings holding partners partnership associates ' +
    'technologies technology systems system solutions services service international industries industrial bank bancorp ' +
    'trust fund funds capital university college institute foundation association society authority agency council board ' +
    'pharmaceuticals pharmaceutical pharma pharmacy therapeutics biosciences bioscience biotech sciences science laboratories ' +
    'laboratory labs lab energy power electric oil gas petroleum resources mining media entertainment networks network software ' +
    'hosting data digital global worldwide national health healthcare medical hospital clinic airlines airways insurance ' +
    'assurance financial finance investments investment investors ventures venture enterprises enterprise products product ' +
    'manufacturing motors logistics marine maritime shipping transport transportation communications telecom wireless mobile ' +
    'online web internet studios pictures records music sports club league foods food beverages restaurants hotels resorts ' +
    'properties realty estate homes construction engineering consulting advisors analytics robotics robotik instruments ' +
    'polymers chemicals chemical materials metals plastics packaging devices semiconductor electronics computer computers ' +
    'design designs brands stores supply equipment tools machinery water green solar federal american united general first ' +
    'royal department division office bureau ministry commission court district county city state school church team ' +
    'cardiology diagnostics genetics genomics oncology surgical dental vision optical learning education press publishing news',
);

/** Capitalised words of contracts that are no part of a name. */
const contractWords = wordSet(
  'a agreement agreements amendment addendum annex appendix article articles attachment exhibit exhibits schedule section ' +
    'sections recitals recital preamble page contract contracts lease license licence sublicense order orders purchase sale ' +
    'sales statement work works project program plan policy act code law laws rule rules regulation regulations party parties ' +
    'third person persons company customer client supplier vendor distributor licensor licensee franchisor franchisee landlord ' +
    'tenant lessor lessee buyer seller purchaser borrower lender employer employee employment executive consultant contractor ' +
    'provider producer publisher owner owners operator agent principal guarantor sponsor member members shareholder ' +
    'shareholders stockholder affiliate affiliates subsidiary parent issuer holder trustee indemnitee recipient discloser ' +
    'confidential confidentiality information intellectual property rights right patent patents trademark trademarks copyright ' +
    'effective date dates term terms termination renewal initial period notice notices fee fees payment payments price prices ' +
    'royalty royalties revenue net gross cost costs expense expenses tax taxes amount amounts rent base security deposit ' +
    'territory field use market marks materials content documentation deliverables goods services product products ' +
    'warranty warranties representations liability indemnification indemnity insurance damages force majeure assignment ' +
    'governing arbitration dispute disputes jurisdiction venue miscellaneous general entire waiver severability counterparts ' +
    'definitions definition title titles name names by its his her address attention telephone phone fax facsimile email e-mail ' +
    'signature signatures signed witness whereof whereas therefore now in on of the this that these those such any all each ' +
    'every no not if when where upon under with without within between among and or for from to at as an is are be been may ' +
    'shall will must can should would during after before until since other same new business day days month months year years ' +
    'january february march april june july august september october november december monday tuesday wednesday thursday ' +
    'friday saturday sunday quarter annual annually number table total description item items note notes common stock ' +
    'preferred shares share class series units unit option options warrant warrants merger closing acquisition change control ' +
    'joint committee steering key personnel best efforts good faith material adverse effect fair value credit loan letter ' +
    'internal external regulatory approval commercial clinical trial development manufacture first second fourth final ' +
    'north south east west northern southern eastern western central new san los las saint fort hong lake mount street avenue ' +
    'road drive lane boulevard suite floor building center centre park place square tower plaza house court box zip ' +
    'hill hills plains beach springs falls valley heights stadium arena classic cup talent attn gp land area retail brand quality ad negotiator cable ' +
    'securities exchange filed source omitted redacted copy execution draft version exclusive non-exclusive mutual ' +
    'standard software server user users end internet site website domain account accounts support maintenance',
);

/** Words of job titles. */
const jobTitleWords = wordSet(
  'chief officer president vice director directors manager managing secretary treasurer counsel chairman chairwoman ' +
    'chairperson ceo cfo coo cto cio cmo evp svp vp avp senior assistant associate deputy executive head controller comptroller ' +
    'attorney attorneys lawyer solicitor partner founder co-founder cofounder proprietor administrator coordinator supervisor ' +
    'engineer developer analyst accountant auditor signatory authorized authorised duly representative individually operations ' +
    'operating technical technology marketing legal procurement purchasing licensing contracts compliance strategy commercial ' +
    'human resources engineering research regional relations corporate administration administrative scientific global ' +
    'geschäftsführer geschäftsführerin geschaeftsfuehrer geschaeftsfuehrerin prokurist gérant esq esquire',
);

const nonNameWords = new Set([...contractWords, ...jobTitleWords, ...organisationWords]);

export const honorific = String.raw`(?:Mr|Mrs|Ms|Miss|Dr|Prof|Messrs|MR|MRS|MS|DR|PROF|Herr|Frau|Mme|Hon|Rev|Sir|Dame|Professor)`;
const leadingHonorifics = new RegExp(`^(?:${honorific}\\.?\\s+)+`);
const credentials =
  /,?\s+(?:Jr|Sr|II|III|IV|M\.?\s?D|Ph\.?\s?D|Esq|CPA|MBA|D\.?O|D\.?D\.?S|R\.?N|JR|SR|PHD|ESQ)\.?$/;
const particle = /^(?:van|von|de|der|den|da|di|du|la|le|del|della|dos|ten|ter|bin|ibn|al|el|y|zu)$/;
const initial = /^\p{Lu}\.?(?:-?\p{Lu}\.)?$/u;
const nameWord = /^(?:\p{Lu}[\p{L}\p{M}'’]*(?:-\p{Lu}?[\p{L}\p{M}'’]+)*|(?:d|l)['’]\p{Lu}\p{L}+)$/u;

const normalizeWord = (word: string) => word.toLowerCase().replace(/[.'’]/g, '');

/** Whether a capitalised word is no part of a person's name. */
export function isNonNameWord(word: string): boolean {
  return nonNameWords.has(normalizeWord(word));
}

export const isJobTitle = (word: string) => jobTitleWords.has(normalizeWord(word));

/** A name without forms of address before it and credentials after it. */
export function bareName(name: string): string {
  let bare = name.trim().replace(leadingHonorifics, '');
  while (credentials.test(bare)) bare = bare.replace(credentials, '');
  return bare.replace(/[\s,;]+$/, '');
}

/**
 * Whether a name has the form of a natural person's: two to five words, a given name or an initial
 * first and a family name last, none of them a word of organisations, job titles or contracts.
 */
export function isPersonName(name: string): boolean {
  const bare = bareName(name);
  const nameWords = bare.split(/\s+/);
  if (nameWords.length < 2 || nameWords.length > 5 || extractLegalForm(bare) !== undefined)
    return false;
  const last = nameWords.at(-1)!;
  if (!nameWord.test(last) || normalizeWord(last).length < 2) return false;
  const wellFormed = nameWords.every(
    (word) =>
      initial.test(word) || (nameWord.test(word) && !isNonNameWord(word)) || particle.test(word),
  );
  if (!wellFormed || particle.test(nameWords[0]!)) return false;
  const [jurisdiction] = findJurisdictions(bare.toLowerCase());
  return !(jurisdiction?.start === 0 && jurisdiction.end >= bare.length);
}

/** The family name with its particles: "van Hengelaar", "Astbury-Rowe". */
export function familyName(name: string): string {
  const nameWords = bareName(name).split(/\s+/);
  let first = nameWords.length - 1;
  while (first > 1 && particle.test(nameWords[first - 1]!)) first -= 1;
  return nameWords.slice(first).join(' ');
}
