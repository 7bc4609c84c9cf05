import { segment } from '../../src/segment/segment.ts';
import { openExtractor } from '../../src/extract/extractor.ts';
import type { Clause } from '../../src/domain/documents.ts';
import { readCorpus, type CuadContract } from '../../training/corpus.ts';
import { companyFolds } from '../../training/folds.ts';
import { trainAnalyst, type Analyst } from './folds.ts';
import type { Analysed } from './measured.ts';
import { hideHeadings } from './own-types.ts';

/** What the process of one fold is asked, as its only argument, in JSON. */
export interface FoldTask {
  corpus: string;
  fold: number;
  folds: number;
  seed: number;
}

/** What it answers for each contract of its fold. */
export interface FoldAnswer {
  name: string;
  text: Analysed;
  /** Where the contract has a PDF: the same read from that. */
  pdf?: Analysed;
  /** Clauses found in the text when its headings are hidden. */
  underNoHeadings: Clause[];
}

const memoryLimitBytes = 1024 * 1024 * 1024;
const timeLimitMs = 120_000;

/** Learns from the other folds and reads every contract of its own. */
async function readFold({ corpus, fold, folds, seed }: FoldTask): Promise<FoldAnswer[]> {
  const log = (line: string) => process.stderr.write(`  fold ${fold + 1}: ${line}\n`);
  const contractsByFold = companyFolds(readCorpus(corpus), folds, seed);
  const heldOut = contractsByFold[fold]!;
  const analyst = trainAnalyst(contractsByFold.filter((_, at) => at !== fold).flat(), log);
  log(`reading ${heldOut.length} contracts`);
  const extractor = openExtractor({ maxProcesses: 1, memoryLimitBytes, timeLimitMs });
  try {
    const answers: FoldAnswer[] = [];
    for (const contract of heldOut) {
      const pdf = await readPdf(extractor, analyst, contract);
      answers.push({ name: contract.name, ...readText(analyst, contract), ...(pdf && { pdf }) });
    }
    return answers;
  } finally {
    await extractor.close();
  }
}

/** The file's name is not told, because CUAD's names say the title. */
function readText(analyst: Analyst, { text }: CuadContract) {
  const structure = segment(text, []);
  const hidden = hideHeadings(text, structure);
  return {
    text: { text, analysis: analyst({ text, structure, fileName: 'contract.txt' }) },
    underNoHeadings: analyst({ ...hidden, fileName: 'contract.txt' }).clauses,
  };
}

async function readPdf(
  extractor: ReturnType<typeof openExtractor>,
  analyst: Analyst,
  { pdf }: CuadContract,
): Promise<Analysed | undefined> {
  if (pdf === undefined) return undefined;
  const fileName = 'contract.pdf';
  const { text, pages, title } = await extractor.extract(pdf, { fileName });
  const structure = segment(text, pages);
  const input = { text, structure, fileName, ...(title !== undefined && { claimedTitle: title }) };
  return { text, analysis: analyst(input) };
}

if (!process.send) throw new Error('This is the process of one fold; run npm run bench:quality.');
const answers = await readFold(JSON.parse(process.argv[2]!) as FoldTask);
process.send(answers, () => process.disconnect());
