import type { StatedFact } from '../domain/documents.ts';
import { findJurisdictions } from './jurisdictions.ts';
import type { PreparedText, PreparedSentence } from './prepared-text.ts';

const governingPhrase =
  /\b(?:govern|constru|interpret|enforce|determin|controlled by|subject to|in accordance with|resolved)\w*\b.{0,400}?\blaws?\b|\blaws?\b.{0,200}\b(?:govern|appl(?:y|ies|icable)|control)/;
const ofThisContract =
  /\b(?:agreements?|contracts?|lease|amendment|terms|letter|license|warrant|parties|hereof|hereunder|rights|disputes?|validity)\b/;
const lawHeading = /\b(?:governing|applicable|choice of|controlling) law|\blaw\b|\bgoverning\b/;
/**
 * "the laws of the State of …", "the law in force in …": the jurisdiction follows within this many
 * characters.
 */
const lawOf = /\blaws?\b(?: \w+){0,6}? (?:of|in|for)\b/g;
const maxDistance = 90;

function scoreSentence(sentence: PreparedSentence): number {
  if (!governingPhrase.test(sentence.normalized)) return 0;
  let points = 1;
  if (/\bgovern(?:ed|s|ing)?\b|\bconstrued\b/.test(sentence.normalized)) points += 2;
  if (ofThisContract.test(sentence.normalized)) points += 1;
  if (/\bthis (?:\w+ ){0,3}(?:agreement|contract|lease|amendment)\b/.test(sentence.normalized))
    points += 1;
  if (
    /\blaws? of .{3,80}\b(?:applies|shall apply|will apply|shall be applied)\b|\bcontrolled by\b/.test(
      sentence.normalized,
    )
  )
    points += 1;
  if (lawHeading.test(sentence.heading)) points += 2;
  if (sentence.kind === 'exhibit') points -= 1.5;
  return points;
}

/** The jurisdictions whose law a sentence names: after "laws of", else right before "law". */
function findLawJurisdictions(normalized: string): string[] {
  const jurisdictions = findJurisdictions(normalized);
  for (const match of normalized.matchAll(lawOf)) {
    const from = match.index + match[0].length;
    const first = jurisdictions.find(
      (jurisdiction) => jurisdiction.start >= from && jurisdiction.start <= from + maxDistance,
    );
    if (!first) continue;
    // "of the United States and the State of …": the parties chose the state's law.
    const state = first.name === 'United States' && jurisdictions[jurisdictions.indexOf(first) + 1];
    if (
      state &&
      /^(?: of america)?,? and (?:of )?the (?:state|commonwealth) of $/.test(
        normalized.slice(first.end, state.start),
      )
    )
      return [state.name];
    const second = jurisdictions.find(
      (jurisdiction) =>
        jurisdiction.start >= first.end &&
        /^,? or (?:the (?:state|commonwealth) of )?$/.test(
          normalized.slice(first.end, jurisdiction.start),
        ),
    );
    return second ? [first.name, second.name] : [first.name];
  }
  const before = jurisdictions.find((jurisdiction) =>
    /^(?: state| substantive| internal)?(?:'s)? laws?\b/.test(
      normalized.slice(jurisdiction.end, jurisdiction.end + 20),
    ),
  );
  return before ? [before.name] : [];
}

/**
 * Finds the governing law in the sentence that states it, never in a venue or in where a party is
 * incorporated. Undefined if the jurisdiction is blank or unknown.
 */
export function findGoverningLaw({ sentences }: PreparedText): StatedFact | undefined {
  const ranked = sentences
    .map((sentence) => ({ sentence, points: scoreSentence(sentence) }))
    .filter(({ points }) => points >= 3)
    .sort((a, b) => b.points - a.points || a.sentence.start - b.sentence.start);
  for (const { sentence } of ranked.slice(0, 5)) {
    const jurisdictions = findLawJurisdictions(sentence.normalized);
    if (jurisdictions.length > 0) {
      return {
        value: jurisdictions.join('; '),
        evidence: [{ start: sentence.start, end: sentence.end }],
      };
    }
  }
  return undefined;
}
