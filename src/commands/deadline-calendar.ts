import ical, { ICalEventTransparency } from 'ical-generator';
import { safeUrl } from '../encode/markdown.ts';
import { singleLine } from '../encode/visible.ts';
import type { SearchContext } from '../search/context.ts';
import type { Filters } from '../search/request-schemas.ts';
import { summarize } from '../search/summary.ts';
import { deadlinePhrase, statusPhrase } from '../search/term-phrases.ts';
import {
  currentTermEnd,
  currentTermOf,
  noticeDeadlineOf,
  renewsAutomatically,
} from '../store/current-term.ts';
import type { StoredDocument } from '../store/records.ts';

type DeadlineRange = Pick<Filters, 'expires_from' | 'expires_to' | 'notice_from' | 'notice_to'>;

interface Deadline {
  /** Identifies the event within its document, so that a second import updates it. */
  key: string;
  day: string;
  label: string;
  reason: string;
}

const isWithin = (day: string, from = '', to = '9999') => from <= day && day <= to;

/**
 * The deadlines from `today` on: the last day for notice, and the day on which the contract ends, or on
 * which it renews where no day for notice is known. With a range of days, only those within it.
 */
function deadlinesOf(document: StoredDocument, range: DeadlineRange, today: string): Deadline[] {
  const { analysis } = document;
  const deadlines: Deadline[] = [];
  const filtersNotice = range.notice_from !== undefined || range.notice_to !== undefined;
  const filtersEnd = range.expires_from !== undefined || range.expires_to !== undefined;

  const current = noticeDeadlineOf(analysis, today);
  const notice = currentTermOf(analysis, today)?.nextNotice ?? current;
  if (
    notice &&
    notice.deadline >= today &&
    (filtersNotice || !filtersEnd) &&
    isWithin(notice.deadline, range.notice_from, range.notice_to)
  ) {
    deadlines.push({
      key: `notice-${notice.end}`,
      day: notice.deadline,
      label: analysis.noticePeriod?.extends ? 'Last day to extend' : 'Last day for notice',
      reason: deadlinePhrase(analysis, current!, today),
    });
  }
  const end = currentTermEnd(analysis, today);
  const renews = renewsAutomatically(analysis, today);
  if (
    end !== undefined &&
    end >= today &&
    (filtersEnd || (!filtersNotice && !(renews && notice))) &&
    isWithin(end, range.expires_from, range.expires_to)
  ) {
    deadlines.push({
      key: renews ? `renewal-${end}` : 'expiry',
      day: end,
      label: renews ? 'Term ends and renews' : 'Expires',
      reason: statusPhrase(analysis, today),
    });
  }
  return deadlines;
}

/** The deadlines of documents as a calendar with one all-day event each (RFC 5545). */
export async function* calendar(
  context: Pick<SearchContext, 'today' | 'disclosure'>,
  documents: AsyncIterable<StoredDocument>,
  range: DeadlineRange,
): AsyncGenerator<string> {
  const today = context.today();
  const events = ical({ name: 'Contract deadlines', prodId: '//Deedbox//Contract deadlines//EN' });
  for await (const document of documents) {
    const {
      document_id: id,
      title,
      parties,
      file_name: file,
      web_url: url,
    } = summarize(document, today);
    const deadlines = deadlinesOf(document, range, today);
    if (deadlines.length > 0) context.disclosure.recordDocuments([id]);
    for (const { key, day, label, reason } of deadlines) {
      const partyNames = parties.map((party) => singleLine(party.name)).join(' / ');
      events.createEvent({
        id: `${id}-${key}@deedbox`,
        start: new Date(`${day}T00:00:00Z`),
        timezone: 'UTC',
        allDay: true,
        transparency: ICalEventTransparency.TRANSPARENT,
        summary: `${label}: ${singleLine(title)}`,
        description: [partyNames, reason, singleLine(file), url && safeUrl(url)]
          .filter(Boolean)
          .join('\n'),
      });
    }
  }
  yield `${events.toString()}\r\n`;
}
