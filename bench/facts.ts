import { performance } from 'node:perf_hooks';
import { findFacts } from '../src/analyse/facts.ts';
import { prepareText } from '../src/analyse/prepared-text.ts';
import { segment } from '../src/segment/segment.ts';
import { findCorpus, isDevelopmentCompany, readCorpus } from '../training/corpus.ts';
import { outcomes, type Outcome } from './fact-outcomes.ts';
import { percentile, table } from './figures.ts';
import { partiesFound } from '../training/party-answers.ts';

/**
 * `npm run bench:facts`: facts found by the rules alone in CUAD's contracts, against the lawyers'
 * answers, for the companies on which the rules were written (development) and the others (held out).
 * `npm run bench:quality` includes the clause model.
 */

const print = (text: string) => process.stdout.write(`${text}\n`);

interface Half {
  contracts: number;
  facts: Map<string, Record<Outcome, number>>;
  /** In contracts whose parties the lawyers name: parties found, and those that the lawyers name. */
  parties: { named: number; right: number };
}

const emptyHalf = (): Half => ({
  contracts: 0,
  facts: new Map(),
  parties: { named: 0, right: 0 },
});

function factTable({ facts, parties }: Half): string {
  return table(
    ['fact', 'right', 'wrong', 'absent', 'found where no answer', 'right / answered'],
    [...facts]
      .map(([fact, { right, wrong, absent, extra }]) => [
        fact,
        String(right),
        String(wrong),
        String(absent),
        String(extra),
        right / (right + wrong + absent),
      ])
      .concat([
        [
          'of the parties found, those the lawyers name',
          String(parties.right),
          String(parties.named - parties.right),
          '',
          '',
          parties.right / parties.named,
        ],
      ]),
  );
}

function main(): void {
  const folder = findCorpus();
  if (!folder) {
    print('There is no ../shared/cuad beside the repository: nothing to measure.');
    return;
  }
  const halves = { development: emptyHalf(), heldOut: emptyHalf() };
  const speeds: number[] = [];
  for (const contract of readCorpus(folder)) {
    const structure = segment(contract.text, []);
    const started = performance.now();
    const prepared = prepareText(contract.text, structure);
    const expiration = new Float32Array(prepared.sentences.length).fill(-1);
    const facts = findFacts(prepared, { fileName: 'contract.txt' }, { expiration });
    if (contract.text.length > 20_000) {
      speeds.push(((performance.now() - started) / contract.text.length) * 100_000);
    }
    const half = isDevelopmentCompany(contract.company) ? halves.development : halves.heldOut;
    half.contracts++;
    const { answered, named, right } = partiesFound(facts, contract);
    if (answered > 0) {
      half.parties.named += named;
      half.parties.right += right;
    }
    for (const [fact, outcome] of Object.entries(outcomes(facts, contract))) {
      const counts = half.facts.get(fact) ?? { right: 0, wrong: 0, absent: 0, extra: 0, none: 0 };
      counts[outcome]++;
      half.facts.set(fact, counts);
    }
  }
  const titles = { development: 'development companies', heldOut: 'held-out companies' };
  for (const key of ['development', 'heldOut'] as const) {
    print(`\n## ${titles[key]}: ${halves[key].contracts} contracts\n`);
    print(factTable(halves[key]));
  }
  print(
    `\nfacts alone, per 100,000 characters: median ${percentile(speeds, 0.5).toFixed(1)} ms, ` +
      `95th percentile ${percentile(speeds, 0.95).toFixed(1)} ms`,
  );
}

main();
