import { table } from '../figures.ts';
import type { CommittedFigures, QualityFigures } from './quality-figures.ts';
import { reportStyle } from './report-style.ts';
import {
  calibrationSection,
  categorySection,
  cuadSection,
  factsSection,
  figure,
  ownTypesSection,
  pdfSection,
  presenceSection,
  retrievalSection,
  speedSection,
  type FigureTable,
  type Section,
} from './sections.ts';
import { escape } from './svg.ts';

/** The sections of the report, in their order. */
function sectionsOf(figures: QualityFigures): Section[] {
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
function measuredOn(figures: CommittedFigures): string {
  const { measured, contracts, companies, folds } = figures;
  return (
    `${contracts} contracts of ${companies} companies from CUAD v1 (The Atticus Project, CC BY 4.0), ` +
    `each read by a model that saw none of its company, in ${folds} folds. ` +
    `Measured on ${measured.on} at commit ${measured.commit}, ${measured.machine}.`
  );
}

const estimateNote =
  'Each figure is over all contracts; beside it the lowest and highest fold, the standard deviation over folds, and the 95% interval of a bootstrap over companies.';

/** The report as one self-contained HTML page. */
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

/** The most important figures, at the top of the page. */
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
    [String(tooLow), 'figures on PDFs below the tolerance'],
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

/** A table with more rows is collapsed under its caption. */
const maxVisibleRows = 15;

function tableOf({ caption, header, rows, bad = [] }: FigureTable): string {
  const cells = (row: string[], tag: 'th' | 'td') =>
    row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('');
  const lines = rows.map(
    (row, at) => `<tr${bad.includes(at) ? ' class="bad"' : ''}>${cells(row, 'td')}</tr>`,
  );
  const markup = `<div class="wide"><table><thead><tr>${cells(header, 'th')}</tr></thead>
<tbody>${lines.join('\n')}</tbody></table></div>`;
  if (rows.length > maxVisibleRows) {
    return `<details><summary>${escape(caption ?? 'All figures')}, ${rows.length} rows</summary>${markup}</details>`;
  }
  return `${caption === undefined ? '' : `<h3>${escape(caption)}</h3>`}${markup}`;
}

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

/** File name of the reliability plot beside the card of the clause model. */
export const reliabilityFile = 'reliability.svg';

/** The figures in the card of the clause model, as Markdown. */
export function cardFigures(figures: CommittedFigures): string {
  const sections = [
    cuadSection(figures),
    categorySection(figures),
    calibrationSection(figures),
    ownTypesSection(figures),
    speedSection(figures),
  ];
  const chapters = sections.map(({ id, title, about, tables }) => {
    const plot =
      id === 'calibration' ? [`![Share right against confidence](${reliabilityFile})`] : [];
    const tableTexts = tables.map(({ header, rows }) => table(header, rows));
    return [`### ${title}`, ...about, ...plot, ...tableTexts].join('\n\n');
  });
  return [measuredOn(figures), ...chapters].join('\n\n');
}
