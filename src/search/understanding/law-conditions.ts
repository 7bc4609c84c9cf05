import { findJurisdictions, usJurisdictions } from '../../analyse/jurisdictions.ts';
import type { Condition } from './conditions.ts';
import type { QuestionText } from './question-text.ts';

/** Names of countries by which their parts are meant too, under the names of `findJurisdictions`. */
const partsOf: Record<string, readonly string[]> = {
  'United States': [...usJurisdictions],
  'United Kingdom': [
    'United Kingdom',
    'England and Wales',
    'England',
    'Wales',
    'Scotland',
    'Northern Ireland',
  ],
  'England and Wales': ['England and Wales', 'England', 'Wales'],
  Canada:
    'Canada, Alberta, British Columbia, Manitoba, New Brunswick, Newfoundland and Labrador, Nova Scotia, Ontario, Prince Edward Island, Quebec, Saskatchewan'.split(
      ', ',
    ),
  Australia:
    'Australia, New South Wales, Queensland, South Australia, Tasmania, Victoria, Western Australia'.split(
      ', ',
    ),
};

/** Adjectives and short names that contracts do not use. */
const otherNames: Record<string, string> = {
  american: 'United States',
  'u.s.': 'United States',
  usa: 'United States',
  'u.s.a.': 'United States',
  us: 'United States',
  british: 'United Kingdom',
  uk: 'United Kingdom',
  'u.k.': 'United Kingdom',
  scottish: 'Scotland',
  welsh: 'Wales',
  californian: 'California',
  texan: 'Texas',
  polish: 'Poland',
  portuguese: 'Portugal',
  greek: 'Greece',
  finnish: 'Finland',
  czech: 'Czech Republic',
  hungarian: 'Hungary',
  romanian: 'Romania',
  bulgarian: 'Bulgaria',
  croatian: 'Croatia',
  russian: 'Russia',
  turkish: 'Turkey',
  ukrainian: 'Ukraine',
  brazilian: 'Brazil',
  mexican: 'Mexico',
  argentine: 'Argentina',
  chilean: 'Chile',
  colombian: 'Colombia',
  korean: 'South Korea',
  taiwanese: 'Taiwan',
  'south african': 'South Africa',
  luxembourgish: 'Luxembourg',
  maltese: 'Malta',
  cypriot: 'Cyprus',
  estonian: 'Estonia',
  latvian: 'Latvia',
  lithuanian: 'Lithuania',
  icelandic: 'Iceland',
  egyptian: 'Egypt',
  nigerian: 'Nigeria',
  kenyan: 'Kenya',
  thai: 'Thailand',
  vietnamese: 'Vietnam',
  indonesian: 'Indonesia',
  malaysian: 'Malaysia',
  philippine: 'Philippines',
  pakistani: 'Pakistan',
  emirati: 'United Arab Emirates',
  uae: 'United Arab Emirates',
  saudi: 'Saudi Arabia',
};

const state =
  '(?:(?:the )?(?:state|commonwealth|province|republic|federal republic|kingdom|country) of )?(?:the )?';
/** What stands before the name of a jurisdiction whose law is meant. */
const lawBefore = new RegExp(
  `(?:(?:(?:that|which) )?(?:(?:is|are) )?(?:governed by|under|by|subject to|with|to|for|has|have|having|use|uses|using|choose|chooses|apply|applies|in|of) )?(?:the )?(?:(?:governing |applicable )?laws?(?: and jurisdiction)?(?: (?:is|are|being|as))?(?: of| in|:)?|governed by|govern(?:s|ing)?:?) ${state}$`,
);
/** What stands after it: "law", "-law", "governed", "as governing law". */
const lawAfter =
  /^(?:'s)?(?:[ -](?:state |substantive |contract |governing |applicable )*laws?\b(?! firms?| suits?| schools?| enforcement)|[ -]governed\b|[ -]law[ -]governed\b| as (?:the )?(?:governing|applicable) law\b| (?:is|being) (?:the )?(?:governing|applicable) law\b)/;
const prepositionBefore =
  /(?:(?:that|which) (?:is|are) )?(?:governed by|subject to|under|by|with|of) (?:the )?$/;

interface Mention {
  start: number;
  end: number;
  name: string;
}

const otherNamePattern = new RegExp(
  `(?<![\\w.-])(?:${Object.keys(otherNames)
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|')})(?![\\w])`,
  'g',
);

function mentions(text: string): Mention[] {
  const others = [...text.matchAll(otherNamePattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    name: otherNames[match[0]]!,
  }));
  const found = findJurisdictions(text);
  const isFree = (one: Mention) =>
    !found.some((other) => other.start < one.end && one.start < other.end);
  return [...found, ...others.filter(isFree)].toSorted((a, b) => a.start - b.start);
}

/** What joins places to one that is meant: "Ontario, Canada"; or to several: "New York or Delaware". */
const place = /^,? (?:the )?$/;
const alternative = /^(?:,| or| and|\/|,? or) (?:the )?(?:laws? of )?(?:the )?(?:state of )?$/;

/** The mentions that belong together from one on, and the laws that they name. */
function chainFrom(text: string, named: Mention[], first: number): { end: number; laws: string[] } {
  const names = [named[first]!.name];
  let end = named[first]!.end;
  for (const { start, end: nextEnd, name } of named.slice(first + 1)) {
    const between = text.slice(end, start);
    if (!place.test(between)) {
      if (!alternative.test(between)) break;
      names.push(name);
    }
    end = nextEnd;
  }
  return { end, laws: [...new Set(names.flatMap((name) => partsOf[name] ?? [name]))] };
}

/** The law that a question names: "under German law", "governed by the laws of Delaware"; its words are used. */
export function readLaw(text: QuestionText): Condition | undefined {
  const named = mentions(text.text);
  for (const [at, { start, end: nameEnd, name }] of named.entries()) {
    const before = text.text.slice(0, start);
    const preceding = lawBefore.exec(before)?.[0];
    const chain = chainFrom(text.text, named, at);
    const afterChain = lawAfter.exec(text.text.slice(chain.end))?.[0];
    const isChain = preceding !== undefined || afterChain !== undefined;
    const following = isChain ? afterChain : lawAfter.exec(text.text.slice(nameEnd))?.[0];
    if (following === undefined && preceding === undefined) continue;
    const end = isChain ? chain.end : nameEnd;
    const opening = preceding ?? prepositionBefore.exec(before)?.[0] ?? '';
    const span = { start: start - opening.length, end: end + (following?.length ?? 0) };
    const words = text.words(span);
    text.use(span);
    const laws = isChain ? chain.laws : [...(partsOf[name] ?? [name])];
    return { words, filter: 'governing_law', laws };
  }
  return undefined;
}
