import { describe, expect, it } from 'vitest';
import { indexText } from '../../src/segment/index-text.ts';

function indexTextOf(text: string, headersAndFooters: [number, number][] = []): string {
  const spans = headersAndFooters.map(([start, end]) => ({ start, end }));
  return indexText(text, { start: 0, end: text.length }, spans);
}

describe('indexText', () => {
  it('collapses white space', () => {
    expect(indexTextOf('  The\tSupplier \n\n shall\u00a0 pay. ')).toBe('The Supplier shall pay.');
  });

  it('joins words that are hyphenated at a line end', () => {
    expect(indexTextOf('notice of termina-\ntion')).toBe('notice of termination');
    expect(indexTextOf('its indem-  \r\n   nification duty')).toBe('its indemnification duty');
  });

  it('keeps the hyphen of a compound, unless the joined word stands nearby', () => {
    expect(indexTextOf('a non-\nexclusive licence')).toBe('a non-exclusive licence');
    expect(indexTextOf('nonexclusive, that is non-\nexclusive')).toBe(
      'nonexclusive, that is nonexclusive',
    );
    expect(indexTextOf('a third-\nparty claim')).toBe('a third-party claim');
    expect(indexTextOf('the Anglo-\nDutch venture')).toBe('the Anglo-Dutch venture');
  });

  it('leaves dashes between words and lists alone', () => {
    expect(indexTextOf('the term -\nif any')).toBe('the term - if any');
    expect(indexTextOf('non- exclusive')).toBe('non- exclusive');
  });

  it('removes headers and footers, also in the middle of a word', () => {
    const text = 'the termina-\n\nPage 3 of 9\n\ntion of it';
    const start = text.indexOf('Page');
    expect(indexTextOf(text, [[start, start + 'Page 3 of 9'.length]])).toBe(
      'the termination of it',
    );
  });

  it('uses only the span', () => {
    const text = 'One. Page 1 Two. Page 2 Three.';
    const headersAndFooters = [
      { start: 5, end: 11 },
      { start: 17, end: 23 },
    ];
    expect(indexText(text, { start: 12, end: 30 }, headersAndFooters)).toBe('Two. Three.');
    expect(indexText(text, { start: 7, end: 16 }, headersAndFooters)).toBe('Two.');
  });
});
