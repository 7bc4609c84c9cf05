import { expect } from 'vitest';
import type { Page, Span, Structure } from '../../src/domain/documents.ts';

/** One page for the whole text. */
export function onePage(text: string): Page[] {
  return [{ number: 1, start: 0, end: text.length }];
}

/** Joins the texts of pages as extraction does, with the pages' spans. */
export function joinPages(texts: string[]): { text: string; pages: Page[] } {
  let text = '';
  const pages = texts.map((page, index) => {
    const start = text.length;
    text += index + 1 < texts.length ? `${page}\n\n` : page;
    return { number: index + 1, start, end: text.length };
  });
  return { text, pages };
}

export function slices(text: string, spans: Span[]): string[] {
  return spans.map(({ start, end }) => text.slice(start, end));
}

/** Checks what holds for every structure of every text. */
export function expectValidStructure(text: string, structure: Structure): void {
  const { headersAndFooters, sections, sentences, passages } = structure;
  for (const spans of [headersAndFooters, sentences, passages]) expectDisjoint(text, spans);
  expect(passages.map(({ ordinal }) => ordinal)).toEqual(passages.map((_, index) => index));
  expectCovered(text, passages, 'passages');
  expectCovered(
    text,
    [...sentences, ...headersAndFooters].toSorted((a, b) => a.start - b.start),
    'sentences',
  );
  for (const { start, end } of [...headersAndFooters, ...sections, ...sentences, ...passages]) {
    expect(splitsPair(text, start) || splitsPair(text, end)).toBe(false);
  }
  const open: Span[] = [];
  let before = 0;
  for (const section of sections) {
    expect(section.start).toBeGreaterThanOrEqual(before);
    expect(section.end).toBeGreaterThan(section.start);
    expect(section.end).toBeLessThanOrEqual(text.length);
    expect(section.path.length).toBeLessThanOrEqual(section.level);
    before = section.start;
    while (open.length > 0 && open.length >= section.level) open.pop();
    while (open.length > 0 && open.at(-1)!.end <= section.start) open.pop();
    if (open.length > 0) expect(section.end).toBeLessThanOrEqual(open.at(-1)!.end);
    open.push(section);
  }
}

/** Checks that spans are in order, disjoint, not empty and trimmed. */
function expectDisjoint(text: string, spans: Span[]): void {
  let before = 0;
  for (const { start, end } of spans) {
    if (start < before || end > text.length) throw new Error(`overlap or excess at ${start}`);
    const slice = text.slice(start, end);
    if (slice === '' || slice !== slice.trim()) throw new Error(`not trimmed at ${start}`);
    before = end;
  }
}

/** Checks that only white space is outside the spans, which are sorted by start. */
function expectCovered(text: string, spans: Span[], what: string): void {
  let covered = 0;
  for (const { start, end } of [...spans, { start: text.length, end: text.length }]) {
    if (start > covered && text.slice(covered, start).trim() !== '') {
      throw new Error(`not in ${what}: ${JSON.stringify(text.slice(covered, start).slice(0, 80))}`);
    }
    covered = Math.max(covered, end);
  }
}

function splitsPair(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  const after = text.charCodeAt(offset);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
