import { describe, expect, it } from 'vitest';
import { parseFixture } from './parse-fixture.ts';

const fixture = parseFixture();

describe('extraction of files that no contract resembles', () => {
  it.each([
    ['tags without ends', '<a '.repeat(300_000)],
    ['headings without ends', '<h1>'.repeat(500)],
    ['styles in one tag', `<div ${'page-break-after:always '.repeat(30_000)}`],
    ['an open block', `<p style="page-break-after:always">${' '.repeat(1_000_000)}text`],
    ['blanks within a line', `a${'&nbsp;'.repeat(200_000)}b`],
  ])('reads HTML with %s', async (_, html) => {
    const { text } = await fixture.read('page.html', `<html><body>Some text ${html}`);
    expect(text).toContain('Some text');
  });

  it('breaks pages at empty blocks and rules by their style', async () => {
    const pageBreak = 'style="color: red; page-break-after: always"';
    const html = `<p>One</p><p ${pageBreak}>&nbsp; <br></p><p>Two</p><hr ${pageBreak}><p>Three</p><p ${pageBreak}>Four</p><p style="page-break-before:always">Five</p>`;
    const { text, pages } = await fixture.read('pages.html', `<html><body>${html}</body></html>`);
    const texts = pages.map(({ start, end }) => text.slice(start, end).trim());
    expect(texts).toEqual(['One', 'Two', 'Three\n\nFour', 'Five']);
  });

  it('reads RTF with any number of tabs in a line', async () => {
    const rtf = `{\\rtf1 Some${'\\tab '.repeat(200_000)}text\\tab\\par end}`;
    const { text } = await fixture.read('tabs.rtf', rtf);
    expect(text).toMatch(/^Some\t+text\nend$/);
  });

  it('refuses a file with more pages than a contract', async () => {
    const pages = 'Text\f'.repeat(100_001);
    await expect(fixture.read('pages.txt', pages)).rejects.toMatchObject({ code: 'too_large' });
  });
});
