import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CandidateName } from '../../src/analyse/party-model/candidate-names.ts';
import { files, format, type PartyModelConfig } from '../../src/analyse/party-model/model-file.ts';
import {
  tokenizeOpening,
  type OpeningToken,
  collectRuleSpans,
  tokenFeatures,
} from '../../src/analyse/party-model/token-features.ts';
import {
  findCandidates,
  tagNames,
  type PartyModel,
} from '../../src/analyse/party-model/party-model.ts';
import { findParties } from '../../src/analyse/parties.ts';
import type { Party } from '../../src/domain/documents.ts';
import {
  bundledEmbeddingModel,
  findCorpus,
  isDevelopmentCompany,
  readCorpus,
  type CuadContract,
} from '../corpus.ts';
import { answeredParties, partiesFound } from '../party-answers.ts';
import { figureOf, writeResult, type Figures } from '../result-file.ts';
import { trainCrf, type TaggedOpening } from './train-crf.ts';
import { trainNameWeights, type LabelledName } from './train-name-weights.ts';
import { labelTokens } from './token-labels.ts';

/**
 * `npm run train:parties`: measures rules and tagger by cross-validation over companies, and the rules
 * alone on the same contracts, and writes bench/results/parties.json; then trains the tagger on all
 * contracts and writes it to models/contract-parties.
 */

const folds = 5;
const settings = { buckets: 1 << 17, epochs: 12, learningRate: 0.1, decay: 0.01, seed: 7 };
const folder = join(bundledEmbeddingModel, '..', 'contract-parties');
const printLine = (line: string) => process.stdout.write(`${line}\n`);

interface PartyExample extends TaggedOpening {
  contract: CuadContract;
  fold: number;
  rules: Party[];
  tokens: OpeningToken[];
  /** From a CRF that was not trained on the contract's company. */
  candidates: CandidateName[];
}

function buildExamples(contracts: readonly CuadContract[]): PartyExample[] {
  const companies = [...new Set(contracts.map(({ company }) => company))].toSorted();
  return contracts.map((contract) => {
    const ruleParties = findParties(contract.text);
    const tokens = tokenizeOpening(contract.text);
    return {
      contract,
      fold: companies.indexOf(contract.company) % folds,
      rules: ruleParties,
      tokens,
      features: tokenFeatures(
        contract.text,
        tokens,
        collectRuleSpans(contract.text, ruleParties),
        settings.buckets,
      ),
      tags: labelTokens(contract, tokens),
      candidates: [],
    };
  });
}

function labelCandidates({ contract, candidates }: PartyExample): LabelledName[] {
  const labelled = contract.labels.get('Parties') ?? [];
  const labelledParties = answeredParties(
    contract.answers['Parties'],
    labelled.map(({ start, end }) => contract.text.slice(start, end)),
  );
  if (labelledParties.length === 0) return [];
  return candidates.map((candidate) => ({
    candidate,
    isParty: labelledParties.some(({ keys }) => keys.includes(candidate.key)),
  }));
}

/** What is found in some contracts: shares of contracts, of names found, and of names of the lawyers. */
function partyFigures(
  name: string,
  measuredContracts: readonly { contract: CuadContract; parties: Party[] }[],
): Figures {
  const sum = { contracts: 0, complete: 0, named: 0, right: 0, answered: 0, missing: 0 };
  for (const { contract, parties } of measuredContracts) {
    const counts = partiesFound({ parties }, contract);
    if (counts.answered === 0) continue;
    sum.contracts++;
    if (counts.missing === 0 && counts.named > 0) sum.complete++;
    sum.named += counts.named;
    sum.right += counts.right;
    sum.answered += counts.answered;
    sum.missing += counts.missing;
  }
  return {
    [`${name}.contracts`]: figureOf(sum.contracts, 'count'),
    [`${name}.allFound`]: figureOf(sum.complete / sum.contracts, 'share'),
    [`${name}.precision`]: figureOf(sum.right / sum.named, 'share'),
    [`${name}.recall`]: figureOf(1 - sum.missing / sum.answered, 'share'),
  };
}

function main(): void {
  const corpus = findCorpus();
  if (!corpus) {
    printLine('CUAD was not found. It must be in ../shared/cuad beside the repository.');
    process.exitCode = 2;
    return;
  }
  const examples = buildExamples(readCorpus(corpus));
  const crfs = Array.from({ length: folds }, (_, fold) => {
    printLine(`training the CRF without fold ${fold + 1} of ${folds}`);
    return trainCrf(
      examples.filter((example) => example.fold !== fold),
      settings,
    );
  });
  for (const example of examples) {
    const taggedNames = tagNames(example.tokens, example.features, crfs[example.fold]!);
    example.candidates = findCandidates(example.contract.text, example.rules, taggedNames);
  }
  const models = crfs.map((crf, fold): PartyModel => ({
    identity: `without fold ${fold + 1}`,
    crf,
    nameWeights: trainNameWeights(
      examples.filter((example) => example.fold !== fold).flatMap(labelCandidates),
    ),
  }));
  const measured = examples.map(({ contract, fold, rules }) => ({
    contract,
    rules,
    parties: findParties(contract.text, models[fold]),
  }));
  const figures: Figures = {};
  for (const [name, isDevelopment] of [
    ['development', true],
    ['held out', false],
    ['all', undefined],
  ] as const) {
    const measuredContracts = measured.filter(
      ({ contract }) =>
        isDevelopment === undefined || isDevelopmentCompany(contract.company) === isDevelopment,
    );
    const byRules = measuredContracts.map(({ contract, rules }) => ({ contract, parties: rules }));
    Object.assign(
      figures,
      partyFigures(`${name}.rules`, byRules),
      partyFigures(`${name}.model`, measuredContracts),
    );
  }
  for (const [name, { value }] of Object.entries(figures)) printLine(`${name.padEnd(28)} ${value}`);

  const crf = trainCrf(examples, settings);
  const nameWeights = trainNameWeights(examples.flatMap(labelCandidates));
  const largest = crf.state.reduce((max, weight) => Math.max(max, Math.abs(weight)), 1e-6);
  const scale = largest / 32_767;
  const weights = Buffer.alloc(crf.state.length * 2);
  crf.state.forEach((weight, i) => weights.writeInt16LE(Math.round(weight / scale), i * 2));
  const roundWeight = (weight: number) => Number(weight.toPrecision(5));
  const config: PartyModelConfig = {
    format,
    buckets: settings.buckets,
    scale,
    transition: [...crf.transition].map(roundWeight),
    names: Object.fromEntries(
      [...nameWeights]
        .map(([feature, weight]): [string, number] => [feature, roundWeight(weight)])
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(folder, files.weights), weights);
  writeResult({
    name: 'parties',
    command: 'npm run train:parties',
    corpus: `CUAD v1: ${examples.length} contracts`,
    figures,
  });
}

main();
