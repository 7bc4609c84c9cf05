import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { normalizeForMatching } from '../../src/analyse/normalize-for-matching.ts';
import type { Clause, Section, Structure } from '../../src/domain/documents.ts';
import { clauseThreshold } from '../../src/search/clause-presence.ts';
import { confidenceIntervals, share, type Estimate } from './statistics.ts';

/**
 * Deedbox's own clause types have no labels, but many sections have a heading that names their
 * subject. The headings are removed from the text, clauses are found by the text alone and then
 * compared with the headings. Sections whose heading names no type ("Miscellaneous") do not count.
 */

const ownTypes = clauseTypes.filter(({ origin }) => origin === 'deedbox');

/** Text and structure without the words of headings; offsets do not change. */
export function hideHeadings(
  text: string,
  structure: Structure,
): { text: string; structure: Structure } {
  let hidden = text;
  for (const { title, start, end } of structure.sections) {
    if (title === undefined) continue;
    const at = text.indexOf(title, start);
    if (at < 0 || at >= end) continue;
    hidden = hidden.slice(0, at) + ' '.repeat(title.length) + hidden.slice(at + title.length);
  }
  const sections = structure.sections.map(({ title: _title, ...section }) => ({
    ...section,
    path: [],
  }));
  return { text: hidden, structure: { ...structure, sections } };
}

/** A section with the clause types that its heading names. */
interface HeadedSection {
  section: Section;
  types: ReadonlySet<string>;
}

function headedSections({ sections }: Structure): HeadedSection[] {
  return sections.flatMap((section) => {
    if (section.title === undefined) return [];
    const heading = normalizeForMatching(section.title);
    const types = clauseTypes
      .filter((type) => type.headingPattern?.test(heading))
      .map(({ id }) => id);
    return [{ section, types: new Set<string>(types) }];
  });
}

/** Counts of one type in one contract. */
export interface OwnTypeCounts {
  /** Predictions in sections whose heading names any type, and those under a heading of this type. */
  predicted: number;
  right: number;
  /** Sections with a heading of this type, and those of them with a prediction. */
  headed: number;
  found: number;
}

/** Counts of every own type, in the order of the table, for clauses at or above the threshold. */
export function countOwnTypes(structure: Structure, clauses: Clause[]): Map<string, OwnTypeCounts> {
  const titledSections = headedSections(structure);
  const confident = clauses.filter(({ confidence }) => confidence >= clauseThreshold);
  const clausesWithSection = confident.map((clause) => ({
    type: clause.type,
    section: innermost(titledSections, clause),
  }));
  return new Map(
    ownTypes.map(({ id }) => {
      const ofType = clausesWithSection.filter(({ type }) => type === id);
      const underTypedHeading = ofType.filter(({ section }) => (section?.types.size ?? 0) > 0);
      const headed = titledSections.filter(({ types }) => types.has(id));
      const hasPrediction = ({ section }: HeadedSection) =>
        confident.some(
          ({ type, start }) => type === id && start >= section.start && start < section.end,
        );
      const counts: OwnTypeCounts = {
        predicted: underTypedHeading.length,
        right: underTypedHeading.filter(({ section }) => section!.types.has(id)).length,
        headed: headed.length,
        found: headed.filter(hasPrediction).length,
      };
      return [id, counts];
    }),
  );
}

/** The smallest titled section in which the clause starts. */
function innermost(titledSections: HeadedSection[], { start }: Clause): HeadedSection | undefined {
  let found: HeadedSection | undefined;
  for (const one of titledSections) {
    const { section } = one;
    if (start < section.start || start >= section.end) continue;
    if (!found || section.end - section.start <= found.section.end - found.section.start) {
      found = one;
    }
  }
  return found;
}

export interface CountedContract {
  company: string;
  fold: number;
  ownTypes: Map<string, OwnTypeCounts>;
}

export interface OwnTypeFigures {
  counts: OwnTypeCounts;
  precision: Estimate;
  recall: Estimate;
}

/** Precision and recall of each own type against the headings. */
export function ownTypeFigures(contracts: CountedContract[]): Map<string, OwnTypeFigures> {
  return new Map(
    ownTypes.map(({ id }) => {
      const figures = confidenceIntervals(contracts, (some: CountedContract[]) => (times) => {
        const { right, predicted, found, headed } = sumCounts(some, id, times);
        return { precision: share(right, predicted), recall: share(found, headed) };
      });
      return [id, { counts: sumCounts(contracts, id, () => 1), ...figures }];
    }),
  );
}

function sumCounts(contracts: CountedContract[], type: string, times: (company: string) => number) {
  const sum: OwnTypeCounts = { predicted: 0, right: 0, headed: 0, found: 0 };
  for (const { company, ownTypes: byType } of contracts) {
    const counts = byType.get(type);
    if (!counts) continue;
    for (const key of Object.keys(sum) as (keyof OwnTypeCounts)[]) {
      sum[key] += counts[key] * times(company);
    }
  }
  return sum;
}
