const usStates =
  'Alabama, Alaska, Arizona, Arkansas, California, Colorado, Connecticut, Delaware, District of Columbia, Florida, Georgia, Hawaii, Idaho, Illinois, Indiana, Iowa, Kansas, Kentucky, Louisiana, Maine, Maryland, Massachusetts, Michigan, Minnesota, Mississippi, Missouri, Montana, Nebraska, Nevada, New Hampshire, New Jersey, New Mexico, New York, North Carolina, North Dakota, Ohio, Oklahoma, Oregon, Pennsylvania, Puerto Rico, Rhode Island, South Carolina, South Dakota, Tennessee, Texas, Utah, Vermont, Virginia, Washington, West Virginia, Wisconsin, Wyoming'.split(
    ', ',
  );
/**
 * The United States and its states and territories, under the names that `findJurisdictions`
 * returns.
 */
export const usJurisdictions: ReadonlySet<string> = new Set([...usStates, 'United States']);

/** Jurisdictions, under the names that `findJurisdictions` returns. */
const jurisdictionNames = [
  ...usStates,
  // Canada and Australia
  'Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Ontario, Prince Edward Island, Quebec, Saskatchewan, New South Wales, Queensland, South Australia, Tasmania, Victoria, Western Australia',
  // The United Kingdom, Crown dependencies and overseas territories
  'England and Wales, England, Wales, Scotland, Northern Ireland, Jersey, Guernsey, Isle of Man, Bermuda, British Virgin Islands, Cayman Islands, Gibraltar',
  'Argentina, Australia, Austria, Bahamas, Bahrain, Bangladesh, Barbados, Belgium, Brazil, Bulgaria, Canada, Chile, China, Colombia, Costa Rica, Croatia, Cyprus, Czech Republic, Denmark, Dominican Republic, Dubai, Ecuador, Egypt, Estonia, Finland, France, Germany, Ghana, Greece, Guatemala, Hong Kong, Hungary, Iceland, India, Indonesia, Ireland, Israel, Italy, Jamaica, Japan, Jordan, Kazakhstan, Kenya, Kuwait, Latvia, Lebanon, Liechtenstein, Lithuania, Luxembourg, Macau, Malaysia, Malta, Marshall Islands, Mauritius, Mexico, Monaco, Morocco, Netherlands, New Zealand, Nigeria, Norway, Oman, Pakistan, Panama, Papua New Guinea, Peru, Philippines, Poland, Portugal, Qatar, Romania, Russia, Saudi Arabia, Serbia, Seychelles, Singapore, Slovakia, Slovenia, South Africa, South Korea, Spain, Sri Lanka, Sweden, Switzerland, Taiwan, Thailand, Tunisia, Turkey, Ukraine, United Arab Emirates, United Kingdom, United States, Uruguay, Venezuela, Vietnam',
].flatMap((list) => list.split(', '));

/** Other names and adjectives. */
const aliases: Record<string, string> = {
  english: 'England and Wales',
  england: 'England and Wales',
  scots: 'Scotland',
  swiss: 'Switzerland',
  german: 'Germany',
  french: 'France',
  dutch: 'Netherlands',
  'the netherlands': 'Netherlands',
  belgian: 'Belgium',
  italian: 'Italy',
  spanish: 'Spain',
  swedish: 'Sweden',
  danish: 'Denmark',
  norwegian: 'Norway',
  austrian: 'Austria',
  irish: 'Ireland',
  japanese: 'Japan',
  chinese: 'China',
  prc: 'China',
  'p.r.c.': 'China',
  "people's republic of china": 'China',
  'hong kong special administrative region': 'Hong Kong',
  korea: 'South Korea',
  'republic of korea': 'South Korea',
  israeli: 'Israel',
  indian: 'India',
  canadian: 'Canada',
  australian: 'Australia',
  singaporean: 'Singapore',
  'british columbia': 'British Columbia',
  quebecois: 'Quebec',
  québec: 'Quebec',
  'great britain': 'United Kingdom',
  'united states of america': 'United States',
  'russian federation': 'Russia',
  'washington, d.c.': 'District of Columbia',
  'washington d.c.': 'District of Columbia',
};

const byName = new Map<string, string>([
  ...jurisdictionNames.map((name): [string, string] => [name.toLowerCase(), name]),
  ...Object.entries(aliases),
]);

const jurisdictionPattern = new RegExp(
  `(?<![a-z])(?:${[...byName.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')})(?![a-z])`,
  'g',
);

export interface JurisdictionMention {
  /** Offsets in the text given; `end` is exclusive. */
  start: number;
  end: number;
  name: string;
}

/** Finds the jurisdictions named in a text that `normalizeForMatching` returned, in order. */
export function findJurisdictions(normalized: string): JurisdictionMention[] {
  return [...normalized.matchAll(jurisdictionPattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    name: byName.get(match[0])!,
  }));
}
