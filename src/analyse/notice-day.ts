import type { NoticeEnd } from '../domain/documents.ts';
import { findDates, monthNumber, monthPattern, type DateOrder } from './date-text.ts';
import type { PatternRow } from './pattern-row.ts';

/** What ends on the day to which notice may be given. */
export const noticeEndRows: (PatternRow & { toEndOf: NoticeEnd })[] = [
  {
    id: 'the end of a month',
    toEndOf: 'month',
    pattern:
      /\b(?:to|at|as of|with effect (?:from|to|at)|effective (?:at|as of|on)|by|expiring (?:at|on)) (?:the )?(?:end|last day|close) of (?:the |a |any |each |that |such )?(?:calendar |following |relevant )?month\b/,
    mustMatch: ["with one month's notice to the end of a month"],
    mustNotMatch: ['at the end of the term'],
  },
  {
    id: 'the end of a quarter',
    toEndOf: 'quarter',
    pattern:
      /\b(?:to|at|as of|with effect (?:from|to|at)|effective (?:at|as of|on)|by|expiring (?:at|on)) (?:the )?(?:end|last day|close) of (?:the |a |any |each |that |such )?(?:calendar |following )?quarter\b/,
    mustMatch: ["with three months' notice to the end of a calendar quarter"],
    mustNotMatch: ['to the end of a month'],
  },
  {
    id: 'the end of a half-year',
    toEndOf: 'half_year',
    pattern:
      /\b(?:to|at|as of|with effect (?:from|to|at)|effective (?:at|as of|on)|by|expiring (?:at|on)) (?:the )?(?:end|last day|close) of (?:the |a |any |each |that |such )?(?:calendar )?half[- ]?year\b/,
    mustMatch: ["with six weeks' notice to the end of a half-year"],
    mustNotMatch: ['to the end of a calendar year'],
  },
  {
    id: 'the end of a contract year',
    toEndOf: 'contract_year',
    pattern:
      /\b(?:to|at|as of|with effect (?:from|to|at)|effective (?:at|as of|on)|by|expiring (?:at|on)) (?:the )?(?:end|last day|close|anniversary) of (?:the |a |any |each |that |such )?(?:contract(?:ual)?|agreement|licen[cs]e|subscription) year\b|\b(?:to|at|on|as of) (?:the |each |any |an )?anniversary of (?:the (?:effective|commencement) date|this agreement)\b/,
    mustMatch: ["with three months' notice to the end of a contract year"],
    mustNotMatch: ['to the end of a calendar year'],
  },
  {
    id: 'the end of a calendar year',
    toEndOf: 'calendar_year',
    pattern:
      /\b(?:to|at|as of|with effect (?:from|to|at)|effective (?:at|as of|on)|by|expiring (?:at|on)) (?:the )?(?:end|last day|close) of (?:the |a |any |each |that |such )?(?:calendar )?year\b|\bto 31 december of (?:any|each|a|every) (?:calendar )?year\b/,
    mustMatch: ["with six months' notice to the end of a calendar year", 'to the end of any year'],
    mustNotMatch: ['to the end of a contract year'],
  },
];

const lastDay =
  '(?:by|(?:no|not) later than|on or before|at the latest (?:by|on)|latest by|until|before|prior to|up to)';
const introducesDay = new RegExp(`\\b${lastDay}(?: and including)?(?: the)? ?$`, 'i');
const isExclusive = /\b(?:before|prior to)(?: the)? ?$/i;
const dayOfYear = new RegExp(
  `\\b(${lastDay})(?: and including)?(?: the)? (?:(\\d{1,2})(?:st|nd|rd|th)?(?: day)?(?: of)? ${monthPattern}|${monthPattern} (\\d{1,2})(?:st|nd|rd|th)?)\\b(?!,? ?(?:19|20)\\d\\d)`,
  'i',
);
const endOfMonth = new RegExp(
  `\\b${lastDay} the end of ${monthPattern}\\b(?!,? ?(?:19|20)\\d\\d)`,
  'i',
);

const twoDigits = (value: number) => String(value).padStart(2, '0');

/**
 * The last day for notice where a sentence states it: `YYYY-MM-DD`, or `MM-DD` for a day in each year.
 * @param raw the sentence with collapsed white space
 */
export function findNoticeDay(raw: string, order: DateOrder | undefined): string | undefined {
  for (const { start, value } of findDates(raw, order)) {
    const before = raw.slice(Math.max(0, start - 40), start);
    if (value === undefined || !introducesDay.test(before)) continue;
    return isExclusive.test(before.replace(/\bon or before\b/i, 'by')) ? dayBefore(value) : value;
  }
  const yearly = dayOfYear.exec(raw);
  if (yearly) {
    const [, , dayFirst, month, otherMonth, monthFirst] = yearly;
    const month_ = monthNumber((month ?? otherMonth)!);
    const value = `${twoDigits(month_)}-${twoDigits(Number(dayFirst ?? monthFirst))}`;
    return /^(?:before|prior)/i.test(yearly[1]!) ? dayBefore(`2001-${value}`).slice(5) : value;
  }
  const end = endOfMonth.exec(raw);
  if (!end) return undefined;
  const month = monthNumber(end[1]!);
  return dayBefore(`${month === 12 ? 2002 : 2001}-${twoDigits((month % 12) + 1)}-01`).slice(5);
}

function dayBefore(value: string): string {
  return new Date(Date.parse(value) - 86_400_000).toISOString().slice(0, 10);
}

const firstTime =
  /\b(?:for the first time|first(?:ly)? possible|at the earliest|(?:not|no) (?:earlier|sooner) than|earliest)\b(?: (?:as of|as at|to|on|at|with effect (?:from|to)|by|possible|effective))*[ ,]*$/i;

/**
 * The first day to which notice may be given: "for the first time as of 31 December 2037".
 * @param raw the sentence with collapsed white space
 */
export function findFirstEnd(raw: string, order: DateOrder | undefined): string | undefined {
  return findDates(raw, order).find(
    ({ start, value }) =>
      value !== undefined && firstTime.test(raw.slice(Math.max(0, start - 70), start)),
  )?.value;
}
