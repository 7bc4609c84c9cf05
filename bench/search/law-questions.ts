import type { LabelledIndex } from './labelled-index.ts';
import { sample } from '../../training/ranking/questions.ts';
import { type BenchQuestion, nameKey } from './question.ts';

const wordings = [
  'agreement with {x} under {z} law',
  'Which contract with {x} is governed by the laws of {z}?',
  'contracts with {x} governed by {z} law',
  'Do we have an agreement with {x} under the law of {z}?',
  'Find the {z}-law contract with {x}',
  'agreement between us and {x}, governing law {z}',
  'Is there a contract with {x} that is subject to the laws of the State of {z}?',
];

/** Right: the contract comes first, or another one with that party under that law. */
export function lawQuestions({ contracts }: LabelledIndex, count: number): BenchQuestion[] {
  const pairs = contracts.flatMap((contract) =>
    contract.law === undefined || /;|\d/.test(contract.law)
      ? []
      : contract.parties.slice(0, 2).map((name) => ({ name, law: contract.law! })),
  );
  return sample(pairs, count).map(({ name, law }, at) => {
    const wording = wordings[at % wordings.length]!;
    const right = new Set(
      contracts
        .filter((one) => one.law === law && one.parties.map(nameKey).includes(nameKey(name)))
        .map(({ fileName }) => fileName),
    );
    return {
      query: wording.replace('{x}', () => name).replace('{z}', law),
      wording,
      error(answer, fileNameOf) {
        if (answer.understood === undefined) return 'nothing understood';
        if (answer.total === 0) return 'none found';
        return right.has(fileNameOf(answer.documents[0]!.document_id))
          ? undefined
          : 'another first';
      },
    };
  });
}
