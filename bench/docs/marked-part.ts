/**
 * A page with the part between `<!-- mark:begin -->` and `<!-- mark:end -->` replaced by `content`.
 * Throws where the page has no such marks; `file` names it in the error.
 */
export function replacePart(page: string, mark: string, content: string, file: string): string {
  const begin = `<!-- ${mark}:begin -->`;
  const end = `<!-- ${mark}:end -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no marks ${begin} … ${end}`);
  return [
    `${page.slice(0, from)}${begin}`,
    '<!-- prettier-ignore-start -->',
    '',
    content,
    '',
    '<!-- prettier-ignore-end -->',
    page.slice(to),
  ].join('\n');
}
