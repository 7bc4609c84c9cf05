import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLooked } from '../../bench/facts-answers.ts';
import { answeredParties, partiesFound } from '../../bench/party-answers.ts';
import type { CandidateName } from '../../src/analyse/party-model/candidate-names.ts';
import { files, format, type PartyModelConfig } from '../../src/analyse/party-model/model-file.ts';
import { openingTokens, type OpeningToken } from '../../src/analyse/party-model/opening-tokens.ts';
import {
  candidatesIn,
  tagNames,
  type PartyModel,
} from '../../src/analyse/party-model/party-model.ts';
import { ruleSpans } from '../../src/analyse/party-model/rule-spans.ts';
import { tokenFeatures } from '../../src/analyse/party-model/token-features.ts';
import { findParties } from '../../src/analyse/parties.ts';
import type { Party } from '../../src/documents.ts';
import { writeFigures } from '../card.ts';
import { bundledModel, findCorpus, readCorpus, type CuadContract } from '../corpus.ts';
import { learnChain, type TaggedOpening } from './learn-chain.ts';
import { learnNames, type JudgedName } from './learn-names.ts';
import { taggedTokens } from './lessons.ts';

/**
 * `npm run train:parties`: measures the tagger by cross-validation over companies, beside the rules
 * alone on the same contracts, then learns it from all contracts and writes it with its figures.
 */

const folds = 5;
const settings = { buckets: 1 << 17, epochs: 12, rate: 0.1, decay: 0.01, seed: 7 };
const folder = join(bundledModel, '..', 'contract-parties');
const print = (line: string) => process.stdout.write(`${line}\n`);

interface Lesson extends TaggedOpening {
  contract: CuadContract;
  fold: number;
  rules: Party[];
  tokens: OpeningToken[];
  /** As tagged by a chain that has not seen the contract's company. */
  candidates: CandidateName[];
}

function lessonsFrom(contracts: readonly CuadContract[]): Lesson[] {
  const companies = [...new Set(contracts.map(({ company }) => company))].toSorted();
  return contracts.map((contract) => {
    const rules = findParties(contract.text);
    const tokens = openingTokens(contract.text);
    return {
      contract,
      fold: companies.indexOf(contract.company) % folds,
      rules,
      tokens,
      features: tokenFeatures(
        contract.text,
        tokens,
        ruleSpans(contract.text, rules),
        settings.buckets,
      ),
      tags: taggedTokens(contract, tokens),
      candidates: [],
    };
  });
}

function judge({ contract, candidates }: Lesson): JudgedName[] {
  const labelled = contract.labels.get('Parties') ?? [];
  const answered = answeredParties(
    contract.answers['Parties'],
    labelled.map(({ start, end }) => contract.text.slice(start, end)),
  );
  if (answered.length === 0) return [];
  return candidates.map((candidate) => ({
    candidate,
    right: answered.some(({ keys }) => keys.includes(candidate.key)),
  }));
}

function figures(title: string, half: readonly { contract: CuadContract; parties: Party[] }[]) {
  const sum = { contracts: 0, whole: 0, named: 0, right: 0, answered: 0, missing: 0 };
  for (const { contract, parties } of half) {
    const counts = partiesFound({ parties }, contract);
    if (counts.answered === 0) continue;
    sum.contracts++;
    if (counts.missing === 0 && counts.named > 0) sum.whole++;
    sum.named += counts.named;
    sum.right += counts.right;
    sum.answered += counts.answered;
    sum.missing += counts.missing;
  }
  const shares = [
    sum.whole / sum.contracts,
    sum.right / sum.named,
    1 - sum.missing / sum.answered,
  ].map((share) => share.toFixed(3));
  return `| ${title} | ${sum.contracts} | ${shares.join(' | ')} |`;
}

function main(): void {
  const corpus = findCorpus();
  if (!corpus) {
    print('No CUAD at ../shared/cuad beside the repository, so there is nothing to train on.');
    process.exitCode = 2;
    return;
  }
  const lessons = lessonsFrom(readCorpus(corpus));
  const chains = Array.from({ length: folds }, (_, fold) => {
    print(`tagger without fold ${fold + 1} of ${folds}`);
    return learnChain(
      lessons.filter((lesson) => lesson.fold !== fold),
      settings,
    );
  });
  for (const lesson of lessons) {
    const tagged = tagNames(lesson.tokens, lesson.features, chains[lesson.fold]!);
    lesson.candidates = candidatesIn(lesson.contract.text, lesson.rules, tagged);
  }
  const models = chains.map((chain, fold): PartyModel => ({
    identity: `without fold ${fold + 1}`,
    chain,
    names: learnNames(lessons.filter((lesson) => lesson.fold !== fold).flatMap(judge)),
  }));
  const measured = lessons.map(({ contract, fold, rules }) => ({
    contract,
    rules,
    parties: findParties(contract.text, models[fold]),
  }));
  const lines = [
    '| contracts | number | all parties found | of the parties found, right | of the parties answered, found |',
    '| --- | --- | --- | --- | --- |',
  ];
  for (const [title, looked] of [
    ['companies the rules were written on', true],
    ['the other companies', false],
    ['all', undefined],
  ] as const) {
    const half = measured.filter(
      ({ contract }) => looked === undefined || isLooked(contract.company) === looked,
    );
    lines.push(
      figures(
        `${title}: rules alone`,
        half.map(({ contract, rules }) => ({ contract, parties: rules })),
      ),
      figures(`${title}: rules and model`, half),
    );
  }
  print(lines.join('\n'));

  const chain = learnChain(lessons, settings);
  const names = learnNames(lessons.flatMap(judge));
  const largest = chain.state.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
  const scale = largest / 32_767;
  const weights = Buffer.alloc(chain.state.length * 2);
  chain.state.forEach((weight, i) => weights.writeInt16LE(Math.round(weight / scale), i * 2));
  const rounded = (weight: number) => Number(weight.toPrecision(5));
  const config: PartyModelConfig = {
    format,
    buckets: settings.buckets,
    scale,
    transition: [...chain.transition].map(rounded),
    names: Object.fromEntries(
      [...names]
        .map(([feature, weight]): [string, number] => [feature, rounded(weight)])
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(folder, files.weights), weights);
  writeFigures(folder, 'npm run train:parties', lines.join('\n'));
}

main();
