import { describe, expect, it } from 'vitest';
import { readable } from '../../src/segment/readable.ts';

function read(text: string, noise: [number, number][] = []): string {
  const spans = noise.map(([start, end]) => ({ start, end }));
  return readable(text, { start: 0, end: text.length }, spans);
}

describe('readable', () => {
  it('collapses white space', () => {
    expect(read('  The\tSupplier \n\n shall\u00a0 pay. ')).toBe('The Supplier shall pay.');
  });

  it('joins words that a line end divides', () => {
    expect(read('notice of termina-\ntion')).toBe('notice of termination');
    expect(read('its indem-  \r\n   nification duty')).toBe('its indemnification duty');
  });

  it('keeps the hyphen of a compound, unless the joined word stands nearby', () => {
    expect(read('a non-\nexclusive licence')).toBe('a non-exclusive licence');
    expect(read('nonexclusive, that is non-\nexclusive')).toBe(
      'nonexclusive, that is nonexclusive',
    );
    expect(read('a third-\nparty claim')).toBe('a third-party claim');
    expect(read('the Anglo-\nDutch venture')).toBe('the Anglo-Dutch venture');
  });

  it('leaves dashes between words and lists alone', () => {
    expect(read('the term -\nif any')).toBe('the term - if any');
    expect(read('non- exclusive')).toBe('non- exclusive');
  });

  it('leaves out noise, also in the middle of a word', () => {
    const text = 'the termina-\n\nPage 3 of 9\n\ntion of it';
    const start = text.indexOf('Page');
    expect(read(text, [[start, start + 'Page 3 of 9'.length]])).toBe('the termination of it');
  });

  it('reads the span alone', () => {
    const text = 'One. Page 1 Two. Page 2 Three.';
    const noise = [
      { start: 5, end: 11 },
      { start: 17, end: 23 },
    ];
    expect(readable(text, { start: 12, end: 30 }, noise)).toBe('Two. Three.');
    expect(readable(text, { start: 7, end: 16 }, noise)).toBe('Two.');
  });
});
