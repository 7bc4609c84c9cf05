import { table } from '../figures.ts';
import { describeMachine, type Result } from '../../training/result-file.ts';
import { committedFigures } from '../quality/quality-result.ts';
import { reliabilityPlot } from '../quality/plots.ts';
import { cardFigures } from '../quality/report.ts';

/** The figures in the cards of the bundled models, from the committed results. */

export const clauseCard = (quality: Result) => cardFigures(committedFigures(quality));

/** The reliability plot beside the card of the clause model. */
export const reliabilitySvg = (quality: Result) =>
  `${reliabilityPlot(committedFigures(quality).reliability)}\n`;

const measured = ({ corpus, date, commit, machine }: Result) =>
  `${corpus}. Measured on ${date} at commit ${commit}, ${describeMachine(machine)}.`;

function valueOf(result: Result, key: string): number {
  const figure = result.figures[key];
  if (!figure) throw new Error(`bench/results/${result.name}.json has no figure "${key}".`);
  return figure.value ?? Number.NaN;
}

const share = (result: Result, key: string) => valueOf(result, key).toFixed(3);

export function partiesCard(parties: Result): string {
  const companies = [
    ['development', 'companies the rules were written on'],
    ['held out', 'the other companies'],
    ['all', 'all'],
  ] as const;
  const methods = [
    ['rules', 'rules alone'],
    ['model', 'rules and model'],
  ] as const;
  const rows = companies.flatMap(([group, groupTitle]) =>
    methods.map(([method, methodTitle]) => [
      `${groupTitle}: ${methodTitle}`,
      String(valueOf(parties, `${group}.${method}.contracts`)),
      ...['allFound', 'precision', 'recall'].map((name) =>
        share(parties, `${group}.${method}.${name}`),
      ),
    ]),
  );
  const header = [
    'contracts',
    'number',
    'all parties found',
    'of the parties found, right',
    'of the parties answered, found',
  ];
  return `${measured(parties)}\n\n${table(header, rows)}`;
}

export function rankingCard(ranking: Result): string {
  const names = ['recall8', 'rareFirst', 'ndcg10'];
  const kinds = new Set(Object.keys(ranking.figures).map((key) => key.split('.')[0]!));
  const rows = [...kinds].map((kind) => [
    kind.replaceAll('-', ' '),
    ...names.map((name) => share(ranking, `${kind}.${name}`)),
  ]);
  return `${measured(ranking)}\n\n${table(['weights', ...names], rows)}`;
}

export function embeddingCard(embedding: Result): string {
  const chosen = ['half1', 'half2'].map((half) => valueOf(embedding, `weight.${half}`));
  return [
    measured(embedding),
    'Share of the labelled characters in the first 8 passages, mean over questions (macro) / over characters (micro):',
    rankingTable(embedding, 'trained categories'),
    `The weights chosen on the other half: ${chosen.join(' and ')}.`,
    'By category (embedding, macro, both halves):',
    categoryTable(embedding),
    'Categories that were left out of the training, a quarter at a time:',
    rankingTable(embedding, 'held-out categories'),
  ].join('\n\n');
}

function rankingTable(embedding: Result, group: string): string {
  const rankings = Object.keys(embedding.figures)
    .filter((key) => key.startsWith(`${group}.`) && key.endsWith('.macro'))
    .map((key) => key.slice(0, -'.macro'.length));
  const rows = rankings.map((ranking) => [
    ranking.slice(group.length + 1),
    ...['', '.half1', '.half2'].map((half) =>
      ['macro', 'micro'].map((mean) => share(embedding, `${ranking}.${mean}${half}`)).join(' / '),
    ),
  ]);
  return table(['ranking', 'mean', 'half 1', 'half 2'], rows);
}

function categoryTable(embedding: Result): string {
  const categories = Object.keys(embedding.figures).flatMap(
    (key) => /^categories\.(.+)\.recall$/.exec(key)?.[1] ?? [],
  );
  const rows = categories.map((category) => [
    category,
    valueOf(embedding, `categories.${category}.recall`).toFixed(2),
    String(valueOf(embedding, `categories.${category}.queries`)),
  ]);
  return table(['category', 'share', 'questions'], rows);
}
