import type { LabelledIndex } from './labelled-index.ts';
import { sample } from '../../training/ranking/questions.ts';
import { type BenchQuestion, distinct, nameKey } from './question.ts';

/** Has this client signed an NDA with us? Of clients that have none, and of clients that have one. */
const wordings = [
  'Has {x} signed an NDA with us?',
  'Do we have a non-disclosure agreement with {x}?',
  'Is there an NDA with {x}?',
  'have we signed a confidentiality agreement with {x}?',
  'Did {x} ever sign an NDA?',
  'NDA with {x}',
  'Find our NDA with {x}.',
  'Are there any NDAs between us and {x}?',
  'Show me the mutual NDA we have with {x}',
  'Does {x} have an NDA in place with us?',
];
const fill = (wording: string, name: string) => wording.replace('{x}', () => name);

/** Right: said first that there is none, and nothing is given as a match. */
export function noNdaQuestions({ contracts, ndas }: LabelledIndex, count: number): BenchQuestion[] {
  const withNda = new Set(ndas.flatMap(({ parties }) => parties.map(nameKey)));
  const isNda = ({ title }: { title: string }) => /disclos|confiden/i.test(title);
  const own = new Set(contracts.filter(isNda).flatMap(({ parties }) => parties.map(nameKey)));
  const clients = distinct(contracts.flatMap(({ parties }) => parties)).filter(
    (name) => !withNda.has(nameKey(name)) && !own.has(nameKey(name)),
  );
  return sample(clients, count).map((client, at) => {
    const wording = wordings[at % wordings.length]!;
    return {
      query: fill(wording, client),
      wording,
      error(answer) {
        if (answer.understood === undefined) return 'nothing understood';
        if (answer.total > 0) return 'a match is given';
        if ((answer.summary ?? '').startsWith('No contract names')) return 'party not known';
        return /^No (?:signed )?NDA/.test(answer.summary ?? '') ? undefined : 'not said';
      },
    };
  });
}

/** Right: an NDA of that party comes first, or is named as an unsigned one where a signed one was asked for. */
export function ndaQuestions({ ndas }: LabelledIndex, count: number): BenchQuestion[] {
  const pairs = ndas.flatMap((nda) => nda.parties.map((name) => ({ nda, name })));
  return sample(pairs, count).map(({ name }, at) => {
    const wording = wordings[at % wordings.length]!;
    const files = new Set(
      ndas
        .filter(({ parties }) => parties.map(nameKey).includes(nameKey(name)))
        .map(({ fileName }) => fileName),
    );
    return {
      query: fill(wording, name),
      wording,
      error(answer, fileNameOf) {
        if (answer.understood === undefined) return 'nothing understood';
        const drafts = (answer.related ?? []).filter(({ signed }) => signed === 'unsigned');
        if (drafts.some((one) => files.has(one.file_name))) return undefined;
        if (answer.total === 0) return 'none found';
        return files.has(fileNameOf(answer.documents[0]!.document_id))
          ? undefined
          : 'another first';
      },
    };
  });
}

const strangers =
  'Zebra Holdings GmbH, Quorvane Textiles Ltd, Marrowby & Sons, Oskelund Shipping AS, Vantrex Biologics Inc., Tiberon Foods S.A., Lindqvist Perovna AB, Halvermoor Estates LLP, Corrigan Yttrium Corp, Nettlefold Quay Partners'.split(
    ', ',
  );

/** Right: said first that no contract names them, and nothing is given as a match. */
export function strangerQuestions(): BenchQuestion[] {
  return strangers.flatMap((stranger) =>
    wordings.map((wording) => ({
      query: fill(wording, stranger),
      wording,
      error(answer) {
        if (answer.total > 0) return 'a match is given';
        return (answer.summary ?? '').startsWith('No contract names') ? undefined : 'not said';
      },
    })),
  );
}
