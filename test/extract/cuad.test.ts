import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pageTexts, workbench } from './workbench.ts';

const folder = resolve(import.meta.dirname, '../../../shared/cuad/pdf');

describe.skipIf(!existsSync(folder))('real contracts', () => {
  const bench = workbench({ memoryLimit: 1024 * 1024 * 1024 });

  it('are read with pages that cover the text without a gap, every eighth of them here', async () => {
    const names = readdirSync(folder).filter(
      (name, index) => /\.pdf$/i.test(name) && index % 8 === 0,
    );
    expect(names.length).toBeGreaterThan(5);
    const reading = names.map((fileName) =>
      bench.extractor.extract(join(folder, fileName), { fileName }),
    );
    for (const read of await Promise.all(reading)) {
      expect(pageTexts(read).join('')).toBe(read.text);
      expect(read.pages.map((page) => page.number)).toEqual(read.pages.map((_, at) => at + 1));
      expect(read.text.length / read.pages.length).toBeGreaterThan(500);
    }
  }, 180_000);
});
