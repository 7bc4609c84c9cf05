import type { ContractStatus } from '../../store/records.ts';
import type { Condition } from './conditions.ts';
import { parseRange } from './date-ranges.ts';
import { contractNoun, type QuestionText } from './question-text.ts';

const statusWords: [ContractStatus, adjective: string, predicate: string][] = [
  [
    'not_yet_effective',
    '(?:future|upcoming|not yet effective)',
    '(?:not yet (?:effective|in force|begun|started|in effect)|has not (?:yet )?(?:begun|started)|have not (?:yet )?(?:begun|started))',
  ],
  [
    'expired',
    '(?:expired|lapsed|ended)',
    '(?:(?:already |now |long )*(?:expired|lapsed|over)|no longer (?:in force|in effect|active|valid))',
  ],
  [
    'in_force',
    '(?:(?:currently )?(?:active|valid|live|running|ongoing|effective|binding)|in[- ]force|unexpired|current)',
    '(?:(?:still |currently |now |today |presently )*(?:in force|in effect|active|valid|live|running|ongoing|unexpired|binding))',
  ],
];

const patterns = statusWords.map(([status, adjective, predicate]) => ({
  status,
  pattern: new RegExp(
    `(?<![\\w-])(?:(?<adjective>${adjective})(?= (?:[\\w-]+ ){0,2}${contractNoun})|(?:(?:(?:that|which) )?(?:is|are|was|were|be|being|remains?|that's) )?(?<predicate>${predicate}))(?![\\w-])`,
  ),
}));

/** Whether a contract is asked for that is in force, expired, or not yet effective, today or on a day. */
export function readStatus(text: QuestionText, today: string): Condition | undefined {
  for (const { status, pattern } of patterns) {
    const match = pattern.exec(text.text);
    if (!match) continue;
    const end = match.index + match[0].length;
    const on =
      match.groups!['predicate'] === undefined
        ? undefined
        : parseRange(
            text.text.slice(end),
            today,
            /\b(?:was|were)\b/.test(match[0]) ? 'past' : 'any',
          );
    const day = on && on.range.from === on.range.to ? on.range.from : undefined;
    // "in force in 2021" is of no one day
    if (on && day === undefined) continue;
    const span = { start: match.index, end: end + (on?.length ?? 0) };
    const words = text.words(span);
    text.use(span);
    return { words, filter: 'status', status, ...(day === undefined ? {} : { day }) };
  }
  return undefined;
}

const unsigned =
  /(?<![\w-])(?:unsigned|(?:that |which )?(?:is |are |was |were )?(?:not (?:yet )?(?:been )?(?:signed|executed|countersigned)|only drafts?)|(?:has|have)(?:n't| not) (?:yet )?(?:been )?(?:signed|executed)|drafts?(?= (?:[\w-]+ ){0,2}(?:agreements?|contracts?|\uE002))|(?<=\uE002 )drafts?|drafts (?:of|for))(?![\w-])/;
const signed =
  /(?<![\w-])(?:(?:that |which )?(?:(?:is|are|was|were|been|being|already|fully|duly|ever|both|have|has|had) )*(?:counter-?)?(?:signed|executed))(?![\w-])|(?<=\b(?:did|does|do)\b[^?.;]{1,100} )(?:sign|execute)(?![\w-])/;

/** Whether a signed contract is asked for, or one that is not. */
export function readSignature(text: QuestionText): Condition | undefined {
  for (const [isSigned, pattern] of [
    [false, unsigned],
    [true, signed],
  ] as const) {
    const match = pattern.exec(text.text);
    if (!match) continue;
    const span = { start: match.index, end: match.index + match[0].length };
    const words = text.words(span);
    text.use(span);
    return { words, filter: 'signed', signed: isSigned };
  }
  return undefined;
}
