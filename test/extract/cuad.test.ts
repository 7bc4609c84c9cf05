import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from '../../src/extract/parse.ts';
import { pageTexts } from './parse-fixture.ts';

const folder = resolve(import.meta.dirname, '../../../shared/cuad/pdf');

describe.skipIf(!existsSync(folder))('real contracts', () => {
  it('are read with pages that cover the text without a gap, every eighth of them here', async () => {
    const names = readdirSync(folder).filter(
      (name, index) => /\.pdf$/i.test(name) && index % 8 === 0,
    );
    expect(names.length).toBeGreaterThan(5);
    const reading = names.map((fileName) => parse(join(folder, fileName), fileName));
    for (const extracted of await Promise.all(reading)) {
      expect(pageTexts(extracted).join('')).toBe(extracted.text);
      expect(extracted.pages.map((page) => page.number)).toEqual(
        extracted.pages.map((_, at) => at + 1),
      );
      expect(extracted.text.length / extracted.pages.length).toBeGreaterThan(500);
    }
  }, 180_000);
});
