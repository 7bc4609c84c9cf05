import type { Span } from '../domain/documents.ts';
import { findPreambleParties } from './preamble-parties.ts';

/**
 * Characters from the top in which to look for the opening, after covers and tables of contents.
 */
const maxSearchLength = 15_000;
const betweenPhrase = /\b(?:by\s+and\s+)?(?:between|among|amongst)\b(?:\s+and\s+among\b)?/gi;
/** Openings without "between": "entered into by Acme", "PARTIES (1) Acme", "is by Acme". */
const alternativeOpening =
  /\b(?:entered\s+into|made|executed|given)\b(?:(?!\b(?:between|among)\b)[^.;]){0,160}?\b(?:by|with)\b(?!\s+and\s+(?:between|among))|\bparties\b\s*:?\s*(?=\(?1[.)]|\n)|\bconfirms?\s+(?:that|the)\b[^.;]{0,200}?\bbetween\b/gi;
const openingWord =
  /\b(?:agreement|contract|lease|amendment|made|entered|dated|effective|parties)\b/i;
const ownOpening =
  /\bthis\s+(?:[\w&/,'\u2019.#-]+\s+){0,12}?(?:agreement|contract|lease|amendment|addendum|indenture|deed|memorandum)\b(?:(?!\.\s+[A-Z]).){0,300}$/is;
/** "pursuant to the …", "an agreement dated … between": usually about another contract. */
const otherContract =
  /\b(?:that\s+certain|pursuant\s+to|assignment|set\s+forth\s+in)\b[^.;]{0,160}$|\b(?:an|that|to\s+the)\s+(?:\w+\s+){0,4}?(?:agreement|contract|lease),?\s+dated\b[^.;]{0,80}$/i;
const definition = /\([^()]{0,80}["\u201c][^"\u201c\u201d]{1,60}["\u201d]/;
const legalForm =
  /\b(?:inc|incorporated|corp|corporation|company|llc|l\.l\.c|ltd|limited|plc|gmbh|l\.p|lp|s\.a|n\.v|b\.v|ag)\b/i;
const preambleEnd =
  /\bwhereas\b|\bw\s?i\s?t\s?n\s?e\s?s\s?s\s?e\s?t\s?h|\brecitals?\b|\bbackground\b|\bnow,?\s+therefore\b|\bagree(?:s|ment)?\s+as\s+follows\b|\bin\s+consideration\b|\btable\s+of\s+contents\b|\b(?:individually|collectively|each|both|sometimes)\b[^.]{0,120}["\u201c]part(?:y|ies)["\u201d,.]|\b(?:article|section)\s+(?:1|i)\b|\b1\.\s+[A-Z]/i;
const maxPreambleLength = 5000;
/** Candidates whose parties are read to select the best. */
const maxCompared = 6;

export interface Preamble extends Span {
  /** Where the list of parties begins: after "between". */
  partiesStart: number;
}

interface OpeningCandidate {
  at: number;
  /** Where the parties begin. */
  partiesStart: number;
  points: number;
}

/** Scores a candidate for the opening by the words before and after `at`. */
function scoreOpening(head: string, at: number, match: string): number {
  const before = head.slice(Math.max(0, at - 400), at);
  const after = head.slice(at, at + 1200);
  return (
    (openingWord.test(before.slice(-300)) ? 2 : 0) +
    (ownOpening.test(before) ? 2 : 0) -
    (otherContract.test(before) ? (at > 2500 ? 4 : 2) : 0) +
    (definition.test(after) ? 3 : 0) +
    (legalForm.test(after.slice(0, 250)) ? 2 : 0) +
    (/^by\s+and/i.test(match) ? 1 : 0) -
    (/^\S+(?:\s+and\s+\S+)?\s+(?:the (?:company|parties|agent|bank)\b|such|any|you\b|each)/i.test(
      after,
    )
      ? 4
      : 0) -
    (at > 8000 ? 1 : 0)
  );
}

function partiesRegion(head: string, partiesStart: number): Span {
  const rest = head.slice(partiesStart, partiesStart + maxPreambleLength);
  const stop = rest.search(preambleEnd);
  return { start: partiesStart, end: partiesStart + (stop < 0 ? rest.length : stop) };
}

/** Scores a candidate by its parties: two or more, with a role or a legal form. */
function scoreNames(text: string, region: Span): number {
  const named = findPreambleParties(text, region);
  const certainCount = named.filter(
    ({ role, hasLegalForm: form }) => form || role !== undefined,
  ).length;
  return (
    Math.min(2, named.length) + Math.min(2, certainCount) + (named.some(({ role }) => role) ? 1 : 0)
  );
}

/**
 * Finds the opening of a contract, "This … Agreement … by and between …"; undefined if it has none.
 */
export function findPreamble(text: string): Preamble | undefined {
  const head = text.slice(0, maxSearchLength);
  const candidates = (pattern: RegExp): OpeningCandidate[] =>
    [...head.matchAll(pattern)]
      .map((match) => ({
        at: match.index,
        partiesStart: match.index + match[0].length,
        points: scoreOpening(head, match.index, match[0]),
      }))
      .filter(({ points }) => points >= 3)
      .toSorted((a, b) => b.points - a.points || a.at - b.at)
      .slice(0, maxCompared)
      .map((candidate) => ({
        ...candidate,
        points: candidate.points + scoreNames(text, partiesRegion(head, candidate.partiesStart)),
      }))
      .filter(({ points }) => points >= 4)
      .toSorted((a, b) => b.points - a.points || a.at - b.at);
  const [standard] = candidates(betweenPhrase);
  const [other] =
    standard && standard.points >= 8
      ? []
      : candidates(alternativeOpening).filter(({ points }) => points >= 7);
  const best = !standard || (other && other.points > standard.points) ? other : standard;
  if (!best) return undefined;
  const before = head.slice(Math.max(0, best.at - 800), best.at);
  const openingOffset = Math.max(before.lastIndexOf('This '), before.lastIndexOf('THIS '));
  const start =
    openingOffset < 0 ? Math.max(0, best.at - 300) : best.at - before.length + openingOffset;
  const { start: partiesStart, end } = partiesRegion(head, best.partiesStart);
  return { start, partiesStart, end };
}
