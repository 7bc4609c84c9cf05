import { describe, expect, it } from 'vitest';
import { segment } from '../../src/segment/segment.ts';
import { joinPages, onePage, slices } from './invariants.ts';

const clause = (n: number) =>
  `${n}. The Supplier shall, in month ${n}, deliver the goods that the Buyer has ordered, at the price of list ${n * 7}, and the Buyer shall pay for them.`;

describe('headers and footers', () => {
  it('are found at the edges of pages, with page numbers', () => {
    const { text, pages } = joinPages(
      [1, 2, 3, 4].map((n) => `ACME – CONFIDENTIAL\n${clause(n)}\nExecution Copy\n- ${n} -`),
    );
    expect(slices(text, segment(text, pages).headersAndFooters)).toEqual([
      'ACME – CONFIDENTIAL',
      'Execution Copy\n- 1 -\n\nACME – CONFIDENTIAL',
      'Execution Copy\n- 2 -\n\nACME – CONFIDENTIAL',
      'Execution Copy\n- 3 -\n\nACME – CONFIDENTIAL',
      'Execution Copy\n- 4 -',
    ]);
  });

  it('belong to the page that they begin', () => {
    const body = (n: number) => Array.from({ length: 9 }, (_, i) => clause(10 * n + i)).join('\n');
    const { text, pages } = joinPages([1, 2, 3, 4].map((n) => `ACME – CONFIDENTIAL\n${body(n)}`));
    expect(slices(text, segment(text, pages).headersAndFooters)).toEqual(
      Array(4).fill('ACME – CONFIDENTIAL'),
    );
  });

  it('are found in plain text with page numbers and filing stamps', () => {
    const pages = [1, 2, 3].map((n) => `${clause(n)}\n\n${n}\n\nSource: ACME INC, 10-K, 3/1/2010`);
    const text = pages.join('\n\n\n\n\n\n');
    const short = pages.map((page) => page.replace('the Buyer shall pay for them', 'so on'));
    expect(slices(text, segment(text, onePage(text)).headersAndFooters).join(' ')).toContain(
      'Source: ACME INC',
    );
    expect(segment(text, onePage(text)).headersAndFooters).toHaveLength(3);
    expect(segment(short.join(' '), []).headersAndFooters.length).toBeGreaterThan(0);
  });

  it('include inline page numbers that count pages far apart', () => {
    const page = (n: number) => `${clause(n)} ${clause(n)} ${clause(n)} ${clause(n)}`;
    const text = [1, 2, 3, 4].map((n) => `${page(n)}     -${n}-     `).join('');
    expect(slices(text, segment(text, onePage(text)).headersAndFooters)).toEqual([
      '-1-',
      '-2-',
      '-3-',
      '-4-',
    ]);
  });

  it('never include a clause, a table row, a signature line or a number that does not count pages', () => {
    const { text, pages } = joinPages(
      [1, 2, 3, 4].map((n) => `${clause(n)}\nRow ${n * 13}\t${n * 31}\nBy:\nName:\nTitle:`),
    );
    expect(segment(text, pages).headersAndFooters).toEqual([]);
    const list = [1, 2, 3, 4, 5].map((n) => `${n}\n\nWidget ${n * 17}`).join('\n\n');
    expect(segment(list, onePage(list)).headersAndFooters).toEqual([]);
    const twice = joinPages(['Draft\nOne.', 'Draft\nTwo.']);
    expect(segment(twice.text, twice.pages).headersAndFooters).toEqual([]);
  });
});
