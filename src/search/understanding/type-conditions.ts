import type { Condition } from './conditions.ts';
import type { QuestionText } from './question-text.ts';
import { contractWord, typeWords } from './type-words.ts';

/** "distribution agreement", "NDA": of each type, what stands for it in a question. */
const patterns = typeWords.map(({ alone, before, ...words }) => {
  const forms = [
    ...(before
      ? [
          `(?:${before.source})(?:(?:,? (?:and|&) |, )[a-z-]+){0,3} ${contractWord}`,
          `${contractWord} (?:for|on|about|of) (?:the )?(?:${before.source})(?= (?:with|between)\\b)`,
        ]
      : []),
    ...(alone ? [`(?:${alone.source})(?: ${contractWord})?`] : []),
  ];
  return { ...words, pattern: new RegExp(`(?<![\\w-])(?:${forms.join('|')})(?![\\w-])`) };
});

/** "license and" before "distribution agreement": other types of the same title, or as well asked for. */
const otherKinds = typeWords.flatMap(({ before }) => (before ? [before.source] : [])).join('|');
const sameTitle = new RegExp(`(?<![\\w-])(?:(?:${otherKinds})(?:,? (?:and|or|&) |, ))+(?=\\uE002)`);

/** Whether a text, in lower case, begins with the name of a type of contract, or with "agreement". */
export function beginsWithType(text: string): boolean {
  return anyType.test(text);
}
const anyType = new RegExp(
  `^(?:${[...patterns.map(({ pattern }) => pattern.source), `${contractWord}(?![\\w-])`].join('|')})`,
);

/**
 * The types of contract that a question names; their words are used. Two types are both asked for:
 * "NDAs and leases".
 */
export function readTypes(text: QuestionText): Condition[] {
  const found: { at: number; condition: Condition & { filter: 'document_types' } }[] = [];
  for (const { pattern, types, titlePhrases, label } of patterns) {
    for (;;) {
      const match = pattern.exec(text.text);
      if (!match) break;
      const span = { start: match.index, end: match.index + match[0].length };
      const words = text.words(span);
      found.push({
        at: match.index,
        condition: { words, filter: 'document_types', types, titlePhrases, label },
      });
      text.use(span, 'contract');
    }
  }
  const rest = sameTitle.exec(text.text);
  if (rest) {
    const span = { start: rest.index, end: rest.index + rest[0].length };
    for (const kind of rest[0].split(/,? (?:and|or|&) |, /)) {
      const words = typeWords.find(
        ({ before }) => before && new RegExp(`^(?:${before.source})$`).test(kind),
      );
      if (!words) continue;
      const { types, titlePhrases, label } = words;
      found.push({
        at: rest.index,
        condition: { words: kind, filter: 'document_types', types, titlePhrases, label },
      });
    }
    text.use(span, 'contract');
  }
  return found.toSorted((a, b) => a.at - b.at).map(({ condition }) => condition);
}
