import { describe, expect, it } from 'vitest';
import type { Section } from '../../src/domain/documents.ts';
import { segment } from '../../src/segment/segment.ts';
import { onePage } from './invariants.ts';

const preamble =
  'This Supply Agreement (the "Agreement") is entered into as of May 1, 2024 by and between Harrow Foods Ltd., a company registered in England, and Copperline Mills, Inc., a Delaware corporation.';
const prose =
  'The Supplier shall deliver the goods that the Buyer orders under this Agreement within ten days after each order is received.';

function findSections(text: string): Section[] {
  return segment(text, onePage(text)).sections;
}

/** "level kind number | title" of each section. */
function outline(text: string): string[] {
  return findSections(text).map(
    ({ level, kind, number, title }) => `${level} ${kind} ${number ?? '-'} | ${title ?? '-'}`,
  );
}

describe('sections of a contract with a paragraph a line', () => {
  const text = [
    'SUPPLY AGREEMENT',
    preamble,
    'RECITALS',
    'A. Harrow buys grain.',
    'B. Copperline mills it.',
    'NOW, THEREFORE, the parties agree as follows:',
    'ARTICLE I',
    'DEFINITIONS',
    `1.1 "Goods" means milled grain. ${prose}`,
    'ARTICLE II TERM AND TERMINATION',
    `2.1 Term. ${prose}`,
    `2.2 Termination for Cause. ${prose}`,
    '(a) a party commits a material breach of this Agreement;',
    '(b) a party becomes insolvent, which is to say that',
    '(i) it cannot pay its debts; or',
    '(ii) it says so.',
    `2.2.1 Notice of Breach. ${prose}`,
    'IN WITNESS WHEREOF, the parties have signed this Agreement.',
    'By: ____________',
    'Name: Ada Quill',
    'EXHIBIT A',
    'PRICE LIST',
    `1. Prices. ${prose}`,
    'Schedule 2 – Delivery Sites',
    prose,
  ].join('\n\n');

  it('nest numbers under articles and items under clauses', () => {
    expect(outline(text)).toEqual([
      '1 front_matter - | -',
      '1 recitals - | RECITALS',
      '2 recitals A | -',
      '2 recitals B | -',
      '1 body - | -',
      '1 definitions ARTICLE I | DEFINITIONS',
      '2 definitions 1.1 | -',
      '1 body ARTICLE II | TERM AND TERMINATION',
      '2 body 2.1 | Term',
      '2 body 2.2 | Termination for Cause',
      '3 body (a) | -',
      '3 body (b) | -',
      '4 body (i) | -',
      '4 body (ii) | -',
      '3 body 2.2.1 | Notice of Breach',
      '1 signatures - | -',
      '1 exhibit EXHIBIT A | PRICE LIST',
      '2 exhibit 1 | Prices',
      '1 exhibit Schedule 2 | Delivery Sites',
    ]);
  });

  it('have the headings above them as their path', () => {
    const item = findSections(text).find(({ number }) => number === '(ii)');
    expect(item?.path).toEqual([
      'ARTICLE II TERM AND TERMINATION',
      '2.2 Termination for Cause',
      '(b)',
      '(ii)',
    ]);
  });

  it('end where the next section of their level begins', () => {
    const [term, cause] = ['2.1', '2.2'].map((n) =>
      findSections(text).find(({ number }) => number === n),
    );
    expect(text.slice(term!.start, term!.end)).toBe(`2.1 Term. ${prose}`);
    expect(text.slice(cause!.start, cause!.end)).toContain('Notice of Breach');
  });
});

describe('sections of text that lost its line breaks', () => {
  it('are found in running text by their series', () => {
    const text = `MILLING AGREEMENT ${preamble} 1. Orders 1.1 ${prose} 1.2 Forecasts. ${prose} See Section 3.1. The Buyer may cancel. 2. TERM 2.1 ${prose} IN WITNESS WHEREOF, the parties have signed.`;
    expect(outline(text)).toEqual([
      '1 front_matter - | -',
      '1 body 1 | Orders',
      '2 body 1.1 | -',
      '2 body 1.2 | Forecasts',
      '1 body 2 | TERM',
      '2 body 2.1 | -',
      '1 signatures - | -',
    ]);
  });

  it('continue after a missing number', () => {
    const text = `${preamble} 1. Orders. ${prose} 3. Prices. ${prose} 4. Delivery. ${prose}`;
    expect(outline(text).slice(1)).toEqual([
      '1 body 1 | Orders',
      '1 body 3 | Prices',
      '1 body 4 | Delivery',
    ]);
  });
});

describe('no section is found in', () => {
  it('a table of contents', () => {
    const text = [
      'TABLE OF CONTENTS',
      '1. Orders .......... 1',
      '2. Prices .......... 2',
      '3. Delivery ........ 3',
      '4. General ......... 4',
      preamble,
      `1. Orders. ${prose}`,
      `2. Prices. ${prose}`,
      `3. Delivery. ${prose}`,
      `4. General. ${prose}`,
    ].join('\n');
    const sections = findSections(text);
    expect(sections.map(({ number }) => number)).toEqual([undefined, '1', '2', '3', '4']);
    expect(sections[1]!.start).toBe(text.indexOf('1. Orders. '));
  });

  it('a reference, a measure, a filing label or a number in a sentence', () => {
    const text = [
      'Exhibit 10.1',
      preamble,
      `1. Orders. ${prose} As Section\n2.1 of the Rules and Exhibit A provide, the Buyer has 30 days to pay No. 5 of the invoices. Exhibit B is attached.`,
      `2. Prices. ${prose}`,
    ].join('\n\n');
    expect(outline(text)).toEqual([
      '1 front_matter - | -',
      '1 body 1 | Orders',
      '1 body 2 | Prices',
    ]);
  });

  it('a disclaimer in capitals that runs over several lines', () => {
    const text = [
      preamble,
      '1. Warranty',
      '1.1 EXCEPT AS SET OUT ABOVE THE SUPPLIER GIVES NO WARRANTY OF ANY KIND AND DISCLAIMS',
      'FITNESS FOR A PARTICULAR PURPOSE',
      'AND MERCHANTABILITY.',
      ...Array.from({ length: 12 }, () => prose.slice(0, 84)),
      '1.2 The Buyer accepts this.',
    ].join('\n');
    expect(outline(text).slice(1)).toEqual([
      '1 body 1 | Warranty',
      '2 body 1.1 | -',
      '2 body 1.2 | -',
    ]);
  });
});

describe('headings without numbers', () => {
  it('begin sections', () => {
    const text = [preamble, 'TERM AND TERMINATION', prose, 'GOVERNING LAW', prose].join('\n\n');
    expect(outline(text).slice(1)).toEqual([
      '1 body - | TERM AND TERMINATION',
      '1 body - | GOVERNING LAW',
    ]);
  });

  it('group the numbers of one series', () => {
    const titles = ['Name', 'Place', 'Purpose', 'Capital'];
    const text = [preamble, ...titles.flatMap((t, i) => [t, `${i + 1}. ${prose}`])].join('\n\n');
    expect(findSections(text).find(({ number }) => number === '3')?.path).toEqual(['Purpose', '3']);
  });

  it('begin a signature block with the names above the first signature', () => {
    const text = [
      preamble,
      `1. Orders. ${prose}`,
      'HARROW FOODS LTD.',
      'By: /s/ Ada Quill',
      'Name: Ada Quill',
      'Title: Director',
    ].join('\n\n');
    const signatures = findSections(text).at(-1)!;
    expect(signatures.kind).toBe('signatures');
    expect(text.slice(signatures.start).startsWith('HARROW FOODS LTD.')).toBe(true);
  });
});
