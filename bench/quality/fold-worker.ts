import { analyse, type AnalysisInput } from '../../src/analyse/analyse.ts';
import { segment } from '../../src/segment/segment.ts';
import { parse } from '../../src/extract/parse.ts';
import type { Analysis, Clause } from '../../src/domain/documents.ts';
import { learnClauses } from '../../training/clauses/learn.ts';
import { readCorpus, type Contract, type CuadContract } from '../../training/corpus.ts';
import { companyFolds } from '../../training/folds.ts';
import type { Analysed } from './measured.ts';
import { hideHeadings } from './own-types.ts';

/** The only argument of the process of one fold, as JSON. */
export interface FoldTask {
  corpus: string;
  fold: number;
  folds: number;
  seed: number;
}

/** What the process returns for each contract of its fold. */
export interface FoldAnswer {
  name: string;
  text: Analysed;
  /** The same from the contract's PDF, where it has one. */
  pdf?: Analysed;
  /** Clauses found in the text when its headings are hidden. */
  underNoHeadings: Clause[];
}

/** The product's analysis with the model of one fold. */
type Analyst = (input: AnalysisInput) => Analysis;

/** Everything that is learned from labelled contracts, learned from those given alone. */
function trainAnalyst(contracts: Contract[], log: (line: string) => void): Analyst {
  const clauses = { identity: 'of a fold', ...learnClauses(contracts, log) };
  return (input) => analyse(input, { clauses });
}

/** Learns from the other folds and reads every contract of its own. */
async function readFold({ corpus, fold, folds, seed }: FoldTask): Promise<FoldAnswer[]> {
  const log = (line: string) => process.stderr.write(`  fold ${fold + 1}: ${line}\n`);
  const contractsByFold = companyFolds(readCorpus(corpus), folds, seed);
  const heldOut = contractsByFold[fold]!;
  const analyst = trainAnalyst(contractsByFold.filter((_, at) => at !== fold).flat(), log);
  log(`reading ${heldOut.length} contracts`);
  const answers: FoldAnswer[] = [];
  for (const contract of heldOut) {
    const pdf = await readPdf(analyst, contract);
    answers.push({ name: contract.name, ...readText(analyst, contract), ...(pdf && { pdf }) });
  }
  return answers;
}

/** The analysis is not given the file's name, because CUAD's names contain the title. */
function readText(analyst: Analyst, { text }: CuadContract) {
  const structure = segment(text, []);
  const hidden = hideHeadings(text, structure);
  return {
    text: { text, analysis: analyst({ text, structure, fileName: 'contract.txt' }) },
    underNoHeadings: analyst({ ...hidden, fileName: 'contract.txt' }).clauses,
  };
}

async function readPdf(analyst: Analyst, { pdf }: CuadContract): Promise<Analysed | undefined> {
  if (pdf === undefined) return undefined;
  const fileName = 'contract.pdf';
  const { text, pages, title } = await parse(pdf, fileName);
  const structure = segment(text, pages);
  const input = { text, structure, fileName, ...(title !== undefined && { claimedTitle: title }) };
  return { text, analysis: analyst(input) };
}

if (!process.send)
  throw new Error('This process reads one fold. Run npm run bench:quality, which starts it.');
const answers = await readFold(JSON.parse(process.argv[2]!) as FoldTask);
process.send(answers, () => process.disconnect());
