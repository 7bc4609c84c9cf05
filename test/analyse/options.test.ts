import { describe, expect, it } from 'vitest';
import { withTickedOptions } from '../../src/analyse/options.ts';
import { analyseText, prepareContract } from './analysis-fixture.ts';

/** The text that counts, with white space as one blank. */
function counted(text: string): string {
  const resolved = withTickedOptions(prepareContract(text)).text;
  expect(resolved).toHaveLength(text.length);
  return resolved.replaceAll(/\s+/g, ' ').trim();
}

const contract = (...clauses: string[]) =>
  [
    'SERVICES AGREEMENT',
    'This Agreement is made on 1 March 2024 between Wexcombe Ltd ("Supplier") and Tarn Foods Ltd ("Customer").',
    ...clauses,
  ].join('\n\n');

describe('options', () => {
  it.each([
    ['☐', '☒'],
    ['☐', '☑'],
    ['□', '■'],
    ['○', '●'],
    ['◯', '◉'],
    ['[ ]', '[X]'],
    ['[]', '[x]'],
    ['[_]', '[✓]'],
    ['( )', '(x)'],
    ['{ }', '{X}'],
    ['___', '_X_'],
    ['⬜', '✅'],
    ['❏', '✔'],
    ['✗', '✓'],
  ])('counts the option ticked in boxes like %s and %s', (open, ticked) => {
    const term = (first: string, second: string, third: string) =>
      counted(`The term is ${first} twelve months ${second} two years ${third} five years.`);
    expect(term(open, ticked, open)).toMatch(/^The term is two years ?\.?$/);
    expect(term(ticked, open, open)).toMatch(/^The term is twelve months ?\.?$/);
    expect(term(open, open, ticked)).toBe('The term is five years.');
  });

  it('keeps what follows the last option for all of them', () => {
    expect(counted('The term is ☒ one year ☐ two years from 1 March 2024.')).toBe(
      'The term is one year from 1 March 2024.',
    );
    expect(counted('This Agreement [x] is [ ] is not renewed automatically.')).toBe(
      'This Agreement is renewed automatically.',
    );
    expect(counted('This Agreement [ ] is [x] is not renewed automatically.')).toBe(
      'This Agreement is not renewed automatically.',
    );
  });

  it('reads boxes after their options, on lines and in cells', () => {
    expect(counted('Governing law: England ☐ Scotland ☒')).toBe('Governing law: Scotland');
    expect(counted('Law:\n☐\tEngland\n☒\tScotland\n\n1. Term. One year.')).toBe(
      'Law: Scotland 1. Term. One year.',
    );
    expect(counted('Renewal:\n\n☐ It renews\nfor a year.\n\n☒ It ends.\n\n2. Law.')).toBe(
      'Renewal: It ends. 2. Law.',
    );
  });

  it('takes yes and no for answers to what stands before', () => {
    expect(counted('Automatic renewal: ☐ Yes ☒ No\nTerm: one year')).toBe('Term: one year');
    expect(counted('Automatic renewal: ☒ Yes ☐ No')).toBe('Automatic renewal: Yes');
    expect(counted('Automatic renewal: ☐ Yes ☐ No')).toBe('');
    expect(counted('Fees are due. It renews automatically. Yes [ ] No [x]')).toBe('Fees are due.');
  });

  it('counts no option where none is ticked', () => {
    expect(counted('The term is ☐ one year ☐ two years from 1 March 2024.')).toBe('The term is');
    expect(counted('Law of: [ ] England [ ] Scotland')).toBe('Law of:');
    expect(counted('This Agreement [ ] is [ ] is not renewed automatically.')).toBe('');
    expect(counted('☐ This Agreement renews automatically.\n\n2. Law.')).toBe('2. Law.');
  });

  it.each([
    'The term is two years [see Annex X] from the [ ] day of March 2024.',
    'made between [ ] and [ ] (the "Parties") on [ ] 2024 for a term of [ ] years',
    '(ix) notices; (x) assignment; and (xi) law.',
    '● Fees\n○ monthly\n○ yearly\n● Law\n○ England\n● Term',
    '■ The term is one year.\n■ The law is that of England.',
    '□ The term is one year.\n□ The law is that of England.',
    'By: ____________\nName: ________',
    'The term is [X] years. The fee is [●]. See Annex [x].',
    'f(x) and g( ) are defined in Annex 1.',
  ])('leaves alone what is no choice: %s', (text) => {
    expect(counted(text)).toBe(text.replaceAll(/\s+/g, ' '));
  });

  it('takes facts from ticked options only, and cites the stored text', () => {
    const text = contract(
      'Term. The term is ☐ twelve (12) months ☒ twenty-four (24) months from 1 March 2024.',
      'Renewal: ☐ This Agreement renews automatically for successive periods of one year. ☒ This Agreement does not renew.',
      'Law. This Agreement is governed by the laws of: ☐ England ☒ Scotland ☐ Ireland.',
    );
    const found = analyseText(text);
    expect(found.governingLaw?.value).toBe('Scotland');
    expect(found.expirationDate?.value).toBe('2026-03-01');
    expect(found.renewalTerm?.kind).not.toBe('automatic');
    const [law] = found.governingLaw!.evidence;
    expect(text.slice(law!.start, law!.end)).toContain('☐ England ☒ Scotland');
  });

  it('reads a short option with the words before the options', () => {
    const found = analyseText(
      contract('Initial term (tick one): ☐ 12 months ☒ 24 months ☐ 36 months'),
    );
    expect(found.expirationDate?.value).toBe('2026-03-01');
  });

  it('states nothing from options of which none is ticked', () => {
    const found = analyseText(
      contract(
        'Term. The term is ☐ twelve (12) months ☐ twenty-four (24) months from 1 March 2024.',
        'Renewal: ☐ This Agreement renews automatically for successive periods of one year. ☐ This Agreement does not renew.',
        'Law. This Agreement is governed by the laws of: ☐ England ☐ Scotland ☐ Ireland.',
      ),
    );
    expect(found.governingLaw).toBeUndefined();
    expect(found.expirationDate).toBeUndefined();
    expect(found.renewalTerm).toBeUndefined();
    expect(found.noticePeriod).toBeUndefined();
  });
});

it('takes no dates from page headers and footers at the end of the text', () => {
  const text = `${contract('Law. This Agreement is governed by the laws of Scotland.').replace('on 1 March 2024 ', '')}\n\n[Page header] Draft of 5 May 2021\nMade on 6 May 2021\n\n[Page footer] Printed 7 May 2021`;
  const found = analyseText(text);
  expect(found.agreementDate?.value).toBeUndefined();
  expect(found.effectiveDate?.value).toBeUndefined();
  expect(analyseText(text.replaceAll('[Page ', '[The ')).agreementDate?.value).toBeDefined();
});
