import ical, { ICalEventTransparency } from 'ical-generator';
import { factsOf } from '../mcp/disclosed.ts';
import type { Filters } from '../search/requests.ts';
import { summarize } from '../search/summary.ts';
import { deadlineWords, statusWords } from '../search/term-words.ts';
import { presentEnd, presentTermOf, renewsByItself } from '../store/present-term.ts';

import type { StoredDocument } from '../store/records.ts';
import type { Written } from './register.ts';

type Asked = Pick<Filters, 'expires_from' | 'expires_to' | 'notice_from' | 'notice_to'>;

interface Deadline {
  /** With the document, what the event is known by when it is imported again. */
  key: string;
  day: string;
  what: string;
  why: string;
}

const within = (day: string, from = '', to = '9999') => from <= day && day <= to;

/**
 * What there is to act on from `today` on: the last day for notice, and the day on which the
 * contract ends, or renews where no day for notice is known. Where ranges of days were asked for,
 * what lies within them.
 */
function deadlinesOf(document: StoredDocument, asked: Asked, today: string): Deadline[] {
  const { analysis } = document;
  const term = presentTermOf(analysis, today);
  const deadlines: Deadline[] = [];
  const asksNotice = asked.notice_from !== undefined || asked.notice_to !== undefined;
  const asksEnd = asked.expires_from !== undefined || asked.expires_to !== undefined;

  const notice =
    term?.nextNotice ??
    (term?.noticeDeadline === undefined
      ? undefined
      : { deadline: term.noticeDeadline, end: term.end });
  if (
    notice &&
    notice.deadline >= today &&
    (asksNotice || !asksEnd) &&
    within(notice.deadline, asked.notice_from, asked.notice_to)
  ) {
    deadlines.push({
      key: `notice-${notice.end}`,
      day: notice.deadline,
      what: 'Last day for notice',
      why: deadlineWords(analysis, term!, today),
    });
  }
  const end = presentEnd(analysis, today);
  const renews = renewsByItself(analysis, today);
  if (
    end !== undefined &&
    end >= today &&
    (asksEnd || (!asksNotice && !(renews && notice))) &&
    within(end, asked.expires_from, asked.expires_to)
  ) {
    deadlines.push({
      key: renews ? `renewal-${end}` : 'expiry',
      day: end,
      what: renews ? 'Term ends and renews' : 'Expires',
      why: statusWords(analysis, today),
    });
  }
  return deadlines;
}

/** The deadlines of documents as a calendar with one all-day event each (RFC 5545). */
export async function* calendar(
  documents: AsyncIterable<StoredDocument>,
  asked: Asked,
  today: string,
): AsyncGenerator<Written> {
  const events = ical({ name: 'Contract deadlines', prodId: '//Deedbox//Contract deadlines//EN' });
  const told: string[] = [];
  for await (const document of documents) {
    const {
      document_id: id,
      title,
      parties,
      file_name: file,
      web_url: url,
    } = summarize(document, today);
    const deadlines = deadlinesOf(document, asked, today);
    if (deadlines.length > 0) told.push(id);
    for (const { key, day, what, why } of deadlines) {
      const between = parties.map((party) => party.name).join(' / ');
      events.createEvent({
        id: `${id}-${key}@deedbox`,
        start: new Date(`${day}T00:00:00Z`),
        timezone: 'UTC',
        allDay: true,
        transparency: ICalEventTransparency.TRANSPARENT,
        summary: `${what}: ${title}`,
        description: [between, why, file, url].filter(Boolean).join('\n'),
      });
    }
  }
  yield { text: `${events.toString()}\r\n`, told: factsOf(told) };
}
