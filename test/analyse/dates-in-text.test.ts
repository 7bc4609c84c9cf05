import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, day, shift } from '../../src/domain/calendar.ts';
import { findDates, formatDate } from '../../src/analyse/date-text.ts';
import { findDurations } from '../../src/analyse/duration-text.ts';

describe('findDates', () => {
  it.each([
    ['June 8, 2010', '2010-06-08'],
    ['8 June 2010', '2010-06-08'],
    ['this 3rd day of March, 2004', '2004-03-03'],
    ['the 17t h day of February , 2016', '2016-02-17'],
    ['3/1/03', '2003-03-01'],
    ['12/31/99', '1999-12-31'],
    ['31/12/1999', '1999-12-31'],
    ['31.12.2020', '2020-12-31'],
    ['2010-06-08', '2010-06-08'],
    ['the first day of January 2020', '2020-01-01'],
    ['this first (1st) day of January, 1996', '1996-01-01'],
    ['twenty-ninth day of February, 2024', '2024-02-29'],
    ['Dec. 31, 1999', '1999-12-31'],
    ['JULY 4TH, 2021', '2021-07-04'],
    ['J anuary 1 , 2010', '2010-01-01'],
    ['May 1, two thousand and five', '2005-05-01'],
    ['the twenty-first day of June, nineteen hundred ninety-nine', '1999-06-21'],
    ['June the first, 2020', '2020-06-01'],
    ['22-Dec-17', '2017-12-22'],
    ['this 15th (fifteenth) day of --- June, 2010', '2010-06-15'],
  ])('reads %s as %s', (text, value) => {
    expect(
      findDates(`Made on ${text} by the parties.`, 'month-first').map((date) => date.value),
    ).toEqual([value]);
  });

  it('gives an ambiguous date in figures a value only if the order is known', () => {
    expect(findDates('on 04/05/2023')).toMatchObject([
      { ambiguousValues: ['2023-05-04', '2023-04-05'] },
    ]);
    expect(findDates('on 04/05/2023')[0]!.value).toBeUndefined();
    expect(findDates('on 04/05/2023', 'day-first')[0]!.value).toBe('2023-05-04');
    expect(findDates('on 04.05.2023', 'month-first')[0]!.value).toBe('2023-04-05');
    expect(findDates('on 05/05/2023')[0]!.value).toBe('2023-05-05');
  });

  it.each([
    '___ day of ________, 2004',
    'March __, 2004',
    '[●] 2020',
    '____ day of March 2019',
    'March [__], 20__',
  ])('reads %s as a blank date', (text) => {
    const found = findDates(`dated ${text} between`);
    expect(found).toHaveLength(1);
    expect(found[0]!.value).toBeUndefined();
  });

  it.each(['February 30, 2001', 'Section 3.1', 'May 2020', '1/2', '10-K', 'version 4.12.1'])(
    'finds no date in %s',
    (text) => expect(findDates(text)).toEqual([]),
  );

  it('finds a date and its span, whatever white space is between its words', () => {
    const whitespace = fc
      .stringMatching(/^[ \t]{0,90}(?:\n[ \t]{0,40})?$/)
      .filter((text) => text !== '');
    fc.assert(
      fc.property(whitespace, whitespace, whitespace, (before, first, second) => {
        const written = `October${first}15,${second}2019`;
        const text = `until${before}${written} or later`;
        const [found, ...others] = findDates(text);
        expect(found?.value).toBe('2019-10-15');
        expect(text.slice(found!.start, found!.end)).toBe(written);
        expect(others).toEqual([]);
      }),
    );
  });

  it('finds every day in every notation', () => {
    const anyDay = fc.date({
      min: new Date('1950-01-01'),
      max: new Date('2049-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anyDay, fc.nat(3), (date, form) => {
        const value = date.toISOString().slice(0, 10);
        const [year, month, dayOfMonth] = value.split('-') as [string, string, string];
        const written = [
          value,
          formatDate(value),
          `${Number(month)}/${Number(dayOfMonth)}/${year}`,
          `${month}/${dayOfMonth}/${year.slice(2)}`,
        ][form]!;
        const found = findDates(`effective ${written}; and`, 'month-first');
        expect(found.map((mention) => mention.value)).toEqual([value]);
        expect(`effective ${written}; and`.slice(found[0]!.start, found[0]!.end)).toBe(written);
      }),
    );
  });
});

describe('calendar', () => {
  it.each([
    ['2020-02-29', 12, '2021-02-28'],
    ['2020-02-29', 48, '2024-02-29'],
    ['2019-01-31', 1, '2019-02-28'],
    ['2020-01-31', 1, '2020-02-29'],
    ['2020-08-31', -6, '2020-02-29'],
    ['2021-12-15', 1, '2022-01-15'],
    ['2021-01-15', -1, '2020-12-15'],
  ])('%s and %i months is %s', (from, months, to) => expect(addMonths(from, months)).toBe(to));

  it('knows which days exist', () => {
    expect(day(1900, 2, 29)).toBeUndefined();
    expect(day(2000, 2, 29)).toBe('2000-02-29');
    expect(day(2021, 4, 31)).toBeUndefined();
    expect(day(2021, 13, 1)).toBeUndefined();
  });

  const anyDay = fc
    .date({ min: new Date('1901-01-01'), max: new Date('2150-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

  it('adds and subtracts days', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -5000, max: 5000 }), (from, count) => {
        expect(addDays(addDays(from, count), -count)).toBe(from);
      }),
    );
  });

  it('adds months to the same day of the month, or to its last day', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -600, max: 600 }), (from, count) => {
        const to = addMonths(from, count);
        const months = (value: string) =>
          Number(value.slice(0, 4)) * 12 + Number(value.slice(5, 7));
        expect(months(to) - months(from)).toBe(count);
        const [wanted, got] = [Number(from.slice(8)), Number(to.slice(8))];
        if (got !== wanted) {
          expect(got).toBeLessThan(wanted);
          expect(addDays(to, 1).slice(8)).toBe('01');
        }
      }),
    );
  });

  it("agrees with JavaScript's calendar", () => {
    fc.assert(
      fc.property(
        anyDay,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 4000 }),
        (from, years, days) => {
          const date = new Date(`${from}T00:00:00Z`);
          const later = new Date(date);
          later.setUTCFullYear(date.getUTCFullYear() + years);
          // JavaScript's calendar continues with 1 March if there is no 29 February.
          if (later.getUTCMonth() !== date.getUTCMonth()) later.setUTCDate(0);
          expect(addMonths(from, years * 12)).toBe(later.toISOString().slice(0, 10));
          date.setUTCDate(date.getUTCDate() + days);
          expect(addDays(from, days)).toBe(date.toISOString().slice(0, 10));
        },
      ),
    );
  });

  it('keeps the order of days', () => {
    fc.assert(
      fc.property(anyDay, anyDay, fc.integer({ min: -100, max: 100 }), (a, b, count) => {
        const [first, second] = a <= b ? [a, b] : [b, a];
        expect(addMonths(first, count) <= addMonths(second, count)).toBe(true);
      }),
    );
  });
});

describe('findDurations', () => {
  it.each([
    ['five (5) years', 5, 'year'],
    ['24 months', 24, 'month'],
    ['one-year', 1, 'year'],
    ["ninety (90) days' notice", 90, 'day'],
    ['one hundred eighty (180) days', 180, 'day'],
    ['twelve (12) full months', 12, 'month'],
    ['twenty-one days', 21, 'day'],
    ['a year', 1, 'year'],
    ['two (2) successive years', 2, 'year'],
    ['two and one-half (2 1/2) years', 30, 'month'],
    ['one year and a half', 18, 'month'],
    ['2.5 years', 30, 'month'],
    ['3 yrs.', 3, 'year'],
    ['three [3] years', 3, 'year'],
    ['18 mos', 18, 'month'],
  ])('reads %s', (text, count, unit) => {
    expect(findDurations(`for ${text} and`)).toMatchObject([{ count, unit }]);
  });

  it('omits contradictory durations and those in business days', () => {
    expect(findDurations('within sixty (90) days')).toEqual([]);
    expect(findDurations('within ten (10) business days')).toEqual([]);
  });

  it('subtracts weeks and years from a day', () => {
    expect(shift('2024-03-01', { count: 2, unit: 'week' }, -1)).toBe('2024-02-16');
    expect(shift('2024-02-29', { count: 1, unit: 'year' }, -1)).toBe('2023-02-28');
  });
});
