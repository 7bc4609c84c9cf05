import type { LabelledIndex } from './labelled-index.ts';
import { sample } from '../../training/ranking/questions.ts';
import { type BenchQuestion } from './question.ts';

const wordings = [
  'contracts with {x} that expire in {y}',
  'Which contracts with {x} expire in {y}?',
  'Which agreements with {x} end in {y}?',
  'agreement with {x} expiring in {y}',
  'Do we have any contract with {x} that expired in {y}?',
  'List all contracts with {x} that run out in {y}.',
  'which of our {x} contracts ended in {y}?',
  'Show the agreements between us and {x} whose term ends in {y}',
];

/** Right: the contract comes first, and none that expires in another year is given. */
export function expiryQuestions({ contracts }: LabelledIndex, count: number): BenchQuestion[] {
  const pairs = contracts.flatMap((contract) =>
    contract.expires === undefined
      ? []
      : contract.parties.slice(0, 2).map((name) => ({ contract, name, year: contract.expires! })),
  );
  const yearOf = new Map(contracts.map(({ fileName, expires }) => [fileName, expires]));
  return sample(pairs, count).map(({ contract, name, year }, at) => {
    const wording = wordings[at % wordings.length]!;
    return {
      query: wording.replace('{x}', () => name).replace('{y}', year),
      wording,
      error(answer, fileNameOf) {
        if (answer.understood === undefined) return 'nothing understood';
        const files = answer.documents.map((one) => fileNameOf(one.document_id));
        const others = files.filter((file) => (yearOf.get(file) ?? year) !== year);
        if (others.length > 0) return 'another year';
        if (files.length === 0) return 'none found';
        return files[0] === contract.fileName || yearOf.get(files[0]!) === year
          ? undefined
          : 'another first';
      },
    };
  });
}
