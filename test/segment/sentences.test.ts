import { describe, expect, it } from 'vitest';
import { segment } from '../../src/segment/segment.ts';
import { joinPages, onePage, slices } from './invariants.ts';

function findSentences(text: string): string[] {
  return slices(text, segment(text, onePage(text)).sentences);
}

describe('sentences', () => {
  it('end at full stops, not at abbreviations, initials or numbers', () => {
    const sentences = [
      'Acme Inc. and Bolt & Co. Ltd. shall pay $1.5 million to J. R. Smith under Sec. 5, No. 7.',
      'The law of the U.S. State of Delaware governs, e.g. for claims under Art. 5 of the Rules.',
      'It is made with Acme Corp.',
      'The parties (i.e. Mr. Stone and Dr. Reed) meet at 9 a.m. on Monday.',
      'See Section 3.1.',
      'Exhibit A.',
      'Each party agrees.',
    ];
    expect(findSentences(sentences.join(' '))).toEqual(sentences);
  });

  it('separate a run-in heading from its text, but not a bare number', () => {
    const text = [
      '8.1 Cap. In no event shall damages exceed the fees paid.',
      '8.2 Neither party is liable for lost profit.',
    ].join('\n\n');
    expect(findSentences(text)).toEqual([
      '8.1 Cap.',
      'In no event shall damages exceed the fees paid.',
      '8.2 Neither party is liable for lost profit.',
    ]);
  });

  it('separate long list items, not short ones', () => {
    const short = 'The Buyer shall (a) pay; (b) collect; and (c) inspect.';
    expect(findSentences(short)).toEqual([short]);
    const item = (letter: string) =>
      `(${letter}) keep complete and accurate records of everything it has sold, returned, lost or destroyed in each quarter of the year`;
    const long = `The Distributor shall: ${item('a')}; ${item('b')}; and ${item('c')}.`;
    expect(findSentences(long)).toEqual([
      `The Distributor shall: ${item('a')};`,
      `${item('b')}; and`,
      `${item('c')}.`,
    ]);
  });

  it('continue over line breaks, page breaks, headers and footers', () => {
    const line = 'The Supplier shall deliver the goods which the Buyer has ordered from it and';
    const { text, pages } = joinPages(
      ['oats', 'rye', 'spelt', 'barley'].map(
        (grain, i) =>
          `Milling Agreement\nof ${grain} ${line}\nof ${grain}\nthat was milled and\nof ${grain}\nPage ${i + 1} of 4`,
      ),
    );
    const { sentences, headersAndFooters } = segment(text, pages);
    expect(headersAndFooters).toHaveLength(5);
    expect(sentences).toHaveLength(1);
  });

  it('continue on a page that begins with a capital', () => {
    const { text, pages } = joinPages([
      'This Agreement binds the heirs of each party, and every notice shall be sent to the',
      'Supplier at its office in Leeds.',
    ]);
    expect(segment(text, pages).sentences).toHaveLength(1);
    expect(segment(text, onePage(text)).sentences).toHaveLength(2);
  });

  it('end at empty lines and gaps between paragraphs, not at those of wrapped lines', () => {
    expect(findSentences('Harrow Foods Ltd\n\nCopperline Mills')).toHaveLength(2);
    const wrapped = Array.from(
      { length: 6 },
      () => 'The Supplier shall deliver the      goods to the place which the      Buyer names.',
    );
    expect(findSentences(wrapped.join('     '))).toEqual(wrapped);
    const paragraphs = ['The term is one year', 'Notice is given in writing', 'No oral changes'];
    expect(findSentences(paragraphs.join('     '))).toEqual(paragraphs);
  });

  it('keep the rows of a table whole', () => {
    const rows = ['Site\tDay\tHours', 'Mill\tMonday\t9:00 - 17:00', 'Depot\tTuesday\t8:00 - 12:00'];
    expect(findSentences(rows.join('\n'))).toEqual(rows);
  });
});
