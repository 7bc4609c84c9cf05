import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMetrics } from '../../training/model-card.ts';
import { table } from '../figures.ts';
import {
  calibrationSection,
  categorySection,
  cuadSection,
  ownTypesSection,
} from './clause-sections.ts';
import { speedSection } from './fact-sections.ts';
import { reliabilityPlot } from './plots.ts';
import type { QualityFigures } from './quality-figures.ts';
import { measuredOn } from './report.ts';

const plotFile = 'reliability.svg';

/** What the card of the clause model says of its quality, as Markdown. */
export function cardFigures(figures: QualityFigures): string {
  const chapters = [
    cuadSection,
    categorySection,
    calibrationSection,
    ownTypesSection,
    speedSection,
  ].map((section) => {
    const { id, title, about, tables } = section(figures);
    const plot = id === 'calibration' ? [`![Share right against confidence](${plotFile})`] : [];
    const drawn = tables.map(({ header, rows }) => table(header, rows));
    return [`### ${title}`, ...about, ...plot, ...drawn].join('\n\n');
  });
  return [measuredOn(figures), ...chapters].join('\n\n');
}

/** Writes the figures into the model's card, between its marks, and the reliability plot beside it. */
export function writeCard(modelFolder: string, figures: QualityFigures): void {
  writeMetrics(modelFolder, 'npm run bench:quality', cardFigures(figures));
  writeFileSync(join(modelFolder, plotFile), `${reliabilityPlot(figures.reliability)}\n`);
}
