import type { Condition, DatedKind } from './conditions.ts';
import { parseRange } from './date-ranges.ts';
import type { Tense } from './periods.ts';
import { contractNoun, type QuestionText } from './question-text.ts';

/** A verb or noun that says which date is meant. */
interface DatedVerb {
  filter: DatedKind | 'renewal';
  pattern: string;
}

const isCapable =
  '(?<!\\b(?:can|could|may|might|to|we|they|you|either|party|parties|must|should|shall|not|both) )';

/** In this order: a word is of the first that has it. */
const datedVerbs: DatedVerb[] = [
  {
    filter: 'notice',
    pattern:
      '(?:(?:give|giving|send|serve|have|with|whose|need|needs|require|requires|the )? ?(?:the )?(?:last days? (?:for|to give|of) |deadlines? (?:for|of) )?(?:a )?(?:termination |renewal |non-renewal |cancellation )?notices?(?: (?:of (?:non-renewal|termination)|against renewal|to (?:terminate|cancel)))?(?: (?:deadlines?|windows?|periods?|dates?|days?))?(?: (?:is|are|must be|has to be|have to be|should be|to be|falls?|comes?|ends?|runs? out|closes?|expires?|due|given|sent|served|required|needed))*|(?:must|have to|need to|should) be (?:cancelled|canceled|terminated|given notice of))',
  },
  {
    filter: 'renewal',
    pattern:
      '(?:(?:will|would|shall|do|does|did|can) )?(?:automatically |auto-?)?(?:renew(?:s|ed|ing)?|roll(?:s|ed)? over|(?:is|are) (?:automatically )?(?:renewed|extended|prolonged)|(?:is|are) to renew)(?: (?:automatically|again|themselves|itself|by (?:themselves|itself)))?',
  },
  {
    filter: 'expires',
    pattern: `(?:(?:is|are|comes?|coming|falls?) )?(?:up|due) for renewal|renewal dates?(?: (?:is|are|in|falls?))?|(?:(?:is|are) )?due to (?:expire|end)|(?:(?:will|would|shall|does|do|did|to|have|has|had) )?(?:automatically )?(?:expir(?:es?|ed|ing)|laps(?:es?|ed|ing)|(?:run|runs|ran|running) out|(?:come|comes|came|coming) to (?:an|their|its) end|(?:reach|reaches|reached) (?:the end|its end|their end)|finish(?:es|ed)?|(?:end(?:s|ed|ing)?))(?! of\\b)(?: (?:on|at) (?:its|their) own)?|${isCapable}terminat(?:es?|ed|ing)|(?:(?:with|whose|having) )?(?:an? )?(?:expir(?:y|ation)|end) ?(?:dates?)?(?: (?:is|are|falls?|date))?|(?:whose|the|its|their) terms? (?:ends?|ended|ending|runs? out|expires?)|runs? (?=until|till|to)`,
  },
  {
    filter: 'effective',
    pattern:
      '(?:(?:will|would|shall|did|does|do|which|that) )?(?:(?:start|beg(?:i|a)n|commenc)(?:s|es|ed|ing|e|ning)?|(?:take|takes|took|taking) effect|(?:come|comes|came) into (?:force|effect)|(?:become|becomes|became) effective|go(?:es)? live|went live|(?:is|are|was|were) effective|effective)(?: (?:date|dates|as of))?(?: (?:is|are|falls?))?',
  },
  {
    filter: 'agreement',
    pattern:
      '(?:(?:that|which) )?(?:(?:was|were|is|are|been|be|did|have|has|had|newly|we|last) )*(?:(?:counter-?)?sign(?:ed)?|dated|executed?|entered into|enter into|concluded?|made|agreed|struck|closed)(?: (?:an? |the )?(?:agreement )?(?:with us|between us|by us))?',
  },
];

const patterns = datedVerbs.map(({ filter, pattern }) => ({
  filter,
  pattern: new RegExp(`(?<![\\w\\uE000-\\uE002-])(?:${pattern})(?![\\w-])`, 'g'),
}));

/** Words that may stand between a verb and its time. */
const adverbs =
  /^(?: (?:again|automatically|sometime|some time|early|soon|at the latest|at some point|naturally|already))?/;

function tenseOf(verb: string, before: string): Tense {
  if (/\b(?:will|would|shall|to)\b/.test(verb)) return 'future';
  const isPast =
    /\b(?:(?!need)\w+ed|ran|came|became|began|took|went|struck|made|dated|signed)\b/.test(verb) ||
    /\b(?:did|had|has|have|was|were) (?:[^?.;]{0,60} )?$/.test(before);
  return isPast ? 'past' : 'future';
}

/** "in 2021": a time that stands alone, away from its verb. */
const timeAlone =
  /(?<![\w\uE000-\uE002-])(?:(?:in|during|before|after|since|between|within|by|until|from|over|on|not later than|no later than|prior to|up to|at) |(?:this|next|last) (?:week|month|quarter|year)\b|today\b|tomorrow\b)/g;

interface FoundRange {
  range: { from?: string; to?: string };
  start: number;
  end: number;
}

/** The only time in a text; undefined where there is none, or more than one. */
function onlyTime(text: string, today: string, tense: Tense): FoundRange | undefined {
  const found: FoundRange[] = [];
  for (const match of text.matchAll(timeAlone)) {
    if (found.some(({ end }) => end > match.index)) continue;
    const time = parseRange(text.slice(match.index), today, tense);
    if (time) found.push({ range: time.range, start: match.index, end: match.index + time.length });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** A time before its noun: "2021 expirations", "the Q3 renewals". */
function timeBefore(text: string, end: number, today: string): FoundRange | undefined {
  const match =
    /(?:(?:19|20)\d\d|q[1-4](?: (?:19|20)\d\d)?|(?:this|next|last) (?:week|month|quarter|year)(?:'s)?) $/.exec(
      text.slice(0, end),
    );
  const time = match && parseRange(match[0].replace("'s", ''), today, 'any');
  return match && time ? { range: time.range, start: match.index, end } : undefined;
}

/** The conditions on dates that a question states; their words are used. */
export function readTimes(text: QuestionText, today: string): Condition[] {
  const conditions: Condition[] = [];
  const timeless: { filter: DatedVerb['filter']; start: number; end: number; tense: Tense }[] = [];
  const add = (filter: DatedVerb['filter'], range: FoundRange['range'], words: string) => {
    if (filter === 'renewal') {
      conditions.push({ words, filter: 'renews_automatically', renews: true });
      conditions.push({ words, filter: 'expires', range });
    } else conditions.push({ words, filter, range });
  };
  for (const { filter, pattern } of patterns) {
    for (const match of text.text.matchAll(pattern)) {
      const [start, verbEnd] = [match.index, match.index + match[0].length];
      if (/[\uE000-\uE002]/.test(text.text.slice(start, verbEnd))) continue;
      const tense = tenseOf(match[0], text.text.slice(0, start));
      const skip = adverbs.exec(text.text.slice(verbEnd))![0].length;
      const after = parseRange(text.text.slice(verbEnd + skip), today, tense) ?? undefined;
      const found = after
        ? { range: after.range, start, end: verbEnd + skip + after.length }
        : withEnd(timeBefore(text.text, start, today), verbEnd);
      if (!found) {
        if (match[0].trim() !== '') timeless.push({ filter, start, end: verbEnd, tense });
        continue;
      }
      const words = text.words(found);
      add(filter, found.range, words);
      text.use(found);
    }
  }
  const [verb, another] = distinctVerbs(timeless);
  if (conditions.length === 0 && verb && !another) {
    const time = onlyTime(text.text, today, verb.tense);
    if (time) {
      add(verb.filter, time.range, `${text.words(verb)} ${text.words(time)}`);
      text.use(time);
      // "signed" still says that a signed one is asked for
      if (verb.filter !== 'agreement') text.use(verb);
    }
  }
  return [...conditions, ...readDateOf(text, today, conditions)];
}

const withEnd = (found: FoundRange | undefined, end: number): FoundRange | undefined =>
  found && { ...found, end };

/** One verb for each kind of date. */
function distinctVerbs<T extends { filter: string }>(verbs: T[]): T[] {
  return verbs.filter(({ filter }, at) => verbs.findIndex((verb) => verb.filter === filter) === at);
}

const datedNoun = new RegExp(`${contractNoun} (?=(?:from|of) (?:the )?)`, 'g');

/** "contracts from 2019", "the agreement of 1 March 2020": the date of the agreement. */
function readDateOf(text: QuestionText, today: string, known: Condition[]): Condition[] {
  if (known.some(({ filter }) => filter === 'agreement')) return [];
  for (const match of text.text.matchAll(datedNoun)) {
    const at = match.index + match[0].length;
    const preposition = /^(?:from|of) /.exec(text.text.slice(at))![0];
    const time = parseRange(text.text.slice(at + preposition.length), today, 'past');
    if (!time || !/\d{4}/.test(text.text.slice(at, at + preposition.length + time.length)))
      continue;
    const span = { start: at, end: at + preposition.length + time.length };
    const words = text.words(span);
    text.use(span);
    return [{ words, filter: 'agreement', range: time.range }];
  }
  return [];
}

const negative = "(?<negative>(?:do|does|will) not |don't |doesn't |won't |not )?";
const renewing = new RegExp(
  `(?:(?:that|which|to) )?${negative}(?:(?:automatically |auto-?)renew(?:s|ing|ed)?|renew(?:s|ing|ed)? (?:automatically|(?:by )?themselves|(?:by )?itself)|with (?:an )?automatic renewals?|(?<=(?:${contractNoun}) (?:that|which) ${negative.replace('?<negative>', '?:')})renew|renew(?=[?.]?$))(?: unless [^?.;]*)?`,
);

/** Whether contracts are asked for that renew by themselves, or that do not. */
export function readRenewal(text: QuestionText): Condition | undefined {
  const match = renewing.exec(text.text);
  if (!match) return undefined;
  const span = { start: match.index, end: match.index + match[0].length };
  const words = text.words(span);
  text.use(span);
  return {
    words,
    filter: 'renews_automatically',
    renews: match.groups!['negative'] === undefined,
  };
}
