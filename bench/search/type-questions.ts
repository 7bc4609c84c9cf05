import type { LabelledIndex } from './labelled-index.ts';
import { sample } from '../../training/ranking/questions.ts';
import { type BenchQuestion, nameKey } from './question.ts';

const wordings = [
  'the {t} with {x}',
  'Do we have a {t} with {x}?',
  'Which {t}s do we have with {x}?',
  '{x} {t}',
  'Find the {t} between us and {x}.',
  'Has {x} signed a {t}?',
];

/** Right: the contract of that name with that party comes first. */
export function typeQuestions({ contracts }: LabelledIndex, count: number): BenchQuestion[] {
  const pairs = contracts.flatMap((contract) =>
    /^[\w &/,-]{4,60} agreement$/i.test(contract.title)
      ? contract.parties.slice(0, 2).map((name) => ({ name, title: contract.title.toLowerCase() }))
      : [],
  );
  return sample(pairs, count).map(({ name, title }, at) => {
    const wording = wordings[at % wordings.length]!;
    const right = new Set(
      contracts
        .filter(
          (one) =>
            one.title.toLowerCase().includes(title) &&
            one.parties.map(nameKey).includes(nameKey(name)),
        )
        .map(({ fileName }) => fileName),
    );
    return {
      query: wording.replace('{x}', () => name).replace('{t}', () => title),
      wording,
      error(answer, fileNameOf) {
        if (answer.total === 0) return 'none found';
        return right.has(fileNameOf(answer.documents[0]!.document_id))
          ? undefined
          : 'another first';
      },
    };
  });
}
