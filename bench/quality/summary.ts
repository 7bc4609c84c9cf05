import { table } from '../figures.ts';
import type { QualityFigures } from './quality-figures.ts';
import { measuredOn, sectionsOf } from './report.ts';

/** The report's tables as Markdown, for a terminal and for a log. */
export function summaryOf(figures: QualityFigures): string {
  const chapters = sectionsOf(figures).map(({ title, about, tables }) => {
    const tableTexts = tables.map(({ caption, header, rows }) =>
      [...(caption === undefined ? [] : [`${caption}:`, '']), table(header, rows)].join('\n'),
    );
    return [`## ${title}`, ...(tables.length === 0 ? about : []), ...tableTexts].join('\n\n');
  });
  return ['# How well Deedbox reads contracts', measuredOn(figures), ...chapters].join('\n\n');
}
