import { expect, it } from 'vitest';
import { calendar } from '../../src/commands/deadline-calendar.ts';
import type { Analysis } from '../../src/domain/documents.ts';
import { DisclosureRecorder } from '../../src/request/disclosure-recorder.ts';
import { analysisOf, sourceFile } from '../contract/store-samples.ts';
import { lengthOf, on } from '../store/term-fields.ts';

async function* documentWith(analysis: Partial<Analysis>) {
  yield {
    documentId: 'Doc1',
    revision: '1',
    file: sourceFile('a.txt'),
    contentHash: '',
    mediaType: 'text/plain',
    pages: 1,
    characters: 1,
    analysis: analysisOf(analysis),
  };
}

/** The events of one document on a day, as `DAY SUMMARY`, and the ids that were disclosed. */
async function eventsOn(
  today: string,
  analysis: Partial<Analysis>,
  range: Parameters<typeof calendar>[2] = {},
) {
  const context = { today: () => today, disclosure: new DisclosureRecorder() };
  let text = '';
  for await (const part of calendar(context, documentWith(analysis), range)) text += part;
  const fields = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}[^:]*:(.*)\r$`, 'gm'))].map((match) => match[1]!);
  const summaries = fields('SUMMARY');
  return {
    events: fields('DTSTART').map((day, at) => `${day} ${summaries[at]}`),
    ids: context.disclosure.take().map(({ document_id: id }) => id),
  };
}

const ending = { expirationDate: on('2026-06-30') };
const renewing = {
  ...ending,
  renewalTerm: { kind: 'automatic' as const, length: lengthOf(1, 'year'), evidence: [] },
  noticePeriod: { value: '30 days', length: lengthOf(30, 'day'), evidence: [] },
};
const expiry = ['20260630 Expires: Services Agreement'];

it('has the end of a contract up to its day, and discloses the contract', async () => {
  expect(await eventsOn('2026-06-30', ending)).toEqual({ events: expiry, ids: ['Doc1'] });
  expect(await eventsOn('2026-07-01', ending)).toEqual({ events: [], ids: [] });
});

it('has the next last day for notice of a contract that renews, up to its day', async () => {
  const notice = (day: string) => [`${day} Last day for notice: Services Agreement`];
  const { events } = await eventsOn('2026-05-01', renewing);
  const [day] = /^\d{8}/.exec(events[0]!)!;
  expect(events).toEqual(notice(day));
  const lastDay = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  expect((await eventsOn(lastDay, renewing)).events).toEqual(notice(day));
  expect((await eventsOn('2026-06-15', renewing)).events).toEqual(notice(`2027${day.slice(4)}`));
});

it('has the renewal itself where no notice period is known', async () => {
  const { noticePeriod: _, ...withoutNotice } = renewing;
  expect((await eventsOn('2026-05-01', withoutNotice)).events).toEqual([
    '20260630 Term ends and renews: Services Agreement',
  ]);
});

it('has only the kind of deadline that a range selects, within the range', async () => {
  const onDay = (range: object) => eventsOn('2026-05-01', renewing, range);
  expect((await onDay({ expires_from: '2026-06-30', expires_to: '2026-06-30' })).events).toEqual([
    '20260630 Term ends and renews: Services Agreement',
  ]);
  expect((await onDay({ expires_from: '2026-07-01' })).events).toEqual([]);
  expect((await onDay({ expires_to: '2026-06-29' })).events).toEqual([]);
  expect((await onDay({ notice_to: '2026-04-30' })).events).toEqual([]);
  expect((await onDay({ notice_from: '2026-05-01' })).events).toHaveLength(1);
  expect((await eventsOn('2026-05-01', ending, { notice_from: '2026-05-01' })).events).toEqual([]);
});
