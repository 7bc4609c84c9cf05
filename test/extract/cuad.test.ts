import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageTexts, extractorFixture } from './extractor-fixture.ts';

const folder = resolve(import.meta.dirname, '../../../shared/cuad/pdf');

describe.skipIf(!existsSync(folder))('real contracts', () => {
  const fixture = extractorFixture({ memoryLimitBytes: 1024 * 1024 * 1024 });

  it('are read with pages that cover the text without a gap, every eighth of them here', async () => {
    const names = readdirSync(folder).filter(
      (name, index) => /\.pdf$/i.test(name) && index % 8 === 0,
    );
    expect(names.length).toBeGreaterThan(5);
    const extraction = names.map((fileName) =>
      fixture.extractor.extract(join(folder, fileName), { fileName }),
    );
    for (const extracted of await Promise.all(extraction)) {
      expect(pageTexts(extracted).join('')).toBe(extracted.text);
      expect(extracted.pages.map((page) => page.number)).toEqual(
        extracted.pages.map((_, at) => at + 1),
      );
      expect(extracted.text.length / extracted.pages.length).toBeGreaterThan(500);
    }
  }, 180_000);
});
