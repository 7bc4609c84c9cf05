import {
  calibrationSection,
  categorySection,
  cuadSection,
  ownTypesSection,
  presenceSection,
} from './clause-sections.ts';
import { factsSection, pdfSection, retrievalSection, speedSection } from './fact-sections.ts';
import type { QualityFigures } from './quality-figures.ts';
import { figure, type FigureTable, type Section } from './section.ts';
import { reportStyle } from './report-style.ts';
import { escape } from './svg.ts';

/** The chapters, in the order in which a reader wants them. */
export function sectionsOf(figures: QualityFigures): Section[] {
  return [
    cuadSection,
    categorySection,
    calibrationSection,
    presenceSection,
    factsSection,
    ownTypesSection,
    pdfSection,
    retrievalSection,
    speedSection,
  ].map((section) => section(figures));
}

/** What was measured, in a sentence. */
export function measuredOn({ measured, contracts, companies, folds }: QualityFigures): string {
  return (
    `${contracts} contracts of ${companies} companies from CUAD v1 (The Atticus Project, CC BY 4.0), ` +
    `each read by a model that saw none of its company, in ${folds} folds. ` +
    `Measured on ${measured.on} at revision ${measured.revision}, ${measured.machine}.`
  );
}

const estimateNote =
  'Each figure is over all contracts; beside it the lowest and highest fold, the standard deviation over folds, and the 95% interval of a bootstrap over companies.';

/** The report as one page that needs nothing else. */
export function reportPage(figures: QualityFigures): string {
  const sections = sectionsOf(figures);
  const links = sections.map(({ id, title }) => `<a href="#${id}">${escape(title)}</a>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Deedbox: how well it reads</title>
<style>${reportStyle}</style>
<header>
<p class="name">Deedbox</p>
<h1>How well it reads contracts</h1>
<p>${escape(measuredOn(figures))}</p>
<p>${escape(estimateNote)}</p>
${tiles(figures)}
<nav>${links.join('')}</nav>
</header>
<main>
${sections.map(chapter).join('\n')}
</main>
</html>
`;
}

/** The figures that a reader asks for first. */
function tiles({ cuad, calibration, facts, pdfDifference }: QualityFigures): string {
  const tooLow = pdfDifference.filter((one) => one.tooLow).length;
  const entries: [value: string, name: string][] = [
    [figure(cuad.aupr.value), 'AUPR of clauses, by CUAD’s measure'],
    [figure(cuad.precisionAt80.value), 'precision where 80% of labels are found'],
    [figure(cuad.firstOverlapRate.value), 'right sentence first, mean of categories'],
    [figure(calibration.errorFromHalf.value), 'calibration error at 0.5 and above'],
    ...['all parties found', 'expiration date', 'governing law'].flatMap(
      (fact): [string, string][] => {
        const right = facts[fact]?.right.value;
        return right === undefined ? [] : [[figure(right), `${fact}: as the lawyers have it`]];
      },
    ),
    [String(tooLow), 'figures lower on PDFs than may be'],
  ];
  const tile = ([value, name]: [string, string]) =>
    `<div><strong>${escape(value)}</strong><span>${escape(name)}</span></div>`;
  return `<div class="tiles">${entries.map(tile).join('')}</div>`;
}

function chapter({ id, title, about, plot, tables }: Section): string {
  const paragraphs = about.map((text) => `<p>${escape(text)}</p>`).join('\n');
  const drawn = plot === undefined ? '' : `<figure>${plot}</figure>`;
  return `<section id="${id}"><h2>${escape(title)}</h2>
${paragraphs}
${drawn}
${tables.map(tableOf).join('\n')}
</section>`;
}

/** Long tables are folded away behind their caption. */
const maxVisibleRows = 15;

function tableOf({ caption, header, rows, bad = [] }: FigureTable): string {
  const cells = (row: string[], tag: 'th' | 'td') =>
    row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('');
  const lines = rows.map(
    (row, at) => `<tr${bad.includes(at) ? ' class="bad"' : ''}>${cells(row, 'td')}</tr>`,
  );
  const table = `<div class="wide"><table><thead><tr>${cells(header, 'th')}</tr></thead>
<tbody>${lines.join('\n')}</tbody></table></div>`;
  if (rows.length > maxVisibleRows) {
    return `<details><summary>${escape(caption ?? 'All figures')}, ${rows.length} rows</summary>${table}</details>`;
  }
  return `${caption === undefined ? '' : `<h3>${escape(caption)}</h3>`}${table}`;
}
