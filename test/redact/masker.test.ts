import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLabels, findLabelSpans } from '../../bench/redaction-labels.ts';
import { readSamples } from '../../samples/render.ts';
import { plainText } from '../../samples/rendering/source.ts';
import type { Redaction } from '../../src/domain/documents.ts';
import { findNames } from '../../src/redact/find-names.ts';
import { collectNames } from '../../src/redact/name-finder.ts';
import { mask } from '../../src/redact/mask.ts';
import { Masker } from '../../src/redact/masker.ts';
import { isPersonName } from '../../src/redact/person-names.ts';

const maskerOf = (text: string, kinds: Redaction[], parties: string[] = []) =>
  new Masker(kinds, collectNames(text, findNames(text), parties));
const masked = (text: string, ...kinds: Redaction[]) =>
  maskerOf(text, kinds.length > 0 ? kinds : ['amounts', 'names']).maskText(text);

const people = [
  'Barnaby Quillon',
  'Rosalind K. Overmeer',
  'Joost van Hengelaar',
  'Imani Castellar',
];
const sums = [
  '$1,250.00',
  'EUR 18,600',
  'seven per cent',
  '4.25%',
  'five hundred thousand dollars',
  '£84,500',
];
const withoutSensitiveText = [
  'The parties shall keep the records for three (3) years.',
  'This Agreement is governed by the laws of the State of Delaware.',
  'Acme Widgets Holdings, Inc. delivers on January 5, 2026.',
  'Section 9.3 applies.\n\n  2. Term and Termination\n',
  'The café is leased; \ud83d\ude00 and nothing else.',
  'The Supplier shall deliver 120,000 pounds of Goods within 60 days.',
  'Notices go to the General Counsel, 410 Tannery Row, Rochester, New York 14607.',
];
const sentence = fc.oneof(
  fc.constantFrom(...withoutSensitiveText),
  fc.constantFrom(...people).map((name) => `Signed: /s/ ${name}\nName: ${name}\n`),
  fc.constantFrom(...people).map((name) => `${name}, an individual, accepts this.`),
  fc.constantFrom(...people).map((name) => `It is ${name.toUpperCase()} who decides.`),
  fc.constantFrom(...sums).map((sum) => `The fee is ${sum} for each month.`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const contract = fc.array(sentence, { maxLength: 14 }).map((sentences) => sentences.join(' '));
const runs = { seed: 20260615, numRuns: 300 };

describe('masking', () => {
  it('keeps the length, the white space and all other text', () => {
    fc.assert(
      fc.property(contract, (text) => {
        const hidden = masked(text);
        expect(hidden).toHaveLength(text.length);
        for (let at = 0; at < text.length; at++) {
          if (hidden[at] !== text[at])
            expect([hidden[at], /\s/.test(text[at]!)]).toEqual(['█', false]);
        }
      }),
      runs,
    );
  });

  it('masks all occurrences of recognised persons and sums', () => {
    fc.assert(
      fc.property(contract, (text) => {
        const hidden = masked(text);
        for (const name of people) {
          if (!text.includes(`/s/ ${name}`)) continue;
          expect(hidden).not.toContain(name);
          expect(hidden).not.toContain(name.toUpperCase());
        }
        for (const sum of sums) expect(hidden).not.toContain(`fee is ${sum} for`);
      }),
      runs,
    );
  });

  it('leaves a text without names and amounts unchanged', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...withoutSensitiveText)), (sentences) => {
        const text = sentences.join(' ');
        expect(masked(text)).toBe(text);
      }),
      runs,
    );
  });

  it('masks names and amounts together as it does each alone', () => {
    fc.assert(
      fc.property(contract, (text) => {
        const [both, amounts, names] = [
          masked(text),
          masked(text, 'amounts'),
          masked(text, 'names'),
        ];
        const combined = text
          .split('')
          .map((unit, at) => (amounts[at] !== unit ? amounts[at] : names[at]));
        expect(both).toBe(combined.join(''));
        expect(masked(text, 'names')).not.toMatch(/fee is █/);
        expect(masked(text, 'amounts')).not.toMatch(/\/s\/ █/);
      }),
      runs,
    );
  });

  it('merges touching and overlapping spans', () => {
    const spans = [
      { start: 4, end: 6 },
      { start: 0, end: 3 },
      { start: 2, end: 5 },
      { start: 8, end: 8 },
    ];
    expect(mask('ab cd ef gh', spans)).toBe('██ ██ ef gh');
  });
});

describe('amounts', () => {
  it.each([
    ['\uff04\uff11,\uff12\uff15\uff10 are due', '\uff04█████ are due'],
    ['EUR\u200b 18\u200b,600 are due', 'EUR\u200b ███████ are due'],
    ['four\u2011and\u2011a\u2011half per\u00adcent is due', '███████████████ per\u00adcent is due'],
  ])('masks the amount in %j, whatever characters it is typed with', (text, expected) => {
    expect(masked(text, 'amounts')).toBe(expected);
  });

  it.each([
    ['a cap of $1,250.00 each', 'a cap of $████████ each'],
    ['USD 5 million; US$3.5m', 'USD █ ███████; US$████'],
    ['five hundred thousand dollars ($500,000)', '████ ███████ ████████ dollars ($███████)'],
    ['€ 3,5 Mio. a year', '€ ███ ████ a year'],
    [
      'three-quarters of one percent (0.75%) a month',
      '██████████████ ██ ███ percent (████%) a month',
    ],
    ['five (5) percent', '████ (█) percent'],
    ['a margin of 150 basis points', 'a margin of ███ basis points'],
    ['$1.2-1.5 million', '$███████ ███████'],
    ['One Million and 00/100 Dollars', '███ ███████ ███ ██████ Dollars'],
    ['5 to 10% of sales', '█ ██ ██% of sales'],
    ['5,000\nUSD', '█████\nUSD'],
  ])('are masked in %j', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each([
    'within thirty (30) days of January 5, 2026',
    'two (2) times the fees paid',
    'Section 5.1 of the real estate contract',
    'about 120,000 pounds of Goods',
    'in clause 12.5(a), page 3 of 90',
  ])('are not found in %j', (text) => {
    expect(masked(text)).toBe(text);
  });
});

describe('names', () => {
  it.each([
    ['Attention: Robert Fielding, General Counsel', 'Attention: ██████ ████████, General Counsel'],
    [
      'between Acme, Inc. and Leopold Aschgrave, an individual',
      'between Acme, Inc. and ███████ █████████, an individual',
    ],
    ['Mr. Tarrow and Ms. Ines Valcourt agree', 'Mr. ██████ and Ms. ████ ████████ agree'],
    [
      'By: /s/ Barry Hall Barry Hall Chief Executive Officer',
      'By: /s/ █████ ████ █████ ████ Chief Executive Officer',
    ],
    ['Friederike Sollbach\nManaging Director', '██████████ ████████\nManaging Director'],
    [
      'the project manager is Ottoline Marchbanks. She may',
      'the project manager is ████████ ██████████. She may',
    ],
    [
      'write to jane@acme.example or +44 117 496 0123',
      'write to █████████████████ or ███ ███ ███ ████',
    ],
    ['Fax: (404) 885-8682', 'Fax: █████ ████████'],
    ['Phone: 885-8682, ext. 12', 'Phone: ████████, ext. 12'],
  ])('are masked in %j', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it.each([
    'Attention: General Counsel, Acme Robotics GmbH',
    'Morgan Stanley & Co. LLC and Arnold & Porter LLP',
    'By: WILMINGTON TRUST, NATIONAL ASSOCIATION',
    'in Santa Clara County, California; Virginia Beach; New York, New York',
    'the Effective Date, the Purchase Price and the Joint Steering Committee',
    'Phone: 12-345',
  ])('are not found in %j', (text) => {
    expect(masked(text)).toBe(text);
  });

  it('are masked in capitals, with initials, across line breaks and by family name alone', () => {
    const text =
      'MIRELLE THORNQUIST\nThis is between Mirelle Thornquist, an individual, and Acme, Inc. Thornquist ' +
      'shall work. Signed by M. Thornquist, and by Mirelle\nThornquist; and Thornquist, Mirelle.';
    expect(masked(text)).not.toMatch(/thornquist|mirelle/i);
    expect(masked(text)).toMatch(/Acme, Inc\. █{10} shall work/);
  });

  it('are not masked by a family name that is also an ordinary word or part of a company name', () => {
    const text =
      'By: /s/ Mark Price\nBy: /s/ Ann Ostrevik\nThe Price is the price of Goods. Ostrevik Marine Ltd pays.';
    const maskedText = maskerOf(text, ['names'], ['Ostrevik Marine Ltd']).maskText(text);
    expect(maskedText).toMatch(/The Price is the price of Goods. Ostrevik Marine Ltd pays\.$/);
  });

  it('are masked in titles and in names of files and folders, with any separator', () => {
    const text = 'Leopold Aschgrave, an individual, consults.';
    const masker = maskerOf(text, ['names']);
    for (const label of [
      'Consulting Agreement - Leopold Aschgrave.txt',
      'leopold_aschgrave_2026.pdf',
      'Aschgrave, Leopold',
      'ASCHGRAVE-NDA.docx',
      'John Smith_consulting.pdf',
    ]) {
      const maskedLabel = masker.maskLabel(label);
      expect(maskedLabel).toHaveLength(label.length);
      expect(maskedLabel).not.toMatch(/aschgrave|leopold|smith/i);
    }
    expect(masker.maskLabel('Consulting Agreement.txt')).toBe('Consulting Agreement.txt');
  });

  it('are told from those of companies by their form', () => {
    for (const party of [
      'Acme, Inc.',
      'Green Cross',
      'Ostrevik Marine Ltd',
      'New York',
      'Bank of Ada',
    ]) {
      expect(isPersonName(party)).toBe(false);
    }
    for (const party of ['Leopold Aschgrave', 'Dr. Jutta Wendelmoor', 'J. R. Hartley, Jr.']) {
      expect(isPersonName(party)).toBe(true);
    }
  });
});

it('masks all that is labelled in the samples, and little else', () => {
  const labels = readLabels();
  for (const sample of readSamples()) {
    const { file, facts } = sample.options;
    const text = plainText(sample);
    const parties = facts.parties.map(({ name }) => name);
    for (const kind of ['amounts', 'names'] as const) {
      const hidden = maskerOf(text, [kind], parties).maskText(text);
      const spans = findLabelSpans(text, labels[file]![kind]);
      expect(spans.length).toBeGreaterThanOrEqual(labels[file]![kind].length);
      for (const { start, end } of spans) expect(hidden.slice(start, end)).toMatch(/^[█\s]+$/);
      const rest = hidden.split('').filter((unit, at) => unit !== text[at]).length;
      const labelledLength = spans.reduce(
        (sum, { start, end }) => sum + text.slice(start, end).replaceAll(/\s/g, '').length,
        0,
      );
      expect(rest).toBeLessThanOrEqual(labelledLength * 1.1 + 5);
    }
  }
});
